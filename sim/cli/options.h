// What option values may be, checked before a command sees them: each check says what is there and
// what is allowed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace locus {

/// Empty if the value is fine, otherwise what is wrong with it.
using OptionCheck = std::function<std::string(const std::string&)>;

OptionCheck whole_number(std::uint64_t smallest, std::uint64_t largest);
OptionCheck one_of(std::vector<std::string> choices);

/// The command-line arguments as an error says them: what is unknown, and the nearest of what is
/// known (known names given as "--rule").
std::string unknown(std::string_view kind, std::string_view name, const std::vector<std::string>& known);

}  // namespace locus
