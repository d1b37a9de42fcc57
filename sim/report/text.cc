#include "sim/report/text.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "sim/model/characters.h"

namespace locus {
namespace {

constexpr std::array<std::string_view, 7> kPrefixes = {"", "k", "M", "G", "T", "P", "E"};

/// Three significant digits of a number in [0, 1000).
std::string three_digits(double number) {
  if (number >= 99.95) return fmt::format("{:.0f}", number);
  if (number >= 9.995) return fmt::format("{:.1f}", number);
  return fmt::format("{:.2f}", number);
}

struct Scaled {
  std::string digits;
  std::string_view prefix;
};

Scaled scaled(double number) {
  if (number == std::floor(number) && std::abs(number) < 1000) return {fmt::format("{:.0f}", number + 0.0), ""};
  const std::string sign = number < 0 ? "-" : "";
  number = std::abs(number);
  if (number < 0.01) return {fmt::format("{}{:.2g}", sign, number), ""};
  std::size_t prefix = 0;
  // 999.5 would round to four digits.
  while (number >= 999.5 && prefix + 1 < kPrefixes.size()) {
    number /= 1000;
    ++prefix;
  }
  if (number >= 999.5) return {fmt::format("{}{:.2g}", sign, number * 1e18), ""};
  return {sign + three_digits(number), kPrefixes[prefix]};
}

/// The longest beginning of a text that takes at most `columns` [bytes].
std::size_t length_within(std::string_view text, std::size_t columns) {
  std::size_t taken = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    taken += static_cast<std::size_t>(character.columns);
    if (taken > columns) return at;
    at += character.bytes;
  }
  return text.size();
}

/// The first byte of the longest end of a text that takes at most `columns`.
std::size_t begin_within(std::string_view text, std::size_t columns) {
  std::size_t left = columns_of(text);
  std::size_t at = 0;
  // a combining mark belongs to the character before it
  while (at < text.size() && (left > columns || character_at(text, at).columns == 0)) {
    const Character character = character_at(text, at);
    left -= static_cast<std::size_t>(character.columns);
    at += character.bytes;
  }
  return at;
}

}  // namespace

std::string human(double number) {
  if (!std::isfinite(number)) return "-";
  const Scaled text = scaled(number);
  return text.digits + std::string(text.prefix);
}

std::string human_bytes(double bytes) {
  if (!std::isfinite(bytes)) return "-";
  const Scaled text = scaled(bytes);
  return fmt::format("{} {}B", text.digits, text.prefix);
}

std::string human_si(double quantity, std::string_view unit) {
  constexpr std::array<std::string_view, 6> kSmall = {"", "m", "u", "n", "p", "f"};
  if (!std::isfinite(quantity)) return "-";
  if (quantity >= 1 || quantity == 0) {
    const Scaled text = scaled(quantity);
    return fmt::format("{} {}{}", text.digits, text.prefix, unit);
  }
  std::size_t prefix = 0;
  for (; quantity < 0.9995 && prefix + 1 < kSmall.size(); ++prefix) quantity *= 1000;
  return fmt::format("{} {}{}", three_digits(quantity), kSmall[prefix], unit);
}

std::string human_factor(double factor) {
  if (!(factor >= 999.5)) return human(factor);
  return factor < 999999.5 ? fmt::format("{:.0f}", factor) : fmt::format("{:.1e}", factor);
}

std::string human_accuracy(double accuracy) {
  return std::isnan(accuracy) ? "-" : fmt::format("{:.1f}%", 100 * accuracy);
}

std::string human_loss(double loss) { return std::isfinite(loss) ? fmt::format("{:.4g}", loss) : "-"; }

std::size_t width(std::string_view text) { return columns_of(text); }

std::string shorten(std::string_view text, std::size_t columns) {
  if (width(text) <= columns) return std::string(text);
  if (columns <= 4) return head(text, columns);
  const std::size_t tail = (columns - 2) / 3;
  return head(text, columns - 2 - tail) + ".." + std::string(text.substr(begin_within(text, tail)));
}

std::string head(std::string_view text, std::size_t columns) {
  return std::string(text.substr(0, length_within(text, columns)));
}

std::string pad(std::string_view text, std::size_t columns, Align align) {
  const std::string space(columns - std::min(columns, width(text)), ' ');
  return align == Align::kLeft ? std::string(text) + space : space + std::string(text);
}

std::string wrap(std::string_view text, std::size_t indent, std::size_t first_indent, std::size_t columns) {
  std::string result;
  std::size_t column = 0;  // of the present line; 0: the line is empty
  while (true) {
    const std::size_t begin = text.find_first_not_of(" \n");
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    const std::string_view whole = text.substr(0, text.find_first_of(" \n"));
    const std::string word = head(whole, columns - indent);
    text.remove_prefix(word.size());
    if (column > 0 && column + 1 + width(word) > columns) {
      result += '\n';
      column = 0;
    }
    if (column == 0) {
      const std::size_t space = result.empty() ? first_indent : indent;
      result += std::string(space, ' ');
      column = space;
    } else {
      result += ' ';
      ++column;
    }
    result += word;
    column += width(word);
  }
  if (!result.empty()) result += '\n';
  return result;
}

}  // namespace locus
