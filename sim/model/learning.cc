#include "sim/model/learning.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/expression/local_rule.h"

namespace locus {

Learning learning_of(const RuleSpec& spec, const TrainingSpec& training) {
  const std::int32_t ticks = training.ticks;
  Learning learning{.kind = spec.kind, .depth = 0, .stride = 0, .trace_decay = spec.trace_decay};
  learning.optimizer = optimizer_of(spec, training);
  learning.optimizer.grid = training.synapses.weight;
  learning.synapses = training.synapses;
  for (const NarrowWires& wires : training.wires) {
    const bool is_used = wires.channel != Channel::kFeedback || !spec.feedback.empty();
    if (is_used && !wires.is_ideal()) learning.wires.push_back(wires);
  }
  learning.restriction = {.reach = spec.reach, .paths = spec.paths};
  learning.filter = decay_of(spec.filter_tau, training.dt);
  for (const FeedbackSpec& feedback : spec.feedback) {
    if (feedback.learn) learning.learned_feedback.push_back({PopulationId{feedback.population}, feedback.learn->decay});
  }
  if (spec.firing_rate) {
    const double strength = spec.firing_rate->strength / (training.average_over_window ? window_of(training) : 1);
    learning.firing_rate = {spec.firing_rate->target_hz / 1000 * training.dt, strength, ticks};
  }
  if (is_local(spec.kind)) {
    learning.local = compile_local(spec.local).rule;
    CHECK(learning.local.has_value(), "the text of a rule is checked before it is used");
    learning.dt = training.dt;
    learning.ticks = ticks;
  }
  if (rule(spec.kind).drive != Drive::kSweep) return learning;
  const bool whole = !takes(rule(spec.kind), Argument::What::kDepth);
  learning.depth = whole || spec.depth == 0 ? ticks : std::min(spec.depth, ticks);
  learning.stride = whole ? ticks : std::min(spec.stride, ticks);
  return learning;
}

double loss_scale_of(const TrainingSpec& training, std::int32_t window) {
  const bool mean =
      training.loss == Loss::kSequence || training.loss == Loss::kCrossEntropy || training.average_over_window;
  return mean ? 1.0 / window : 1;
}

TrialShape trial_shape_of(const Spec& spec) {
  return trial_shape_of(spec.training, weighs_errors(spec.task, spec.training.ticks));
}

TrialShape trial_shape_of(const TrainingSpec& training, bool weighted) {
  return {.ticks = training.ticks,
          .window = window_of(training),
          .classes = training.loss == Loss::kCrossEntropy,
          .weighted = weighted,
          .carries = training.carry_state,
          .commits_every_tick = training.commit == CommitWhen::kEveryTick};
}

}  // namespace locus
