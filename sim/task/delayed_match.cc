#include "sim/task/delayed_match.h"

namespace locus {

Trials<DelayedMatchTask>::Trials(const DelayedMatchTask& task, const TrialSetting& setting)
    : task_(task),
      readouts_(setting.readouts),
      key_(random_key(setting.seed, "delayed_match")),
      noise_(random_key(setting.seed, "delayed_match/noise")) {}

double Trials<DelayedMatchTask>::draw(std::int64_t trial, std::uint64_t index) const {
  return uniform_at(key_, static_cast<std::uint64_t>(trial), 0, index);
}

std::int32_t Trials<DelayedMatchTask>::class_of(std::int64_t trial) const { return draw(trial, 1) < 0.5 ? 0 : 1; }

void Trials<DelayedMatchTask>::show(std::int64_t trial, std::int32_t s, std::int32_t first, std::int32_t ticks,
                                    TrialView view) const {
  for (std::int32_t t = first; t < first + ticks; ++t) {
    view.input(t, 1 + s) = 1;
    if (task_.noise == 0) continue;
    for (std::int32_t i = 0; i < task_.stimuli; ++i) {
      const double normal = normal_at(noise_, static_cast<std::uint64_t>(trial), static_cast<std::uint64_t>(t),
                                      static_cast<std::uint64_t>(i));
      view.input(t, 1 + i) += task_.noise * normal;
    }
  }
}

void Trials<DelayedMatchTask>::write(std::int64_t trial, TrialView view) const {
  const std::int32_t sample = choice_of(draw(trial, 0), task_.stimuli);
  const std::int32_t other = (sample + 1 + choice_of(draw(trial, 2), task_.stimuli - 1)) % task_.stimuli;
  const std::int32_t chosen = class_of(trial);
  const std::int32_t decision = view.ticks - task_.decision_ticks + 1;
  for (std::int32_t t = 1; t < decision; ++t) view.input(t, 0) = 1;
  show(trial, sample, task_.fixation_ticks + 1, task_.sample_ticks, view);
  show(trial, chosen == 0 ? sample : other, decision - task_.test_ticks, task_.test_ticks, view);
  write_choice(chosen, decision, view);
}

TargetMoments Trials<DelayedMatchTask>::target_at(std::int32_t tick, std::int32_t) const {
  return moments_of_choice(tick > task_.form().ticks - task_.decision_ticks, readouts_);
}

}  // namespace locus
