// Drawn trials: inputs from the counter-based random generator, and their targets. Either every
// trial is new, or the trials repeat a number of frozen patterns.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/model/spec.h"
#include "sim/task/batch.h"
#include "sim/task/drawn_inputs.h"

namespace locus {

/// The sines of one pattern (ticks x readouts). For readout k it is the sum of A sin(2 pi t dt /
/// period + phase), t = 0 .. ticks - 1, with A uniform in 0.5 .. 2 and the phase in 0 .. 2 pi, both
/// a function of (seed, "sines", pattern, k). The curve is shifted to begin at 0 and scaled to a
/// largest magnitude of 1.
DenseMatrix sines_of(const SinesSpec& sines, std::uint64_t seed, std::int64_t pattern, std::int32_t ticks, double dt,
                     std::int32_t readouts);

class DrawnSource {
 public:
  /// The task of `spec` must be a drawn one. The source reads target matrices in `spec`, which must
  /// outlive it. `lanes`: of every batch that the source fills.
  DrawnSource(const Spec& spec, std::int32_t lanes);

  /// Writes the trials first_trial .. first_trial + lanes - 1, numbered over the whole run from 0.
  /// Inputs only where they stand in the batch.
  template <class R>
  void fill(std::int64_t first_trial, Batch<R>& batch);
  /// x_t of these trials (m x lanes).
  template <class R>
  void show(std::int32_t tick, R* values) {
    inputs_.fill<R>(trials_, tick, values);
  }

 private:
  /// The target of the trial, or of its pattern.
  const DenseMatrix& target_of(std::int64_t trial) const;
  /// Its class; null if it has none.
  const ClassSpec* class_of(std::int64_t trial) const;

  const DrawnTask* task_;
  DrawnInputs inputs_;
  // by pattern, or one matrix if every trial is new; empty unless the targets are sines
  std::vector<DenseMatrix> sines_;
  std::vector<std::int64_t> trials_;  // by lane: the trial whose inputs it shows
};

}  // namespace locus
