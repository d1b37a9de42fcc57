#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/model/checks.h"
#include "sim/model/network_size.h"
#include "sim/model/requirements.h"

namespace locus {
namespace {

void check_window(const TrainingSpec& training, const FieldPath& where, FaultList& faults) {
  const std::int64_t ticks = known_ticks(training);
  const FieldPath window = where.at("window");
  if (training.window != 0) {  // 0 is "all"
    if (training.loss == Loss::kFinal || training.loss == Loss::kSequence)
      faults.error(window, fmt::format("is given, and the loss is {}", name(training.loss)),
                   "is for SUM and CROSS_ENTROPY only");
    if (check_range(training.window, 1, kLongestTrial, window, faults) && ticks != kUnknown && training.window > ticks)
      faults.error(window, fmt::format("is {}", training.window),
                   fmt::format("must be at most {}, the ticks of a trial", ticks));
  }
  if (training.warmup == 0) return;
  const FieldPath warmup = where.at("warmup_ticks");
  if (training.loss == Loss::kFinal)
    faults.error(warmup, "is given, and the loss is FINAL", "is for SEQUENCE, SUM and CROSS_ENTROPY only");
  if (training.window != 0)
    faults.error(warmup, "is given beside window", "one of them says which ticks have an error");
  if (check_range(training.warmup, 0, kLongestTrial, warmup, faults) && ticks != kUnknown && training.warmup >= ticks &&
      training.loss != Loss::kFinal)
    faults.error(warmup, fmt::format("is {}", training.warmup),
                 fmt::format("must be below {}, the ticks of a trial", ticks));
}

void check_decay(double value, const FieldPath& field, FaultList& faults) {
  if (!(value >= 0 && value < 1)) faults.error(field, "is " + shown(value), "must be at least 0 and below 1");
}

}  // namespace

void check_optimizer(const Optimizer& optimizer, const FieldPath& where, FaultList& faults) {
  const FieldPath field = where.at("optimizer");
  if (optimizer.adam) {
    check_decay(optimizer.adam->beta1, field.at("adam").at("beta1"), faults);
    check_decay(optimizer.adam->beta2, field.at("adam").at("beta2"), faults);
    check_positive(optimizer.adam->epsilon, field.at("adam").at("epsilon"), faults);
  }
  if (optimizer.momentum) {
    check_decay(*optimizer.momentum, field.at("sgd").at("momentum"), faults);
    if (optimizer.adam) faults.error(field, "has both momentum and Adam", "must have one of them");
  }
  check_not_negative(optimizer.weight_decay, field.at("weight_decay"), faults);
  if (optimizer.weight_min) check_finite(*optimizer.weight_min, field.at("weight_min"), faults);
  if (optimizer.weight_max) check_finite(*optimizer.weight_max, field.at("weight_max"), faults);
  if (optimizer.weight_min && optimizer.weight_max && *optimizer.weight_min > *optimizer.weight_max) {
    faults.error(field.at("weight_max"), "is " + shown(*optimizer.weight_max),
                 "must be at least weight_min, which is " + shown(*optimizer.weight_min));
  }
  const FieldPath clip = where.at("clip");
  if (optimizer.element) check_positive(*optimizer.element, clip.at("element"), faults);
  if (optimizer.norm) check_positive(*optimizer.norm, clip.at("global_norm"), faults);
  if (optimizer.element && optimizer.norm)
    faults.error(clip, "gives both element and global_norm", "must have one of them");
}

/// A schedule may warm up for longer than the run takes: a run may be made shorter than its file
/// says.
void check_schedule(const ScheduleSpec& schedule, const FieldPath& where, FaultList& faults) {
  check_range(schedule.warmup, 0, kMostCount, where.at("warmup"), faults);
  switch (schedule.decay) {
    case ScheduleSpec::Decay::kNone: return;
    case ScheduleSpec::Decay::kStep:
      check_range(schedule.every, 1, kMostCount, where.at("step").at("every"), faults);
      check_positive(schedule.factor, where.at("step").at("factor"), faults);
      return;
    case ScheduleSpec::Decay::kExponential:
      check_positive(schedule.factor, where.at("exponential").at("factor"), faults);
      return;
    case ScheduleSpec::Decay::kCosine: check_not_negative(schedule.last, where.at("cosine").at("last"), faults); return;
    case ScheduleSpec::Decay::kLinear: check_not_negative(schedule.last, where.at("linear").at("last"), faults); return;
  }
  check_enum(schedule.decay, ScheduleSpec::Decay::kLinear, where.at("decay"), faults);
}

namespace {

void check_stop(const StopSpec& stop, const FieldPath& where, FaultList& faults) {
  if (!stop.loss_below && !stop.patience) faults.error(where, "gives no criterion", "must have loss_below or patience");
  if (stop.loss_below) check_positive(*stop.loss_below, where.at("loss_below"), faults);
  if (stop.patience) check_range(*stop.patience, 1, kMostCount, where.at("patience"), faults);
  check_not_negative(stop.improvement, where.at("improvement"), faults);
  if (stop.improvement > 0 && !stop.patience)
    faults.error(where.at("improvement"), "is given", "must be given with patience only");
  check_range(stop.mean_of, 1, kMostCount, where.at("mean_of"), faults);
}

void check_evaluation_trials(const Spec& spec, FaultList& faults) {
  const FieldPath root;
  const std::optional<EvaluationSpec>& evaluation = spec.training.evaluation;
  if (const auto* supplied = std::get_if<SuppliedTask>(&spec.task)) {
    const FieldPath held_out = root.at("task").at("supplied").at("fill_held_out");
    if (evaluation && !supplied->fill_held_out)
      faults.error(held_out, "is missing", "must be given where training.evaluation is");
    if (!evaluation && supplied->fill_held_out)
      faults.error(held_out, "is given, and training.evaluation is not", "nothing else shows these trials");
  }
  const auto* const recorded = std::get_if<RecordedTask>(&spec.task);
  if (recorded == nullptr) return;
  const FieldPath held_out = root.at("task").at("recorded").at("evaluation_trials");
  const std::int64_t there = std::ssize(recorded->evaluation_trials);
  if (!evaluation) {
    if (there > 0) faults.error(held_out, "are given, and training.evaluation is not", "nothing else shows them");
    return;
  }
  if (there == 0) {
    faults.error(held_out, "is missing", "must be given where training.evaluation is");
  } else if (evaluation->trials > there) {
    faults.error(root.at("training").at("evaluation").at("trials"), fmt::format("is {}", evaluation->trials),
                 fmt::format("must be at most {}, the evaluation_trials", there));
  }
  const bool some_have = std::ranges::any_of(recorded->evaluation_trials, has_target);
  for (std::int64_t i = 0; i < there; ++i) {
    const FieldPath trial = root.at("task").at("recorded").at("evaluation_trials", static_cast<int>(i));
    if (has_target(recorded->evaluation_trials[static_cast<std::size_t>(i)]) || faults.is_silenced(trial.at("target")))
      continue;
    faults.error(trial, "has no target", "must have one of target, class");
    if (!some_have) break;  // one tells of all
  }
}

}  // namespace

void check_training(const TrainingSpec& training, bool with_task, FaultList& faults) {
  const FieldPath where = FieldPath().at("training");
  check_enum(training.loss, Loss::kCrossEntropy, where.at("loss"), faults);
  check_enum(training.commit, CommitWhen::kEveryTick, where.at("commit"), faults);
  check_enum(training.locality, Locality::kStrict, where.at("locality"), faults);
  if (with_task || training.ticks != 0) check_range(training.ticks, 1, kLongestTrial, where.at("ticks"), faults);
  check_range(training.batch, 1, kMostCount, where.at("batch"), faults);
  check_range(training.updates, 1, kMostCount, where.at("updates"), faults);
  if (training.learning_rate) check_not_negative(*training.learning_rate, where.at("learning_rate"), faults);
  check_positive(training.dt, where.at("dt_ms"), faults);
  check_window(training, where, faults);
  check_optimizer(training.optimizer, where, faults);
  if (training.commit == CommitWhen::kEveryTick && training.batch != 1)
    faults.error(where.at("batch"), fmt::format("is {}", training.batch), "must be 1 where commit is EVERY_TICK");
  if (training.schedule) check_schedule(*training.schedule, where.at("schedule"), faults);
  if (training.evaluation) {
    check_range(training.evaluation->every, 1, kMostCount, where.at("evaluation").at("every"), faults);
    check_range(training.evaluation->trials, 1, kMostCount, where.at("evaluation").at("trials"), faults);
  }
  if (training.stop) check_stop(*training.stop, where.at("stop"), faults);
}

void check_training_of_model(const Spec& spec, FaultList& faults) {
  const FieldPath where = FieldPath().at("training");
  const TrainingSpec& training = spec.training;
  check_evaluation_trials(spec, faults);
  const std::int64_t readouts = known_neurons(spec.network, PopulationKind::kReadout);
  if (training.loss == Loss::kCrossEntropy && readouts == 1)
    faults.error(where.at("loss"), "is CROSS_ENTROPY, and the network has 1 readout", "is for 2 and more, one a class");
  if (training.commit == CommitWhen::kEveryTick) {
    if (const std::string lack = unlike_rate(spec.network); !lack.empty())
      faults.error(where.at("commit"), "is EVERY_TICK, and the network has " + lack, "must be END_OF_BATCH");
  }
  check_room(spec.network, training.optimizer, "", faults);
  const auto check_norm = [&](const Optimizer& optimizer, const FieldPath& of) {
    // where squares and factors travel on a chip is not said
    if (spec.chip && optimizer.norm)
      faults.error(of.at("clip").at("global_norm"), "is given in a model with a chip",
                   "must be element, or the chip must go");
  };
  check_norm(training.optimizer, where);
  for (std::size_t i = 0; i < spec.rules.size(); ++i) {
    const RuleSpec& rule = spec.rules[i];
    if (!rule.optimizer) continue;
    check_room(spec.network, *rule.optimizer, " under rule " + shown(std::string_view(rule.name)), faults);
    if (rule.optimizer->norm != training.optimizer.norm)
      check_norm(*rule.optimizer, FieldPath().at("rules", static_cast<int>(i)));
  }
}

}  // namespace locus
