// Files for weights that are too many for the result itself: one file for each projection, in the
// formats of model files (proto/locus/v1/weights.proto), so that another run can start with the
// weights of a result.
#pragma once

#include <string>

#include "sim/report/output.h"
#include "sim/run/result.h"

namespace locus {

/// The largest number of weights, over all rules, that the result itself contains.
inline constexpr std::int64_t kInlineWeights = 1'000'000;

std::int64_t weights_in(const Outcome& outcome);

/// ".npy" for a dense matrix, ".blocks" for a sparse one.
std::string extension_of(const ProjectionWeights& weights);

/// Writes the bytes of the file. Dense: .npy version 1.0, little-endian float64, C order. Sparse:
/// length-delimited MatrixBlock, entries in the order of the file. Copies no numbers.
void write_weights(const ProjectionWeights& weights, Output& to);

/// `name` as the name of one file or folder. '/', '%', control characters and a leading '.' become
/// %XX, and a name that is too long for a file system is cut and gets its hash. Different names
/// stay different.
std::string file_name(const std::string& name);

}  // namespace locus
