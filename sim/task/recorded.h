// Recorded trials: what a model file lists is shown in its order, `batch` trials to an update, from
// the first again when they run out.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/model/spec.h"
#include "sim/task/batch.h"

namespace locus {

/// Reads the trials where they stand: they must outlive this.
class RecordedSource {
 public:
  explicit RecordedSource(const std::vector<RecordedTrial>& trials) : trials_(&trials) {}

  /// Writes trial `trial` (counted over the whole run, from 0) into one lane of the batch. Cost:
  /// one pass over the trial.
  template <class R>
  void fill(std::int64_t trial, std::int32_t lane, Batch<R>& batch) const;

 private:
  const std::vector<RecordedTrial>* trials_;
};

}  // namespace locus
