// Recorded trials: the trials of the model file in their order, `batch` of them in each update;
// after the last one the first follows again.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/model/spec.h"
#include "sim/task/batch.h"

namespace locus {

/// The source reads `trials`, which must outlive it.
class RecordedSource {
 public:
  explicit RecordedSource(const std::vector<RecordedTrial>& trials) : trials_(&trials) {}

  /// Writes trial `trial`, numbered over the whole run from 0, into one lane of the batch.
  /// Cost: one pass over the trial.
  template <class R>
  void fill(std::int64_t trial, std::int32_t lane, Batch<R>& batch) const;

 private:
  const std::vector<RecordedTrial>* trials_;
};

}  // namespace locus
