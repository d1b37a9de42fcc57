// Weights too many for the result itself: a file a projection, in the forms that model files name
// (proto/locus/v1/weights.proto), so that a result's weights can start another run.
#pragma once

#include <string>

#include "sim/run/result.h"

namespace locus {

/// Weights of all rules together, up to which they stand in the result itself.
inline constexpr std::int64_t kInlineWeights = 1'000'000;

std::int64_t weights_in(const Outcome& outcome);

/// ".npy" for a dense matrix, ".blocks" for a sparse one.
std::string extension_of(const ProjectionWeights& weights);

/// The file's bytes. Dense: .npy version 1.0, little-endian float64, C order. Sparse:
/// length-delimited MatrixBlock, entries in file order.
std::string bytes_of(const ProjectionWeights& weights);

/// `name` as the name of one file or folder: '/', '%', control characters and a leading '.' become
/// %XX, and what is longer than a file system takes is cut and told apart by its hash. Different
/// names stay different.
std::string file_name(const std::string& name);

}  // namespace locus
