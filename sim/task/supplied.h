// Supplied trials: those that a program writes when an update asks for them (SuppliedTask).
//
// Cost: one call of the program's function an update, and a copy of what it wrote.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/model/spec.h"
#include "sim/task/batch.h"

namespace locus {

class SuppliedSource {
 public:
  /// `fill`, which is not empty, outlives the source. `lanes`: of every batch that it fills.
  SuppliedSource(const Supply& fill, bool has_classes, const Spec& spec, std::int32_t lanes);

  /// Writes the trials of update first_trial / lanes. Throws ModelError where a number is not
  /// finite (in the batch's precision) or a class is no readout; what the function throws goes
  /// through.
  template <class R>
  void fill(std::int64_t first_trial, Batch<R>& batch);

 private:
  template <class R>
  void check_finite() const;
  void check_classes() const;

  const Supply* fill_;
  SuppliedBatch shape_;                // of the spans below
  std::vector<std::int32_t> columns_;  // the input that shows each column of a trial
  std::vector<double> input_;          // (lanes x T x columns)
  std::vector<double> target_;         // (lanes x T x o); empty where trials have classes
  std::vector<std::int32_t> classes_;  // (lanes); empty where they have none
};

}  // namespace locus
