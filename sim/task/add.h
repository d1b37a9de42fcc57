// The add task: y_t = 0.5 + 0.5 x_{t - first_lag} - 0.25 x_{t - second_lag} for random bits x.
//
// Bits before the trial are 0. Inputs are x and 1 - x, readouts y and 1 - y. With `hold` above 1 a
// bit stays for so many ticks, and lags count bits.
// Source: Pitis 2016 (r2rt.com, "Recurrent neural networks in TensorFlow I"); Marschall, Cho,
// Savin, JMLR 2020;21(135).
#pragma once

#include <vector>

#include "core/base/random.h"
#include "sim/model/synthetic.h"
#include "sim/task/trials.h"

namespace locus {

template <>
class Trials<AddTask> {
 public:
  Trials(const AddTask& task, const TrialSetting& setting);
  void write(std::int64_t trial, TrialView view) const;
  TargetMoments target_at(std::int32_t tick, std::int32_t k) const;
  /// The least cross-entropy [nats] of readouts that know no lag, the first one, and both; far from
  /// the begin of a trial.
  std::vector<Landmark> landmarks() const;

 private:
  /// The bit that is shown at this place, 0 before the trial.
  double bit(std::int64_t trial, std::int64_t place) const;

  AddTask task_;
  RandomKey key_;  // index 0: bits; 1: targets, with `coin`
};

}  // namespace locus
