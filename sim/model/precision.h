// The conditions of a float32 model: every number of actors and messages must be in float32's
// range.
//
// A larger number would become infinite between the file and an actor, and would look like a
// divergence of training. Smaller numbers become 0, and others are rounded, as in all arithmetic of
// that precision. Internal to sim/model.
#pragma once

#include "sim/model/fault_list.h"
#include "sim/model/spec.h"

namespace locus {

/// Adds a fault for each weight matrix, trial, feedback or learning rate with a number beyond
/// float32's largest, 3.4e38. The teacher is exempt, because it is computed in float64.
void check_float32(const Spec& spec, FaultList& faults);

}  // namespace locus
