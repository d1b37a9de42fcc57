// JSON for results that are no protobuf message: strings, numbers, and lists and objects of texts
// that are JSON already.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace locus {

std::string json_string(std::string_view text);
/// Reading the text gives the same bits; a number that is not finite becomes null.
std::string json_number(double number);
std::string json_bool(bool value);
std::string json_list(const std::vector<std::string>& items);
std::string json_object(const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace locus
