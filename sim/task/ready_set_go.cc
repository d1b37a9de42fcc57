#include "sim/task/ready_set_go.h"

#include <algorithm>

namespace locus {

Trials<ReadySetGoTask>::Trials(const ReadySetGoTask& task, const TrialSetting& setting)
    : task_(task), key_(random_key(setting.seed, "ready_set_go")) {}

double Trials<ReadySetGoTask>::target(std::int64_t tick, std::int64_t set, std::int64_t interval) const {
  if (tick <= set) return 0;
  return std::min(1.0, static_cast<double>(tick - set) / (task_.gain * static_cast<double>(interval)));
}

void Trials<ReadySetGoTask>::write(std::int64_t trial, TrialView view) const {
  const auto draw = [&](std::uint64_t index) { return uniform_at(key_, static_cast<std::uint64_t>(trial), 0, index); };
  const std::int32_t interval = task_.shortest + choice_of(draw(0), task_.longest - task_.shortest + 1);
  const std::int32_t ready = 1 + choice_of(draw(1), task_.onset_ticks);
  const std::int32_t set = ready + interval;
  for (std::int32_t t = 0; t < task_.pulse_ticks; ++t) {
    view.input(ready + t, 0) = 1;
    if (set + t <= view.ticks) view.input(set + t, 1) = 1;
  }
  for (std::int32_t t = set; t <= view.ticks; ++t) view.target(t, 0) = target(t, set, interval);
}

TargetMoments Trials<ReadySetGoTask>::target_at(std::int32_t tick, std::int32_t) const {
  TargetMoments sum;
  for (std::int64_t interval = task_.shortest; interval <= task_.longest; ++interval) {
    for (std::int64_t ready = 1; ready <= task_.onset_ticks; ++ready) {
      const double y = target(tick, ready + interval, interval);
      sum.mean += y;
      sum.square += y * y;
    }
  }
  const double pairs = static_cast<double>(task_.longest - task_.shortest + 1) * task_.onset_ticks;
  return {sum.mean / pairs, sum.square / pairs};
}

}  // namespace locus
