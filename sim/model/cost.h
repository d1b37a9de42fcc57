// Cost files: what a chip charges (locus.v1.Cost, text), checked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "sim/model/spec.h"

namespace locus {

/// "hop_east_west", as the file's field.
std::string_view name(Charge charge);

inline constexpr std::int64_t kLargestCost = 1 << 20;  // bytes of a file

/// Throws ModelError with every fault, FileError if the file cannot be read.
CostSpec load_cost(const std::filesystem::path& path);
/// As above, of a text that is at hand; `path` names it.
CostSpec read_cost(const std::string& text, const std::filesystem::path& path);

}  // namespace locus
