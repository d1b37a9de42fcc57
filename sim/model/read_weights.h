// Weights of a projection or of a feedback: whichever form the message has, as a WeightsSpec.
//
// Gaussian, constant and aligned weights stay what they are: they are drawn when the network is
// built, so that a seed of the command line still counts.
#pragma once

#include "locus/v1/weights.pb.h"
#include "sim/model/reading.h"

namespace locus {

/// `shape` is what a file beside the model is held against before it is read. `fan_in` is the
/// number of sources, and what `gain` is divided by the root of. `where` is the field of the
/// Weights.
WeightsSpec read_weights(v1::Weights& message, const MatrixShape& shape, std::int64_t fan_in, const FieldPath& where,
                         Reading& reading);

}  // namespace locus
