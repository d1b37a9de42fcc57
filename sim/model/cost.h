// Cost files: the costs of a chip (locus.v1.Cost, text), with checks.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "sim/model/fault_list.h"
#include "sim/model/spec.h"

namespace locus {

/// "hop_east_west", the name of the field in the file.
std::string_view name(Charge charge);

inline constexpr std::int64_t kLargestCost = 1 << 20;  // bytes of a file

/// The range of each energy contains it, and source and conditions are short.
void check_cost_words(const CostSpec& cost, const FieldPath& where, FaultList& faults);

/// Throws ModelError with all faults, FileError if the file cannot be read.
CostSpec load_cost(const std::filesystem::path& path);
/// Reads a cost file from a text; `path` is its name.
CostSpec read_cost(const std::string& text, const std::filesystem::path& path);

}  // namespace locus
