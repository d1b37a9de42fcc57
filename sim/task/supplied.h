// Supplied trials: those that a program writes when an update asks for them (SuppliedTask).
//
// What it wrote becomes recorded trials, one for each lane, so that masks, lengths and classes mean
// what they mean there.
// Cost: one call of the program's function an update, and two copies of what it wrote.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/model/spec.h"
#include "sim/task/batch.h"

namespace locus {

class SuppliedSource {
 public:
  /// `fill`, which is one of the task's two and not empty, and `spec` outlive the source. `lanes`:
  /// of every batch that it fills.
  SuppliedSource(const Supply& fill, const SuppliedTask& task, const Spec& spec, std::int32_t lanes);

  bool has_weights() const { return !mask_.empty() || !lengths_.empty(); }
  bool is_uneven() const { return !lengths_.empty(); }
  bool has_rewards() const { return !reward_.empty(); }

  /// Writes the trials of update first_trial / lanes. Throws ModelError where a number is not
  /// finite (in the batch's precision), a class is no readout, a weight or a length is not allowed;
  /// what the function throws goes through.
  template <class R>
  void fill(std::int64_t first_trial, Batch<R>& batch);

 private:
  void call(std::int64_t update);
  std::int32_t length_of(std::size_t lane) const { return lengths_.empty() ? shape_.ticks : lengths_[lane]; }
  template <class R>
  void check_finite(const std::vector<double>& values, std::int32_t neurons, const char* of) const;
  void check_lengths() const;
  void check_classes() const;
  void check_mask() const;
  /// The trials as they were written, without the rows behind their lengths.
  void make_trials();

  const Supply* fill_;
  const TrainingSpec* training_;
  SuppliedBatch shape_;                // of the spans below
  std::vector<std::int32_t> columns_;  // the input that shows each column of a trial
  std::vector<double> input_;          // (lanes x T x columns)
  std::vector<double> target_;         // (lanes x T x o); empty where trials have classes
  std::vector<std::int32_t> classes_;  // (lanes); empty where they have none
  std::vector<double> mask_;           // (lanes x T x o); empty where they have none
  std::vector<std::int32_t> lengths_;  // (lanes); empty where all have T
  std::vector<double> reward_;         // (lanes x T); empty where they have none
  std::vector<RecordedTrial> trials_;  // (lanes)
};

}  // namespace locus
