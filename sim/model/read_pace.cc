#include "sim/model/read_pace.h"

#include <cmath>

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
  if (message.has_stop()) training.stop = read_stop(message.stop(), where.at("stop"), faults);
}

}  // namespace locus
