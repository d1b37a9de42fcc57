#include "sim/model/read_pace.h"

#include <algorithm>

#include <fmt/format.h>

#include "sim/model/check_basics.h"

namespace locus {
namespace {

ScheduleSpec read_schedule(const v1::Schedule& message, const FieldPath& where, std::int64_t updates, FaultList& faults) {
  ScheduleSpec schedule;
  const auto factor_of = [&](const auto& decay, const FieldPath& field) {
    schedule.factor = decay.factor();
    if (!decay.has_factor()) faults.refuse(field.at("factor"), "is missing", "must be given");
  };
  schedule.warmup = message.warmup();
  // legal: a run may be made shorter than its file says, to a single update
  if (schedule.warmup >= std::max<std::int64_t>(updates, 1)) {
    faults.warning(where.at("warmup"), fmt::format("is {}, and the run has {} updates", schedule.warmup, updates),
                   "no update follows the warm-up");
  }
  switch (message.decay_case()) {
    case v1::Schedule::kStep:
      schedule.decay = ScheduleSpec::Decay::kStep;
      schedule.every = message.step().every();
      factor_of(message.step(), where.at("step"));
      break;
    case v1::Schedule::kExponential:
      schedule.decay = ScheduleSpec::Decay::kExponential;
      factor_of(message.exponential(), where.at("exponential"));
      break;
    case v1::Schedule::kCosine:
      schedule.decay = ScheduleSpec::Decay::kCosine;
      schedule.last = message.cosine().last();
      break;
    case v1::Schedule::kLinear:
      schedule.decay = ScheduleSpec::Decay::kLinear;
      schedule.last = message.linear().last();
      break;
    case v1::Schedule::DECAY_NOT_SET: break;
  }
  return schedule;
}

EvaluationSpec read_evaluation(const v1::Evaluation& message, const TaskSpec& task, const FieldPath& where,
                               FaultList& faults) {
  EvaluationSpec evaluation;
  evaluation.every = message.every();
  if (!message.has_every()) faults.refuse(where.at("every"), "is missing", "must be given");
  evaluation.trials = message.trials();
  if (message.has_trials()) return evaluation;
  if (const auto* recorded = std::get_if<RecordedTask>(&task)) {
    evaluation.trials = std::ssize(recorded->evaluation_trials);
    faults.silence(where.at("trials"));  // where there is none, that is told of the trials
  } else {
    faults.refuse(where.at("trials"), "is missing", "must be given where trials are drawn");
  }
  return evaluation;
}

void read_clip(const v1::Clip& message, const FieldPath& where, Optimizer& optimizer, FaultList& faults) {
  switch (message.kind_case()) {
    case v1::Clip::kElement: optimizer.element = message.element(); break;
    case v1::Clip::kGlobalNorm: optimizer.norm = message.global_norm(); break;
    case v1::Clip::KIND_NOT_SET:
      faults.missing_choice(where, "kind", "gives no bound", "must have one of element, global_norm");
      break;
  }
}

/// Takes what the message gives; the rest of `optimizer` stays.
void take_optimizer(const v1::Training::Optimizer& given, Optimizer& optimizer) {
  if (given.has_sgd() || given.has_adam()) {
    optimizer.adam.reset();
    optimizer.momentum.reset();
  }
  if (given.has_adam()) {
    Optimizer::Adam adam;
    if (given.adam().has_beta1()) adam.beta1 = given.adam().beta1();
    if (given.adam().has_beta2()) adam.beta2 = given.adam().beta2();
    if (given.adam().has_epsilon()) adam.epsilon = given.adam().epsilon();
    optimizer.adam = adam;
  }
  if (given.sgd().has_momentum()) optimizer.momentum = given.sgd().momentum();
  if (given.has_weight_min()) optimizer.weight_min = given.weight_min();
  if (given.has_weight_max()) optimizer.weight_max = given.weight_max();
  if (given.has_weight_decay()) optimizer.weight_decay = given.weight_decay();
}

StopSpec read_stop(const v1::Stop& message) {
  StopSpec stop;
  if (message.has_loss_below()) stop.loss_below = message.loss_below();
  if (message.has_patience()) stop.patience = message.patience();
  if (message.has_improvement()) stop.improvement = message.improvement();
  if (message.has_mean_of()) stop.mean_of = message.mean_of();
  return stop;
}

}  // namespace

Optimizer read_optimizer(const v1::Training& message, const FieldPath& where, FaultList& faults) {
  Optimizer optimizer;
  take_optimizer(message.optimizer(), optimizer);
  if (message.has_clip()) read_clip(message.clip(), where.at("clip"), optimizer, faults);
  return optimizer;
}

void read_own_pace(const v1::Rule& message, const TrainingSpec& training, const FieldPath& where, RuleSpec& rule,
                   FaultList& faults) {
  if (message.has_learning_rate()) rule.learning_rate = message.learning_rate();
  if (message.has_schedule())
    rule.schedule = read_schedule(message.schedule(), where.at("schedule"), training.updates, faults);
  if (!message.has_optimizer() && !message.has_clip()) return;
  rule.optimizer = training.optimizer;
  take_optimizer(message.optimizer(), *rule.optimizer);
  if (!message.has_clip()) return;
  rule.optimizer->element.reset();
  rule.optimizer->norm.reset();
  read_clip(message.clip(), where.at("clip"), *rule.optimizer, faults);
}

void read_pace(const v1::Training& message, const TaskSpec& task, const FieldPath& where, TrainingSpec& training,
               FaultList& faults) {
  if (message.has_schedule())
    training.schedule = read_schedule(message.schedule(), where.at("schedule"), training.updates, faults);
  if (message.has_evaluation())
    training.evaluation = read_evaluation(message.evaluation(), task, where.at("evaluation"), faults);
  if (message.has_stop()) training.stop = read_stop(message.stop());
}

}  // namespace locus
