// Prediction of the Mackey-Glass series: dx/dt = beta x(t - tau) / (1 + x(t - tau)^n) - gamma x(t).
//
// The series begins with x = 1.2 for t <= 0 and is integrated by the Runge-Kutta method of fourth
// order with a step of 0.1; delayed values between two steps are the means of both. The first 1000
// units of time are left out. A tick is `step` units; a trial begins at sample s, one of `starts`
// drawn uniformly, and at its tick t the input is x_{s+t-1} - 1 and the target is
// x_{s+t-1+horizon} - 1. Held-out trials begin at one of `starts` samples of a later part, which no
// other trial touches. Powers are products, so that the bits are the same on every machine.
// Source: Mackey & Glass, Science 1977;197:287; as a benchmark Jaeger & Haas, Science 2004;304:78
// (tau 17).
#pragma once

#include <vector>

#include "core/base/random.h"
#include "sim/model/synthetic.h"
#include "sim/task/trials.h"

namespace locus {

/// x at 1000, 1000 + step, ... [1] (samples), of the series above.
std::vector<double> mackey_glass_series(const MackeyGlassTask& task, std::int64_t samples);

template <>
class Trials<MackeyGlassTask> {
 public:
  /// Cost: ten steps of the integration for each unit of time, of twice starts + T + horizon ticks.
  Trials(const MackeyGlassTask& task, const TrialSetting& setting);
  void write(std::int64_t trial, TrialView view) const;
  /// Counts all starts.
  TargetMoments target_at(std::int32_t tick, std::int32_t k) const;
  /// Of a readout that repeats the input, as a mean of squares over two.
  std::vector<Landmark> landmarks() const;

 private:
  MackeyGlassTask task_;
  std::int64_t part_;  // samples of the part for learning: starts + T + horizon
  RandomKey key_;
  std::vector<double> series_;   // x - 1 [1] (2 part)
  std::vector<double> sums_;     // of the series before each sample (part + 1)
  std::vector<double> squares_;  // of its squares
};

}  // namespace locus
