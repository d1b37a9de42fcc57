// Recorded trials: the trials of the model file in their order, `batch` of them in each update;
// after the last one the first follows again.
//
// A trial of events stays the list that it was read as. Where its batch has no room for inputs, the
// events of a tick are written when it comes, and those of the tick before removed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/model/spec.h"
#include "sim/task/batch.h"

namespace locus {

class RecordedSource {
 public:
  /// The source reads `trials`, which must outlive it. `columns`: the input of each column of a
  /// trial; `lanes`: of every batch that it fills.
  RecordedSource(const std::vector<RecordedTrial>& trials, std::vector<std::int32_t> columns, std::int32_t lanes)
      : trials_(&trials), columns_(std::move(columns)), shown_(static_cast<std::size_t>(lanes)) {}

  /// Writes the trials first_trial .. first_trial + lanes - 1, numbered over the whole run from 0;
  /// inputs only where they stand in the batch. Cost: one pass over the trials.
  template <class R>
  void fill(std::int64_t first_trial, Batch<R>& batch);

  /// x_t of these trials (m x lanes), for t = 1 .. T in order. Cost: the events of this tick and of
  /// the one before; of a dense trial all its inputs.
  template <class R>
  void show(std::int32_t tick, R* values);

 private:
  /// The trial of one lane, and where it has come to.
  struct Shown {
    const RecordedTrial* trial = nullptr;
    std::vector<std::int32_t> order;  // entries of a sparse input by ascending tick
    std::size_t written = 0;          // those before it have been written,
    std::size_t begin = 0;            // and these of them in the last tick
  };
  template <class R>
  void show(Shown& shown, const SparseMatrix& input, std::int32_t tick, R* lane) const;

  template <class R>
  void write_inputs(const DenseMatrix& input, std::int32_t lane, Batch<R>& batch) const;
  template <class R>
  void write_inputs(const SparseMatrix& input, std::int32_t lane, Batch<R>& batch) const;
  /// The number of an input within its layer, by its column in a trial.
  std::size_t input_of(std::size_t column) const { return static_cast<std::size_t>(columns_[column]); }

  const std::vector<RecordedTrial>* trials_;
  std::vector<std::int32_t> columns_;  // of a trial
  std::vector<Shown> shown_;           // by lane
};

}  // namespace locus
