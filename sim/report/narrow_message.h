// Narrow wires and synapses of a training as protobuf, for results.
#pragma once

#include "locus/v1/training.pb.h"
#include "sim/model/spec.h"

namespace locus {

/// Sets `wires` and `synapse`; sim/model/read_narrow.h has the way back.
void fill_narrow(const TrainingSpec& from, v1::Training& to);

}  // namespace locus
