// The task and the training of a model: inputs, number of trials, and loss.
#pragma once

#include "locus/v1/model.pb.h"
#include "sim/model/reading.h"

namespace locus {

/// The training without the default of `ticks`, which read_task fills in, and without the parts of
/// read_pace.
TrainingSpec read_training(const v1::Training& message, const FieldPath& where, FaultList& faults);

/// Sets training.ticks to those of the longest recorded trial, or of the task, if the file gives
/// none, and the ticks before the task's answer. The network is the student's.
TaskSpec read_task(v1::Task& message, const NetworkSpec& network, const FieldPath& where, const v1::Training& given,
                   TrainingSpec& training, Reading& reading);

}  // namespace locus
