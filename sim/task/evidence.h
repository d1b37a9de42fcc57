// Evidence accumulation: cues on the left and on the right, a delay, a recall; class 0 if there
// were more cues on the left, class 1 if on the right.
//
// One side is favoured, each with probability 1/2; each cue is on it with probability `bias`. A cue
// lasts cue_ticks, after a gap of gap_ticks; delay_ticks follow the last one, and recall_ticks end
// the trial, in which the targets are. Inputs are four groups: left and right (active during their
// cues), recall (active in the recall), background. An input of an active group spikes in each tick
// with probability rate_hz dt / 1000, one of the background with background_hz dt / 1000, always;
// or, with `rates`, they are 1 and 0.25.
// Source: Morcos & Harvey, Nat. Neurosci. 2016;19:1672; Bellec et al., Nat. Commun. 2020;11:3625,
// figure 3, with the numbers of the code that they published (favoured side 0.7; 40 Hz; 10 Hz).
#pragma once

#include <vector>

#include "core/base/random.h"
#include "sim/model/synthetic.h"
#include "sim/task/trials.h"

namespace locus {

template <>
class Trials<EvidenceTask> {
 public:
  Trials(const EvidenceTask& task, const TrialSetting& setting);
  void write(std::int64_t trial, TrialView view);
  TargetMoments target_at(std::int32_t tick, std::int32_t k) const;
  std::int32_t class_of(std::int64_t trial) const;
  double chance() const { return 0.5; }

 private:
  static constexpr double kBackground = 0.25;  // of its inputs, with `rates` [1]

  /// The side of a cue: 0 left, 1 right.
  std::int32_t side_of(std::int64_t trial, std::int32_t cue) const;
  /// Lets a group be active in `ticks` ticks from `first` on.
  void activate(std::int64_t trial, std::int32_t group, std::int32_t first, std::int32_t ticks, double rate_hz,
                double value, TrialView view);

  EvidenceTask task_;
  std::int32_t readouts_;
  double dt_;  // ms
  RandomKey cues_;
  RandomKey spikes_;
  std::vector<std::int32_t> drawn_;
};

}  // namespace locus
