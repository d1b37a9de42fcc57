#include "sim/task/supplied.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/base/check.h"
#include "sim/model/errors.h"
#include "sim/model/network_size.h"
#include "sim/task/recorded.h"

namespace locus {
namespace {

/// The first `rows` rows of a trial's part of an array (trials x ticks x cols).
void take_rows(const std::vector<double>& values, std::size_t trial, std::int64_t ticks, std::int64_t rows,
               std::int64_t cols, DenseMatrix& to) {
  const auto begin = values.begin() + static_cast<std::ptrdiff_t>(trial) * ticks * cols;
  to.rows = rows;
  to.cols = cols;
  to.values.assign(begin, begin + rows * cols);
}

[[noreturn]] void refuse_supplied(std::string field, std::string what, std::string allowed) {
  throw ModelError(
      {{.field = "task.supplied." + std::move(field), .what = std::move(what), .allowed = std::move(allowed)}});
}

}  // namespace

SuppliedSource::SuppliedSource(const Supply& fill, const SuppliedTask& task, const Spec& spec, std::int32_t lanes)
    : fill_(&fill),
      training_(&spec.training),
      columns_(input_columns(spec.network)),
      trials_(static_cast<std::size_t>(lanes)) {
  CHECK(static_cast<bool>(fill), "supplied trials have a function");
  shape_ = {.update = 0,
            .trials = lanes,
            .ticks = spec.training.ticks,
            .inputs = static_cast<std::int32_t>(columns_.size()),
            .readouts = static_cast<std::int32_t>(neurons(spec.network, PopulationKind::kReadout)),
            .input = {},
            .target = {},
            .classes = {}};
  const std::size_t rows = static_cast<std::size_t>(lanes) * static_cast<std::size_t>(shape_.ticks);
  const std::size_t answers = rows * static_cast<std::size_t>(shape_.readouts);
  input_.resize(rows * columns_.size());
  if (task.has_classes)
    classes_.resize(static_cast<std::size_t>(lanes));
  else
    target_.resize(answers);
  if (task.has_mask) mask_.resize(answers);
  if (task.has_lengths) lengths_.resize(static_cast<std::size_t>(lanes));
  if (task.has_rewards) reward_.resize(rows);
}

void SuppliedSource::call(std::int64_t update) {
  std::ranges::fill(input_, 0.0);
  std::ranges::fill(target_, 0.0);
  std::ranges::fill(classes_, 0);
  std::ranges::fill(mask_, 1.0);
  std::ranges::fill(lengths_, shape_.ticks);
  std::ranges::fill(reward_, 0.0);
  SuppliedBatch supplied = shape_;
  supplied.update = update;
  supplied.input = input_;
  supplied.target = target_;
  supplied.classes = classes_;
  supplied.mask = mask_;
  supplied.lengths = lengths_;
  supplied.reward = reward_;
  (*fill_)(supplied);
}

void SuppliedSource::check_lengths() const {
  const auto wrong = std::ranges::find_if(lengths_, [&](std::int32_t rows) { return rows < 1 || rows > shape_.ticks; });
  if (wrong == lengths_.end()) return;
  refuse_supplied(fmt::format("lengths[{}]", wrong - lengths_.begin()), fmt::format("is {}", *wrong),
                  fmt::format("must be 1 .. {}", shape_.ticks));
}

/// Rows behind a trial's length may hold anything.
template <class R>
void SuppliedSource::check_finite(const std::vector<double>& values, std::int32_t neurons, const char* of) const {
  if (values.empty()) return;
  const double* value = values.data();
  for (std::size_t lane = 0; lane < trials_.size(); ++lane) {
    for (std::int32_t tick = 0; tick < shape_.ticks; ++tick) {
      for (std::int32_t k = 0; k < neurons; ++k, ++value) {
        if (std::isfinite(static_cast<R>(*value)) || tick >= length_of(lane)) continue;
        // rewards have no columns
        const std::string column = &values == &reward_ ? "" : fmt::format(", {}", k);
        refuse_supplied(fmt::format("{}[{}, {}{}]", of, lane, tick, column), fmt::format("is {}", *value),
                        "must be finite");
      }
    }
  }
}

void SuppliedSource::check_classes() const {
  const auto wrong = std::ranges::find_if(classes_, [&](std::int32_t c) { return c < 0 || c >= shape_.readouts; });
  if (wrong == classes_.end()) return;
  refuse_supplied(fmt::format("y[{}]", wrong - classes_.begin()), fmt::format("is {}", *wrong),
                  fmt::format("must be 0 .. {}", shape_.readouts - 1));
}

/// A weight is at least 0; under the cross-entropy a tick has one, since every readout's error
/// depends on every output.
void SuppliedSource::check_mask() const {
  if (mask_.empty()) return;
  const double* row = mask_.data();
  for (std::size_t lane = 0; lane < trials_.size(); ++lane) {
    for (std::int32_t tick = 0; tick < shape_.ticks; ++tick, row += shape_.readouts) {
      if (tick >= length_of(lane)) continue;
      for (std::int32_t k = 0; k < shape_.readouts; ++k) {
        const auto refuse = [&](std::string allowed) {
          refuse_supplied(fmt::format("mask[{}, {}, {}]", lane, tick, k), fmt::format("is {}", row[k]), std::move(allowed));
        };
        if (row[k] < 0) refuse("must be at least 0");
        if (training_->loss == Loss::kCrossEntropy && row[k] != row[0])
          refuse(fmt::format("must be {}, as of the first readout, under CROSS_ENTROPY", row[0]));
      }
    }
  }
}

void SuppliedSource::make_trials() {
  for (std::size_t lane = 0; lane < trials_.size(); ++lane) {
    RecordedTrial& trial = trials_[lane];
    const auto take = [&](const std::vector<double>& values, std::int32_t cols, DenseMatrix& to) {
      if (!values.empty()) take_rows(values, lane, shape_.ticks, length_of(lane), cols, to);
    };
    take_rows(input_, lane, shape_.ticks, length_of(lane), shape_.inputs, std::get<DenseMatrix>(trial.input));
    take(target_, shape_.readouts, trial.target);
    take(mask_, shape_.readouts, trial.mask);
    take(reward_, 1, trial.reward);
    if (!classes_.empty()) trial.label = classes_[lane];
  }
}

template <class R>
void SuppliedSource::fill(std::int64_t first_trial, Batch<R>& batch) {
  CHECK(batch.lanes == shape_.trials, "a batch has the lanes that its source was made for");
  call(first_trial / batch.lanes);
  check_lengths();
  check_finite<R>(input_, shape_.inputs, "x");
  check_finite<R>(target_, shape_.readouts, "y");
  check_finite<R>(mask_, shape_.readouts, "mask");
  check_finite<R>(reward_, 1, "reward");
  check_classes();
  check_mask();
  make_trials();
  // of trials that all have T ticks nothing is written
  std::ranges::fill(batch.late, 0);
  std::ranges::fill(batch.weight, R(1));
  RecordedSource(trials_, *training_, columns_, batch.lanes, std::nullopt).fill(0, batch);
}

template void SuppliedSource::fill(std::int64_t, Batch<double>&);
template void SuppliedSource::fill(std::int64_t, Batch<float>&);

}  // namespace locus
