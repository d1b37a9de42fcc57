// How fast and how long a rule learns: schedules of the learning rate, bounds of a change, criteria
// that end a run early.
#pragma once

#include "locus/v1/model.pb.h"
#include "sim/model/fault_list.h"
#include "sim/model/spec.h"

namespace locus {

/// Schedule, clip, evaluation and stop of a training whose updates are known. `where` is the field
/// of the training.
void read_pace(const v1::Training& message, const FieldPath& where, TrainingSpec& training, FaultList& faults);

/// Whether there are the trials that the evaluation of a whole model asks for; fills in how many.
void check_evaluation(Spec& spec, bool trials_given, FaultList& faults);

}  // namespace locus
