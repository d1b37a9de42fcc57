#include "sim/model/read_pace.h"

#include <cmath>
#include <variant>

#include <fmt/format.h>

#include "sim/model/reading.h"

namespace locus {
namespace {

void check_positive(double value, const FieldPath& field, FaultList& faults) {
  if (!(std::isfinite(value) && value > 0)) faults.error(field, "is " + shown(value), "must be finite and above 0");
}

void check_not_negative(double value, const FieldPath& field, FaultList& faults) {
  if (!(std::isfinite(value) && value >= 0)) faults.error(field, "is " + shown(value), "must be finite and at least 0");
}

ScheduleSpec read_schedule(const v1::Schedule& message, const FieldPath& where, std::int64_t updates, FaultList& faults) {
  ScheduleSpec schedule;
  const auto factor_of = [&](const auto& decay, const FieldPath& field) {
    schedule.factor = decay.factor();
    if (!decay.has_factor()) {
      faults.error(field.at("factor"), "is missing", "must be given");
    } else {
      check_positive(schedule.factor, field.at("factor"), faults);
    }
  };
  const auto last_of = [&](const auto& decay, const FieldPath& field) {
    schedule.last = decay.last();
    check_not_negative(schedule.last, field.at("last"), faults);
  };
  schedule.warmup = message.warmup();
  if (schedule.warmup < 0 || schedule.warmup >= updates) {
    faults.error(where.at("warmup"), fmt::format("is {}", schedule.warmup),
                 fmt::format("must be at least 0 and below the {} updates of the run", updates));
  }
  switch (message.decay_case()) {
    case v1::Schedule::kStep:
      schedule.decay = ScheduleSpec::Decay::kStep;
      schedule.every = message.step().every();
      check_range(schedule.every, 1, INT32_MAX, where.at("step").at("every"), faults);
      factor_of(message.step(), where.at("step"));
      break;
    case v1::Schedule::kExponential:
      schedule.decay = ScheduleSpec::Decay::kExponential;
      factor_of(message.exponential(), where.at("exponential"));
      break;
    case v1::Schedule::kCosine:
      schedule.decay = ScheduleSpec::Decay::kCosine;
      last_of(message.cosine(), where.at("cosine"));
      break;
    case v1::Schedule::kLinear:
      schedule.decay = ScheduleSpec::Decay::kLinear;
      last_of(message.linear(), where.at("linear"));
      break;
    case v1::Schedule::DECAY_NOT_SET: break;
  }
  return schedule;
}

EvaluationSpec read_evaluation(const v1::Evaluation& message, const FieldPath& where, FaultList& faults) {
  EvaluationSpec evaluation;
  evaluation.trials = 0;  // as many as there are
  if (!message.has_every()) {
    faults.error(where.at("every"), "is missing", "must be given");
  } else if (check_range(message.every(), 1, INT32_MAX, where.at("every"), faults)) {
    evaluation.every = message.every();
  }
  if (message.has_trials() && check_range(message.trials(), 1, INT32_MAX, where.at("trials"), faults))
    evaluation.trials = message.trials();
  return evaluation;
}

void read_clip(const v1::Clip& message, const FieldPath& where, Optimizer& optimizer, FaultList& faults) {
  switch (message.kind_case()) {
    case v1::Clip::kElement:
      optimizer.element = message.element();
      check_positive(message.element(), where.at("element"), faults);
      break;
    case v1::Clip::kGlobalNorm:
      optimizer.norm = message.global_norm();
      check_positive(message.global_norm(), where.at("global_norm"), faults);
      break;
    case v1::Clip::KIND_NOT_SET:
      faults.missing_choice(where, "kind", "gives no bound", "must have one of element, global_norm");
      break;
  }
}

StopSpec read_stop(const v1::Stop& message, const FieldPath& where, FaultList& faults) {
  StopSpec stop;
  if (!message.has_loss_below() && !message.has_patience())
    faults.error(where, "gives no criterion", "must have loss_below or patience");
  if (message.has_loss_below()) {
    stop.loss_below = message.loss_below();
    check_positive(message.loss_below(), where.at("loss_below"), faults);
  }
  if (message.has_patience()) {
    stop.patience = message.patience();
    check_range(message.patience(), 1, INT32_MAX, where.at("patience"), faults);
  }
  if (message.has_improvement()) {
    stop.improvement = message.improvement();
    check_not_negative(message.improvement(), where.at("improvement"), faults);
    if (!message.has_patience()) faults.error(where.at("improvement"), "is given", "must be given with patience only");
  }
  if (message.has_mean_of()) {
    stop.mean_of = message.mean_of();
    check_range(message.mean_of(), 1, INT32_MAX, where.at("mean_of"), faults);
  }
  return stop;
}

}  // namespace

void read_pace(const v1::Training& message, const FieldPath& where, TrainingSpec& training, FaultList& faults) {
  if (message.has_schedule())
    training.schedule = read_schedule(message.schedule(), where.at("schedule"), training.updates, faults);
  if (message.has_clip()) read_clip(message.clip(), where.at("clip"), training.optimizer, faults);
  if (message.has_evaluation())
    training.evaluation = read_evaluation(message.evaluation(), where.at("evaluation"), faults);
  if (message.has_stop()) training.stop = read_stop(message.stop(), where.at("stop"), faults);
}

void check_evaluation(Spec& spec, bool trials_given, FaultList& faults) {
  const FieldPath root;
  std::optional<EvaluationSpec>& evaluation = spec.training.evaluation;
  const FieldPath trials = root.at("training").at("evaluation").at("trials");
  const auto* const recorded = std::get_if<RecordedTask>(&spec.task);
  if (recorded == nullptr) {
    if (evaluation && !trials_given) faults.error(trials, "is missing", "must be given where trials are drawn");
    return;
  }
  const FieldPath held_out = root.at("task").at("recorded").at("evaluation_trials");
  const std::int64_t there = std::ssize(recorded->evaluation_trials);
  if (!evaluation) {
    if (there > 0) faults.error(held_out, "are given, and training.evaluation is not", "nothing else shows them");
    return;
  }
  if (there == 0) {
    faults.error(held_out, "is missing", "must be given where training.evaluation is");
  } else if (evaluation->trials > there) {
    faults.error(trials, fmt::format("is {}", evaluation->trials),
                 fmt::format("must be at most {}, the evaluation_trials", there));
  }
  if (!trials_given) evaluation->trials = there;
  for (std::int64_t i = 0; i < there; ++i) {
    if (recorded->evaluation_trials[static_cast<std::size_t>(i)].target.rows == 0)
      faults.error(root.at("task").at("recorded").at("evaluation_trials", static_cast<int>(i)), "has no target",
                   "must have one of target, class");
  }
}

}  // namespace locus
