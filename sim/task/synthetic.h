// Synthetic trials: the tasks of the literature that sim/model/synthetic.h lists. Either every
// trial is new, or the trials repeat a number of frozen patterns.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/model/spec.h"
#include "sim/task/batch.h"
#include "sim/task/trials.h"

namespace locus {

class SyntheticSource {
 public:
  /// The task of `spec` must be a synthetic one. The source keeps what it needs of it.
  explicit SyntheticSource(const Spec& spec);
  SyntheticSource(SyntheticSource&& other) noexcept;
  ~SyntheticSource();

  /// Writes the trials first_trial .. first_trial + lanes - 1, numbered over the whole run from 0.
  template <class R>
  void fill(std::int64_t first_trial, Batch<R>& batch);

  /// The right answer of a trial, which is the readout of its target; absent if the task has none.
  std::optional<std::int32_t> class_of(std::int64_t trial);

 private:
  struct Kinds;
  std::int64_t number_of(std::int64_t trial) const { return patterns_ > 0 ? trial % patterns_ : trial; }

  std::int64_t patterns_;              // 0: every trial is new
  std::vector<std::int32_t> columns_;  // the input that shows each column of a trial
  TrialSetting setting_;
  std::unique_ptr<Kinds> kinds_;  // the trials of the task
  DenseMatrix input_;             // of the trial that is being written (T x inputs that are shown)
  DenseMatrix target_;            // (T x o)
};

/// Figures with which a loss in a task can be compared.
struct TaskFigures {
  // the loss of the model under its best constant outputs; absent where a constant has none
  std::optional<double> constant_loss;
  std::optional<double> chance;  // the probability that a guess is right
  std::vector<Landmark> landmarks;
};

/// Computed from the task's definition, exactly: in closed form, or by counting over all its
/// trials. Frozen patterns count as the trials that they are. Nothing for tasks that are not
/// synthetic.
TaskFigures figures_of(const Spec& spec);

/// Of scratch and series, beside the batch.
double synthetic_bytes(const Spec& spec);

}  // namespace locus
