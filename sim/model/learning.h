// The learning of a model in the terms of core: the numbers of a rule, and the properties of a
// trial that decide about counts.
//
// Building a network, the forecast of its messages and the reading of its results need the same two
// values, which follow from the model alone.
#pragma once

#include "core/protocol/closed_form.h"
#include "core/protocol/learning.h"
#include "sim/model/pace_of.h"
#include "sim/model/spec.h"

namespace locus {

/// The rule with the numbers of a run. Depth and stride above T mean T, and BPTT has T for both;
/// times in ms become decays of a tick. Without the seed and the cores of a restricted RTRL, which
/// sim/place/learning_on_chip.h adds.
Learning learning_of(const RuleSpec& rule, const TrainingSpec& training);

/// `weighted`: trials weigh their errors.
TrialShape trial_shape_of(const Spec& spec);
TrialShape trial_shape_of(const TrainingSpec& training, bool weighted);

/// The constant by which the loss and all errors eps = dL/dy are multiplied: 1 / window, the ticks
/// with an error, where the loss is a mean over them (SEQUENCE, CROSS_ENTROPY,
/// average_over_window), 1 else.
double loss_scale_of(const TrainingSpec& training, std::int32_t window);

}  // namespace locus
