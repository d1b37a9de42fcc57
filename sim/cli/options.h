// Checks of option values, before a command gets them. The message of a check says the value and
// what is allowed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace locus {

/// Returns an empty text if the value is right, otherwise the error message.
using OptionCheck = std::function<std::string(const std::string&)>;

OptionCheck whole_number(std::uint64_t smallest, std::uint64_t largest);
OptionCheck one_of(std::vector<std::string> choices);

/// The error message for an unknown argument: its name and the nearest of the `known` names (given
/// as "--rule").
std::string unknown(std::string_view kind, std::string_view name, const std::vector<std::string>& known);

}  // namespace locus
