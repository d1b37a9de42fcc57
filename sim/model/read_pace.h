// The speed and the length of learning: optimizers and bounds of a change, schedules of the
// learning rate, evaluations, criteria for an early end.
#pragma once

#include "locus/v1/model.pb.h"
#include "sim/model/fault_list.h"
#include "sim/model/spec.h"

namespace locus {

/// `where` is the field of the training, which also contains the bounds of a change.
Optimizer read_optimizer(const v1::Training& message, const FieldPath& where, FaultList& faults);

/// Schedule, evaluation and stop of a training whose updates are known.
void read_pace(const v1::Training& message, const TaskSpec& task, const FieldPath& where, TrainingSpec& training,
               FaultList& faults);

}  // namespace locus
