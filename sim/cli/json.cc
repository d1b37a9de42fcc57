#include "sim/cli/json.h"

#include <cmath>

#include <fmt/format.h>

namespace locus {

std::string json_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') {
      quoted += '\\';
      quoted += letter;
    } else if (static_cast<unsigned char>(letter) < 0x20) {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(letter)));
    } else {
      quoted += letter;
    }
  }
  return quoted + '"';
}

std::string json_number(double number) { return std::isfinite(number) ? fmt::format("{}", number) : "null"; }

std::string json_bool(bool value) { return value ? "true" : "false"; }

std::string json_list(const std::vector<std::string>& items) { return fmt::format("[{}]", fmt::join(items, ",")); }

std::string json_object(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string text = "{";
  for (const auto& [name, value] : fields)
    text += fmt::format("{}{}:{}", text.size() > 1 ? "," : "", json_string(name), value);
  return text + '}';
}

}  // namespace locus
