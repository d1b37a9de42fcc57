// Cost files: what a chip charges (locus.v1.Cost, text), checked.
#pragma once

#include <filesystem>
#include <string_view>

#include "sim/model/spec.h"

namespace locus {

/// "hop_east_west", as the file's field.
std::string_view name(Charge charge);

/// Throws ModelError with every fault, FileError if the file cannot be read.
CostSpec load_cost(const std::filesystem::path& path);

}  // namespace locus
