#include "sim/cli/options.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "sim/model/suggest.h"

namespace locus {

OptionCheck whole_number(std::uint64_t smallest, std::uint64_t largest) {
  return [=](const std::string& text) -> std::string {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, code] = std::from_chars(text.data(), end, number);
    if (code == std::errc() && stop == end && number >= smallest && number <= largest) return "";
    return fmt::format("is \"{}\"; must be a whole number from {} to {}", text, smallest, largest);
  };
}

OptionCheck one_of(std::vector<std::string> choices) {
  return [choices = std::move(choices)](const std::string& text) -> std::string {
    if (std::ranges::find(choices, text) != choices.end()) return "";
    const std::string meant = nearest(text, choices);
    const std::string hint = meant.empty() ? "" : fmt::format("; did you mean \"{}\"?", meant);
    return fmt::format("is \"{}\"; must be one of {}{}", text, fmt::join(choices, ", "), hint);
  };
}

std::string unknown(std::string_view kind, std::string_view name, const std::vector<std::string>& known) {
  const std::string meant = nearest(name, known);
  return fmt::format(
      "unknown {} \"{}\"; {}", kind, name,
      meant.empty() ? fmt::format("known: {}", fmt::join(known, ", ")) : fmt::format("did you mean \"{}\"?", meant));
}

}  // namespace locus
