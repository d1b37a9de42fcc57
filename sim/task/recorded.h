// Recorded trials: the trials of the model file in their order, `batch` of them in each update;
// after the last one the first follows again. Shuffled, an epoch (all trials once) has an order of
// its own, a permutation by (seed, "shuffle", epoch), so that it is the same for every rule and
// batch; a batch may end one epoch and begin the next.
//
// A trial of fewer rows than ticks begins late: nothing is shown before, and no error has a weight.
// The batch says how late, since neurons wait until then (core/actor/network.h).
// A trial of events stays the list that it was read as. Where its batch has no room for inputs, the
// events of a tick are written when it comes, and those of the tick before removed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "sim/model/network_size.h"
#include "sim/model/spec.h"
#include "sim/task/batch.h"

namespace locus {

class RecordedSource {
 public:
  /// The source reads `trials`, which must outlive it. `columns`: the input of each column of a
  /// trial; `lanes`: of every batch that it fills; `shuffle`: the seed of the orders; absent: the
  /// order of the file.
  RecordedSource(const std::vector<RecordedTrial>& trials, const TrainingSpec& training,
                 std::vector<std::int32_t> columns, std::int32_t lanes, std::optional<std::uint64_t> shuffle);

  /// Constant inputs of tick t (m x lanes) of the batch that was filled last, which are 0 until a
  /// trial begins. Without effect where all trials have all ticks.
  template <class R>
  void hold_back(std::span<const ConstantInput> constants, std::int32_t tick, R* values) const;

  BatchColumns columns() const {
    return {.labels = has_labels_, .late = is_uneven_, .weights = has_weights_, .rewards = has_rewards_};
  }

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
    std::int32_t late = 0;            // ticks before the trial's first
    std::size_t written = 0;          // those before it have been written,
    std::size_t begin = 0;            // and these of them in the last tick
  };
  template <class R>
  void show(Shown& shown, const SparseMatrix& input, std::int32_t tick, R* lane) const;

  /// The trial of this number, counted over the whole run from 0.
  const RecordedTrial& trial_of(std::int64_t number);
  /// Inputs of a trial that begins `late` ticks after the first.
  template <class R>
  void write_inputs(const DenseMatrix& input, std::int32_t late, std::int32_t lane, Batch<R>& batch) const;
  template <class R>
  void write_inputs(const SparseMatrix& input, std::int32_t late, std::int32_t lane, Batch<R>& batch) const;
  /// No input at the ticks first .. last, but for constant ones.
  template <class R>
  void clear_inputs(std::int32_t first, std::int32_t last, std::int32_t lane, Batch<R>& batch) const;
  /// The number of an input within its layer, by its column in a trial.
  std::size_t input_of(std::size_t column) const { return static_cast<std::size_t>(columns_[column]); }
  template <class R>
  void write_weights(const RecordedTrial& trial, std::int32_t late, std::int32_t lane, Batch<R>& batch) const;

  const std::vector<RecordedTrial>* trials_;
  std::vector<std::int32_t> columns_;  // of a trial
  std::int32_t window_;                // ticks with an error, at the end of a trial
  bool is_mean_;                       // the loss is a mean over them
  bool is_uneven_;                     // some trial has fewer rows than ticks
  bool has_labels_;
  bool has_weights_;
  bool has_rewards_;
  std::optional<RandomKey> shuffle_;
  std::int64_t epoch_ = -1;         // of the order
  std::vector<std::size_t> order_;  // of the trials in this epoch; empty: that of the file
  std::vector<Shown> shown_;        // by lane
};

}  // namespace locus
