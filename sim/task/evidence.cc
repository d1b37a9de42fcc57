#include "sim/task/evidence.h"

namespace locus {

Trials<EvidenceTask>::Trials(const EvidenceTask& task, const TrialSetting& setting)
    : task_(task),
      readouts_(setting.readouts),
      dt_(setting.dt),
      cues_(random_key(setting.seed, "evidence/cue")),
      spikes_(random_key(setting.seed, "evidence/spike")) {
  drawn_.reserve(static_cast<std::size_t>(task.group));
}

std::int32_t Trials<EvidenceTask>::side_of(std::int64_t trial, std::int32_t cue) const {
  const auto draw = [&](std::uint64_t index) { return uniform_at(cues_, static_cast<std::uint64_t>(trial), 0, index); };
  const std::int32_t favoured = draw(0) < 0.5 ? 0 : 1;
  return draw(1 + static_cast<std::uint64_t>(cue)) < task_.bias ? favoured : 1 - favoured;
}

std::int32_t Trials<EvidenceTask>::class_of(std::int64_t trial) const {
  std::int32_t right = 0;
  for (std::int32_t cue = 0; cue < task_.cues; ++cue) right += side_of(trial, cue);
  return 2 * right > task_.cues ? 1 : 0;
}

void Trials<EvidenceTask>::activate(std::int64_t trial, std::int32_t group, std::int32_t first, std::int32_t ticks,
                                    double rate_hz, double value, TrialView view) {
  const std::int32_t begin = group * task_.group;
  for (std::int32_t t = first; t < first + ticks; ++t) {
    if (task_.rates) {
      for (std::int32_t i = 0; i < task_.group; ++i) view.input(t, begin + i) = value;
      continue;
    }
    const auto place = static_cast<std::uint64_t>(t) * 4 + static_cast<std::uint64_t>(group);
    draw_indices(spikes_, static_cast<std::uint64_t>(trial), place, rate_hz * dt_ / 1000, task_.group, drawn_);
    for (const std::int32_t i : drawn_) view.input(t, begin + i) = 1;
  }
}

void Trials<EvidenceTask>::write(std::int64_t trial, TrialView view) {
  for (std::int32_t cue = 0; cue < task_.cues; ++cue) {
    const std::int32_t first = cue * (task_.gap_ticks + task_.cue_ticks) + task_.gap_ticks + 1;
    activate(trial, side_of(trial, cue), first, task_.cue_ticks, task_.rate_hz, 1, view);
  }
  const std::int32_t recall = view.ticks - task_.recall_ticks + 1;
  activate(trial, 2, recall, task_.recall_ticks, task_.rate_hz, 1, view);
  activate(trial, 3, 1, view.ticks, task_.background_hz, kBackground, view);
  write_choice(class_of(trial), recall, view);
}

TargetMoments Trials<EvidenceTask>::target_at(std::int32_t tick, std::int32_t) const {
  return moments_of_choice(tick > task_.form().ticks - task_.recall_ticks, readouts_);
}

}  // namespace locus
