// A result read back as far as its chip goes: ledgers, counts by neuron, wiring; so that another
// placement is evaluated without running again.
//
// Safe for hostile files: sizes, indices and counts are held against each other before anything is
// computed from them.
#pragma once

#include <filesystem>

#include "sim/run/result.h"

namespace locus {

/// result.json or result.binpb of a model with a chip, or the folder that holds them. Throws
/// FileError if it cannot be read, ModelError if it is no such result.
RunResult read_chip_result(const std::filesystem::path& path);

/// Evaluates every rule's traffic on this chip, which has room. Peaks are those of a run, and are
/// gone.
void place_again(RunResult& result, const ChipSpec& chip);

}  // namespace locus
