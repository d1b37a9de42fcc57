// Reads the chip's part of a result (ledgers, counts by neuron, wiring), so that another placement
// can be evaluated without a new run.
//
// Hostile files are safe: sizes, indices and counts are checked against each other before any
// computation uses them.
#pragma once

#include <filesystem>

#include "sim/run/result.h"

namespace locus {

/// Reads result.json or result.binpb of a model with a chip, or from the folder that contains them.
/// Throws FileError if the file cannot be read, ModelError if it is no such result.
RunResult read_chip_result(const std::filesystem::path& path);

/// Evaluates the traffic of every rule on this chip, which must have room. The result then has no
/// peaks, because they need a run.
void place_again(RunResult& result, const ChipSpec& chip);

}  // namespace locus
