// Delayed XOR: a stimulus of +1 or -1 on input 0, a delay, a stimulus of +1 or -1 on input 1; class
// 0 if both have the same sign, class 1 if not. All four pairs are equally likely.
//
// The first stimulus comes after onset_ticks ticks, the second one delay_ticks after its end, the
// answer gap_ticks after the end of the second; targets are in the last response_ticks ticks.
// Source: Kim, Li, Sejnowski, PNAS 2019;116:22811 (steps of 5 ms; a trial there has some more ticks
// at its end, in which the target is 0 again).
#pragma once

#include "core/base/random.h"
#include "sim/model/synthetic.h"
#include "sim/task/trials.h"

namespace locus {

template <>
class Trials<DelayedXorTask> {
 public:
  Trials(const DelayedXorTask& task, const TrialSetting& setting);
  void write(std::int64_t trial, TrialView view) const;
  TargetMoments target_at(std::int32_t tick, std::int32_t k) const;
  std::int32_t class_of(std::int64_t trial) const { return sign(trial, 0) == sign(trial, 1) ? 0 : 1; }
  double chance() const { return 0.5; }

 private:
  double sign(std::int64_t trial, std::uint64_t stimulus) const;

  DelayedXorTask task_;
  std::int32_t readouts_;
  RandomKey key_;
};

}  // namespace locus
