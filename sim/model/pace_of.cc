#include "sim/model/pace_of.h"

namespace locus {

double learning_rate_of(const ProjectionSpec& projection, const RuleSpec& rule, const TrainingSpec& training) {
  if (projection.learning_rate) return *projection.learning_rate;
  return rule.learning_rate.value_or(training.learning_rate.value_or(0));
}

double learning_rate_of(const ProjectionSpec& projection, const TrainingSpec& training) {
  return learning_rate_of(projection, RuleSpec(), training);
}

const Optimizer& optimizer_of(const RuleSpec& rule, const TrainingSpec& training) {
  return rule.optimizer ? *rule.optimizer : training.optimizer;
}

const std::optional<ScheduleSpec>& schedule_of(const RuleSpec& rule, const TrainingSpec& training) {
  return rule.schedule ? rule.schedule : training.schedule;
}

}  // namespace locus
