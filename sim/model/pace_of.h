// The pace of a rule: what is its own, and what it has from the training.
#pragma once

#include <optional>

#include "sim/model/spec.h"

namespace locus {

/// Eta of a projection under a rule: its own, the rule's or the training's; 0 where nothing learns.
double learning_rate_of(const ProjectionSpec& projection, const RuleSpec& rule, const TrainingSpec& training);
/// The same under a rule without a pace of its own.
double learning_rate_of(const ProjectionSpec& projection, const TrainingSpec& training);
/// The optimizer and the schedule of a rule: its own, or the training's.
const Optimizer& optimizer_of(const RuleSpec& rule, const TrainingSpec& training);
const std::optional<ScheduleSpec>& schedule_of(const RuleSpec& rule, const TrainingSpec& training);

}  // namespace locus
