// Narrow wires and synapses of a training: bits, ranges, losses, delays; presets of chips.
#pragma once

#include "locus/v1/training.pb.h"
#include "sim/model/fault_list.h"
#include "sim/model/spec.h"

namespace locus {

/// Reads `wires` and `synapse` of the training at `where`.
void read_narrow(const v1::Training& message, const FieldPath& where, TrainingSpec& training, FaultList& faults);

}  // namespace locus
