// What a model says of learning, in the terms of core: the numbers of a rule, and a trial as the
// counts see it.
//
// Why here: whoever builds a network, forecasts its messages or reads its results needs the same
// two values, and they follow from the model alone.
#pragma once

#include "core/protocol/closed_form.h"
#include "core/protocol/rule.h"
#include "sim/model/spec.h"

namespace locus {

/// The rule with the numbers of a run. Depth and stride above T mean T, and BPTT has both at T;
/// times in ms have become decays of a tick.
Learning learning_of(const RuleSpec& rule, const TrainingSpec& training);

TrialShape trial_shape_of(const TrainingSpec& training);

}  // namespace locus
