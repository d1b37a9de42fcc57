// Text for people: numbers of three digits, names of limited width, wrapped lines.
//
// Widths count the columns of a terminal: a wide character has two, a combining mark none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace locus {

inline constexpr std::size_t kTextWidth = 80;  // columns of all printed text

/// "0", "7.5", "999", "12.3k", "4.50M": three significant digits; a whole number up to 999 stays
/// whole. "-" for a number that is not finite.
std::string human(double number);
/// "512 B", "12.3 kB", "4.50 MB"; a kB is 1000 bytes.
std::string human_bytes(double bytes);
/// "512 nJ", "12.3 uJ", "4.50 mJ": a quantity of at most one unit, with the prefix that leaves
/// three digits; "0 J".
std::string human_si(double quantity, std::string_view unit);
/// A factor: "1.57", "225", "7974", "1.2e+09", without a prefix, because factors are compared with
/// each other.
std::string human_factor(double factor);
/// A loss: four significant digits, "0.04123" or "1.234e-05".
std::string human_loss(double loss);
/// "79.7%"; "-" for no number.
std::string human_accuracy(double accuracy);

std::size_t width(std::string_view text);
/// At most `columns` wide; a longer text loses its middle: "a_very_lo..ng_name".
std::string shorten(std::string_view text, std::size_t columns);

/// The characters within the first `columns`.
std::string head(std::string_view text, std::size_t columns);

enum class Align { kLeft, kRight };
/// Appends or prepends spaces up to `columns`.
std::string pad(std::string_view text, std::size_t columns, Align align);

/// Wraps words into lines of at most `columns`; the first line begins after `first_indent` spaces,
/// the others after `indent`. A word that is longer than a line is broken. Ends with a newline
/// unless empty.
std::string wrap(std::string_view text, std::size_t indent, std::size_t first_indent, std::size_t columns = kTextWidth);
inline std::string wrap(std::string_view text, std::size_t indent = 0) { return wrap(text, indent, indent); }

}  // namespace locus
