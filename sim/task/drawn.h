// Drawn trials: inputs from the counter-based generator, each trial its own or one of a number of
// frozen patterns, and what to answer to them.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/model/spec.h"
#include "sim/task/batch.h"
#include "sim/task/drawn_inputs.h"

namespace locus {

/// A pattern's sines (ticks x readouts): for readout k the sum of A sin(2 pi t dt / period +
/// phase), t = 0 .. ticks - 1, A uniform in 0.5 .. 2, phase in 0 .. 2 pi, by (seed, "sines",
/// pattern, k); less its first value, over its largest magnitude.
DenseMatrix sines_of(const SinesSpec& sines, std::uint64_t seed, std::int64_t pattern, std::int32_t ticks, double dt,
                     std::int32_t readouts);

class DrawnSource {
 public:
  /// Reads target matrices where they stand: the spec, whose task is drawn, must outlive this.
  /// `lanes`: of each batch to be filled.
  DrawnSource(const Spec& spec, std::int32_t lanes);

  /// Writes trials first_trial .. first_trial + lanes - 1, counted over the whole run from 0.
  template <class R>
  void fill(std::int64_t first_trial, Batch<R>& batch);

 private:
  /// Of the trial, or of its pattern.
  const DenseMatrix& target_of(std::int64_t trial) const;

  const DrawnTask* task_;
  DrawnInputs inputs_;
  // by pattern (one where every trial is drawn anew), where targets are sines
  std::vector<DenseMatrix> sines_;
  std::vector<std::int64_t> trials_;  // of each lane: the trial whose inputs it shows
};

}  // namespace locus
