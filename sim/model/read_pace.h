// The speed and the length of learning: optimizers and bounds of a change, schedules of the
// learning rate, evaluations, criteria for an early end.
#pragma once

#include "locus/v1/model.pb.h"
#include "sim/model/fault_list.h"
#include "sim/model/spec.h"

namespace locus {

/// `where` is the field of the training, which also contains the bounds of a change.
Optimizer read_optimizer(const v1::Training& message, const FieldPath& where, FaultList& faults);

/// The rule's own learning rate, optimizer and schedule, at the rule's field. `training` is
/// complete; what the rule's optimizer does not give is the training's.
void read_own_pace(const v1::Rule& message, const TrainingSpec& training, const FieldPath& where, RuleSpec& rule,
                   FaultList& faults);

/// Schedule, evaluation and stop of a training whose updates are known.
void read_pace(const v1::Training& message, const TaskSpec& task, const FieldPath& where, TrainingSpec& training,
               FaultList& faults);

}  // namespace locus
