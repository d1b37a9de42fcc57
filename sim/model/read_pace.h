// How fast and how long a rule learns: optimizers and bounds of a change, schedules of the learning
// rate, evaluations, criteria that end a run early.
#pragma once

#include "locus/v1/model.pb.h"
#include "sim/model/fault_list.h"
#include "sim/model/spec.h"

namespace locus {

/// `where` is the field of the training, in which the bounds of a change stand, too.
Optimizer read_optimizer(const v1::Training& message, const FieldPath& where, FaultList& faults);

/// Schedule, evaluation and stop of a training whose updates are known.
void read_pace(const v1::Training& message, const TaskSpec& task, const FieldPath& where, TrainingSpec& training,
               FaultList& faults);

}  // namespace locus
