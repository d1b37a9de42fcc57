#include "sim/model/characters.h"

#include <utf8proc.h>

#include <fmt/format.h>

namespace locus {
namespace {

/// Joiners are invisible and belong to the spelling of words and emoji.
bool is_joiner(std::int32_t code) { return code == 0x200c || code == 0x200d; }

bool has_shape(std::int32_t code) {
  switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return false;
    case UTF8PROC_CATEGORY_CF: return is_joiner(code);
    default: return true;
  }
}

std::string escaped(std::string_view text, bool lines) {
  std::string safe;
  safe.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    const bool stays = lines && (character.code == '\n' || character.code == '\t');
    if (character.is_visible || stays) {
      safe += text.substr(at, character.bytes);
    } else if (character.code < 0x80) {  // of no UTF-8: the byte
      safe += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at]));
    } else {
      safe += fmt::format("\\u{:04x}", character.code);
    }
    at += character.bytes;
  }
  return safe;
}

}  // namespace

Character character_at(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) {
    const bool shown = first >= ' ' && first != 0x7f;
    return {1, first, shown ? 1 : 0, shown};
  }
  utf8proc_int32_t code = -1;
  const utf8proc_ssize_t bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
                                                  static_cast<utf8proc_ssize_t>(text.size() - at), &code);
  if (bytes < 1) return {};
  const bool shown = has_shape(code);
  return {static_cast<std::size_t>(bytes), code, shown ? utf8proc_charwidth(code) : 0, shown};
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    if (character.code < 0) return false;
    at += character.bytes;
  }
  return true;
}

bool is_visible(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    if (!character.is_visible) return false;
    at += character.bytes;
  }
  return true;
}

std::string visible_text() {
  return "must have no control characters, marks of the writing direction or other characters that are not seen";
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    columns += static_cast<std::size_t>(character.columns);
    at += character.bytes;
  }
  return columns;
}

std::string printable(std::string_view text) { return escaped(text, false); }

std::string printable_lines(std::string_view text) { return escaped(text, true); }

}  // namespace locus
