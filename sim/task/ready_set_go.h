// Ready, set, go: an interval is shown as two pulses, and must be produced.
//
// Ready, a pulse of pulse_ticks ticks on input 0, begins at tick R, one of 1 .. onset_ticks; Set,
// on input 1, at tick R + d, where d is one of shortest .. longest. Both are drawn uniformly. The
// target is 0 before Set; then it rises along a line, min(1, (t - R - d) / (gain d)), and reaches 1
// at Go. Source: Jazayeri & Shadlen, Nat. Neurosci. 2010;13:1020 (their short prior, 494 to 847 ms,
// in ticks of 20 ms). A ramp to a threshold stands for the motor plan, as in models of the task
// (Sohn et al., Neuron 2019;103:934, with a curve that is not straight).
#pragma once

#include "core/base/random.h"
#include "sim/model/synthetic.h"
#include "sim/task/trials.h"

namespace locus {

template <>
class Trials<ReadySetGoTask> {
 public:
  Trials(const ReadySetGoTask& task, const TrialSetting& setting);
  void write(std::int64_t trial, TrialView view) const;
  /// Counts all pairs of onset and interval.
  TargetMoments target_at(std::int32_t tick, std::int32_t k) const;

 private:
  double target(std::int64_t tick, std::int64_t set, std::int64_t interval) const;

  ReadySetGoTask task_;
  RandomKey key_;
};

}  // namespace locus
