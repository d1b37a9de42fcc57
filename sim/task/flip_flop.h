// The flip-flop: a memory of some bits. In each tick each input has a pulse of +1 or -1 with the
// task's probability, both signs equally likely, and every input has one at tick 1. The readout of
// a bit must show the sign of its last pulse, from the tick of the pulse on.
//
// Source: Sussillo & Barak, Neural Comput. 2013;25:626; probability, length and the pulses of the
// first tick as in Golub & Sussillo, JOSS 2018;3:1003.
#pragma once

#include "core/base/random.h"
#include "sim/model/synthetic.h"
#include "sim/task/trials.h"

namespace locus {

template <>
class Trials<FlipFlopTask> {
 public:
  Trials(const FlipFlopTask& task, const TrialSetting& setting);
  void write(std::int64_t trial, TrialView view) const;
  TargetMoments target_at(std::int32_t, std::int32_t) const { return {0, 1}; }
  double chance() const { return 0.5; }

 private:
  FlipFlopTask task_;
  RandomKey pulses_;
  RandomKey signs_;
};

}  // namespace locus
