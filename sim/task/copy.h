// The copy task: random symbols, a delay, a delimiter, and then the same symbols from the readouts.
//
// Inputs 0 .. symbols - 1 are the symbols, input `symbols` is the delimiter; there is a readout for
// each symbol. Ticks 1 .. length show the symbols, `delay` ticks follow without input, then one
// with the delimiter; the last `length` ticks have targets and no input.
// Source: Graves, Wayne, Danihelka, arXiv:1410.5401; with a binary alphabet Menick et al.,
// ICLR 2021 (SnAp), who raise the length as the network learns.
#pragma once

#include "core/base/random.h"
#include "sim/model/synthetic.h"
#include "sim/task/trials.h"

namespace locus {

template <>
class Trials<CopyTask> {
 public:
  Trials(const CopyTask& task, const TrialSetting& setting);
  void write(std::int64_t trial, TrialView view) const;
  TargetMoments target_at(std::int32_t tick, std::int32_t k) const;
  double chance() const { return 1.0 / task_.symbols; }

 private:
  CopyTask task_;
  RandomKey key_;
};

}  // namespace locus
