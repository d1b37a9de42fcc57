// Delayed match to sample: a sample, a delay, a test; class 0 if both are the same stimulus, class
// 1 if not, each with probability 1/2.
//
// Input 0 is a fixation cue: 1 until the decision begins. Input 1 + s is 1 while stimulus s is
// shown, the sample for sample_ticks, the test for test_ticks, with white noise on all inputs of
// stimuli in these ticks. The sample is any stimulus, and so is a test that does not match, but the
// sample. Targets are in the last decision_ticks ticks.
// Source: Miller, Erickson, Desimone, J. Neurosci. 1996;16:5154; times and noise as in NeuroGym's
// DelayMatchSample (300, 500, 1000, 500, 900 ms in steps of 100 ms; sigma 1 / sqrt(100)).
#pragma once

#include "core/base/random.h"
#include "sim/model/synthetic.h"
#include "sim/task/trials.h"

namespace locus {

template <>
class Trials<DelayedMatchTask> {
 public:
  Trials(const DelayedMatchTask& task, const TrialSetting& setting);
  void write(std::int64_t trial, TrialView view) const;
  TargetMoments target_at(std::int32_t tick, std::int32_t k) const;
  std::int32_t class_of(std::int64_t trial) const;
  double chance() const { return 0.5; }

 private:
  double draw(std::int64_t trial, std::uint64_t index) const;
  /// Shows stimulus s in `ticks` ticks from `first` on.
  void show(std::int64_t trial, std::int32_t s, std::int32_t first, std::int32_t ticks, TrialView view) const;

  DelayedMatchTask task_;
  std::int32_t readouts_;
  RandomKey key_;
  RandomKey noise_;
};

}  // namespace locus
