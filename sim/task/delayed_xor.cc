#include "sim/task/delayed_xor.h"

namespace locus {

Trials<DelayedXorTask>::Trials(const DelayedXorTask& task, const TrialSetting& setting)
    : task_(task), readouts_(setting.readouts), key_(random_key(setting.seed, "delayed_xor")) {}

double Trials<DelayedXorTask>::sign(std::int64_t trial, std::uint64_t stimulus) const {
  return uniform_at(key_, static_cast<std::uint64_t>(trial), 0, stimulus) < 0.5 ? 1 : -1;
}

void Trials<DelayedXorTask>::write(std::int64_t trial, TrialView view) const {
  const std::int32_t second = task_.onset_ticks + task_.stimulus_ticks + task_.delay_ticks;
  for (std::int32_t t = 1; t <= task_.stimulus_ticks; ++t) {
    view.input(task_.onset_ticks + t, 0) = sign(trial, 0);
    view.input(second + t, 1) = sign(trial, 1);
  }
  write_choice(class_of(trial), view.ticks - task_.response_ticks + 1, view);
}

TargetMoments Trials<DelayedXorTask>::target_at(std::int32_t tick, std::int32_t) const {
  return moments_of_choice(tick > task_.form().ticks - task_.response_ticks, readouts_);
}

}  // namespace locus
