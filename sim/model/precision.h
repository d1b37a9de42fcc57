// What a model of float32 may hold: every number that actors will hold or send must be one of
// float32's range.
//
// A number beyond it would become infinite on its way from the file to an actor, and be reported as
// a divergence of training that it is not. Numbers below it become 0, and others are rounded, as by
// any arithmetic of that precision. Internal to sim/model.
#pragma once

#include "sim/model/fault_list.h"
#include "sim/model/spec.h"

namespace locus {

/// A fault for each weight matrix, trial, feedback or learning rate with a number beyond float32's
/// largest, 3.4e38. The teacher's stay as they are: it is computed in float64.
void check_float32(const Spec& spec, FaultList& faults);

}  // namespace locus
