// The weights of a projection or a feedback in any form of the message, as a WeightsSpec.
//
// Gaussian, constant and aligned weights keep their form: they are drawn when the network is built,
// so that a seed of the command line has an effect.
#pragma once

#include "locus/v1/weights.pb.h"
#include "sim/model/reading.h"

namespace locus {

/// `shape` is compared with a file of weights before it is read. `fan_in` is the number of sources;
/// `gain` is divided by its root. `where` is the field of the Weights.
WeightsSpec read_weights(v1::Weights& message, const MatrixShape& shape, std::int64_t fan_in, const FieldPath& where,
                         Reading& reading);

}  // namespace locus
