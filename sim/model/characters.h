// Characters of a UTF-8 text as a terminal shows them, and texts that are safe to show.
//
// A name in a file reaches terminals, tables and pages. A control character there could move the
// cursor or set the window's title, and a mark of the writing direction could show a text in
// another order than it is read. Such characters are refused in names (check_name, check_strings)
// and escaped in messages.
// Cost: one pass; ASCII is decided without a table. Source: Unicode, by the tables of utf8proc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace locus {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // of UTF-8

/// One character of a text.
struct Character {
  std::size_t bytes = 1;    // 1 for a byte that is no part of UTF-8
  std::int32_t code = -1;   // code point; -1: no UTF-8
  int columns = 0;          // of a terminal: 2 for a wide character, 0 for a combining mark
  bool is_visible = false;  // false: a control character, a mark of direction, no UTF-8
};

/// The character that begins at byte `at`, which must be inside of the text.
Character character_at(std::string_view text, std::size_t at);

bool is_utf8(std::string_view text);
/// True if a text has only characters that a terminal shows.
bool is_visible(std::string_view text);
/// The condition of is_visible in words: "must have no control characters ...".
std::string visible_text();

/// Columns of a terminal; a character that is not visible counts 0.
std::size_t columns_of(std::string_view text);

/// The text with its invisible characters as escapes: \x1b, \u202e.
std::string printable(std::string_view text);
/// The same; line breaks and tabs stay.
std::string printable_lines(std::string_view text);

}  // namespace locus
