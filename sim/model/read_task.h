// The task and the training of a model: what the network is shown, how often, and on what loss it
// learns.
#pragma once

#include "locus/v1/model.pb.h"
#include "sim/model/reading.h"

namespace locus {

/// Everything but `ticks` where they are not given, which read_task fills in, and what read_pace
/// does.
TrainingSpec read_training(const v1::Training& message, const FieldPath& where, FaultList& faults);

/// Sets training.ticks to the first recorded trial's where the file gives none. The network is the
/// student's.
TaskSpec read_task(v1::Task& message, const NetworkSpec& network, const FieldPath& where, bool ticks_given,
                   TrainingSpec& training, Reading& reading);

}  // namespace locus
