#include "sim/task/recorded.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <variant>

#include "core/base/check.h"
#include "sim/model/learning.h"
#include "sim/task/write_lane.h"

namespace locus {
namespace {

/// The entries of a matrix by ascending row.
void sort_by_row(const SparseMatrix& matrix, std::vector<std::int32_t>& order) {
  order.resize(matrix.row.size());
  std::iota(order.begin(), order.end(), 0);
  if (std::ranges::is_sorted(matrix.row)) return;
  const auto row_of = [&](std::int32_t k) { return matrix.row[static_cast<std::size_t>(k)]; };
  std::ranges::sort(order, {}, row_of);
}

}  // namespace

template <class R>
void RecordedSource::clear_inputs(std::int32_t first, std::int32_t last, std::int32_t lane, Batch<R>& batch) const {
  for (std::int32_t tick = first; tick <= last; ++tick) {
    R* const to = batch.input_at(tick) + lane;
    for (const std::int32_t neuron : columns_) to[std::ptrdiff_t{neuron} * batch.lanes] = R(0);
  }
}

/// A trial without constant inputs has the order of the batch.
template <class R>
void RecordedSource::write_inputs(const DenseMatrix& input, std::int32_t late, std::int32_t lane, Batch<R>& batch) const {
  if (input.cols == batch.inputs) return write_lane(input, late, lane, batch.lanes, batch.input);
  clear_inputs(1, late, lane, batch);
  const double* value = input.values.data();
  for (std::int32_t tick = late + 1; tick <= batch.ticks; ++tick) {
    R* const to = batch.input_at(tick) + lane;
    for (const std::int32_t neuron : columns_) to[std::ptrdiff_t{neuron} * batch.lanes] = static_cast<R>(*value++);
  }
}

template <class R>
void RecordedSource::write_inputs(const SparseMatrix& input, std::int32_t late, std::int32_t lane, Batch<R>& batch) const {
  if (input.cols == batch.inputs) {
    clear_lane(lane, batch.lanes, batch.input);
  } else {
    clear_inputs(1, batch.ticks, lane, batch);
  }
  for (std::size_t k = 0; k < input.values.size(); ++k) {
    const std::size_t neuron = input_of(static_cast<std::size_t>(input.col[k]));
    batch.input_at(late + input.row[k] +
                   1)[neuron * static_cast<std::size_t>(batch.lanes) + static_cast<std::size_t>(lane)] =
        static_cast<R>(input.values[k]);
  }
}

RecordedSource::RecordedSource(const std::vector<RecordedTrial>& trials, const TrainingSpec& training,
                               std::vector<std::int32_t> columns, std::int32_t lanes, std::optional<std::uint64_t> shuffle)
    : trials_(&trials),
      columns_(std::move(columns)),
      window_(window_of(training)),
      is_mean_(loss_scale_of(training, 2) != 1),
      is_uneven_(std::ranges::any_of(trials, [&](const RecordedTrial& trial) { return rows_of(trial) < training.ticks; })),
      has_labels_(std::ranges::any_of(trials, [](const RecordedTrial& trial) { return trial.label != kNoClass; })),
      has_weights_(std::ranges::any_of(
          trials, [&](const RecordedTrial& trial) { return trial.mask.rows > 0 || rows_of(trial) < training.ticks; })),
      has_rewards_(std::ranges::any_of(trials, [](const RecordedTrial& trial) { return trial.reward.rows > 0; })),
      shown_(static_cast<std::size_t>(lanes)) {
  if (shuffle) shuffle_ = random_key(*shuffle, "shuffle");
}

const RecordedTrial& RecordedSource::trial_of(std::int64_t number) {
  const std::int64_t trials = std::ssize(*trials_);
  const auto place = static_cast<std::size_t>(number % trials);
  if (!shuffle_) return (*trials_)[place];
  if (const std::int64_t epoch = number / trials; epoch != epoch_) {
    epoch_ = epoch;
    order_.resize(trials_->size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    for (std::size_t k = order_.size() - 1; k > 0; --k) {  // Fisher and Yates
      const double drawn = uniform_at(*shuffle_, static_cast<std::uint64_t>(epoch), k, 0);
      std::swap(order_[k], order_[std::min(k, static_cast<std::size_t>(drawn * static_cast<double>(k + 1)))]);
    }
  }
  return (*trials_)[order_[place]];
}

template <class R>
void RecordedSource::write_weights(const RecordedTrial& trial, std::int32_t late, std::int32_t lane, Batch<R>& batch) const {
  const auto lanes = static_cast<std::size_t>(batch.lanes);
  const auto readouts = static_cast<std::size_t>(batch.readouts);
  const std::int64_t masks = trial.mask.cols;  // columns
  const auto weight_of = [&](std::int32_t tick, std::size_t k) {
    if (tick <= late) return 0.0;
    if (masks == 0) return 1.0;
    return trial.mask.values[static_cast<std::size_t>((tick - late - 1) * masks) + (masks == 1 ? 0 : k)];
  };
  std::int32_t ticks_with_error = 0;
  for (std::int32_t tick = batch.ticks - window_ + 1; tick <= batch.ticks; ++tick) {
    bool has_error = false;
    for (std::size_t k = 0; k < readouts; ++k) has_error = has_error || weight_of(tick, k) != 0;
    ticks_with_error += has_error ? 1 : 0;
  }
  const double factor = is_mean_ && ticks_with_error > 0 ? static_cast<double>(window_) / ticks_with_error : 1;
  R* to = batch.weight.data() + lane;
  for (std::int32_t tick = 1; tick <= batch.ticks; ++tick) {
    for (std::size_t k = 0; k < readouts; ++k, to += lanes) *to = static_cast<R>(factor * weight_of(tick, k));
  }
}

template <class R>
void RecordedSource::fill(std::int64_t first_trial, Batch<R>& batch) {
  CHECK(!is_uneven_ || !batch.late.empty(), "a batch of trials that begin late has room to say when");
  CHECK(!has_rewards_ || !batch.reward.empty(), "a batch of trials that give rewards has room for them");
  CHECK(!has_weights_ || !batch.weight.empty(), "a batch of trials that weigh their errors has room for weights");
  for (std::int32_t lane = 0; lane < batch.lanes; ++lane) {
    Shown& shown = shown_[static_cast<std::size_t>(lane)];
    const RecordedTrial& trial = trial_of(first_trial + lane);
    shown.late = batch.ticks - static_cast<std::int32_t>(rows_of(trial));
    if (is_uneven_) batch.late[static_cast<std::size_t>(lane)] = shown.late;
    if (batch.source == nullptr) {
      std::visit([&](const auto& input) { write_inputs(input, shown.late, lane, batch); }, trial.input);
    } else if (const auto* events = std::get_if<SparseMatrix>(&trial.input); events != nullptr && shown.trial != &trial) {
      sort_by_row(*events, shown.order);
    }
    shown.trial = &trial;
    if (trial.label != kNoClass) {
      write_class(trial.label, shown.late, batch.readouts, lane, batch.lanes, batch.target);
    } else if (trial.target.values.empty()) {
      clear_lane(lane, batch.lanes, batch.target);  // no rule of the run has an error
    } else {
      write_lane(trial.target, shown.late, lane, batch.lanes, batch.target);
    }
    if (has_weights_) write_weights(trial, shown.late, lane, batch);
    if (has_rewards_ && trial.reward.rows > 0) write_lane(trial.reward, shown.late, lane, batch.lanes, batch.reward);
    if (has_rewards_ && trial.reward.rows == 0) clear_lane(lane, batch.lanes, batch.reward);
    if (!batch.labels.empty()) batch.labels[static_cast<std::size_t>(lane)] = trial.label;
  }
}

template <class R>
void RecordedSource::show(Shown& shown, const SparseMatrix& input, std::int32_t tick, R* lane) const {
  const std::size_t lanes = shown_.size();
  const auto cell = [&](std::size_t at) -> R& {
    return lane[input_of(static_cast<std::size_t>(input.col[static_cast<std::size_t>(shown.order[at])])) * lanes];
  };
  if (tick == 1) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(input.cols); ++i) lane[input_of(i) * lanes] = R(0);
    shown.written = 0;
  } else {
    for (std::size_t at = shown.begin; at < shown.written; ++at) cell(at) = R(0);
  }
  shown.begin = shown.written;
  for (; shown.written < shown.order.size(); ++shown.written) {
    const auto k = static_cast<std::size_t>(shown.order[shown.written]);
    if (shown.late + input.row[k] >= tick) break;
    cell(shown.written) = static_cast<R>(input.values[k]);
  }
}

template <class R>
void RecordedSource::show(std::int32_t tick, R* values) {
  const std::size_t lanes = shown_.size();
  for (std::size_t l = 0; l < lanes; ++l) {
    Shown& shown = shown_[l];
    if (const auto* events = std::get_if<SparseMatrix>(&shown.trial->input)) {
      show(shown, *events, tick, values + l);
      continue;
    }
    const DenseMatrix& input = std::get<DenseMatrix>(shown.trial->input);
    const auto inputs = static_cast<std::size_t>(input.cols);
    if (tick <= shown.late) {
      for (std::size_t i = 0; i < inputs; ++i) values[input_of(i) * lanes + l] = R(0);
      continue;
    }
    const double* const row = input.values.data() + static_cast<std::size_t>(tick - shown.late - 1) * inputs;
    for (std::size_t i = 0; i < inputs; ++i) values[input_of(i) * lanes + l] = static_cast<R>(row[i]);
  }
}

template <class R>
void RecordedSource::hold_back(std::span<const ConstantInput> constants, std::int32_t tick, R* values) const {
  if (!is_uneven_) return;
  for (const auto& [input, value] : constants) {
    R* const lanes = values + std::ptrdiff_t{input} * std::ssize(shown_);
    for (std::size_t l = 0; l < shown_.size(); ++l) lanes[l] = tick > shown_[l].late ? static_cast<R>(value) : R(0);
  }
}

template void RecordedSource::hold_back(std::span<const ConstantInput>, std::int32_t, double*) const;
template void RecordedSource::hold_back(std::span<const ConstantInput>, std::int32_t, float*) const;
template void RecordedSource::fill(std::int64_t, Batch<double>&);
template void RecordedSource::fill(std::int64_t, Batch<float>&);
template void RecordedSource::show(std::int32_t, double*);
template void RecordedSource::show(std::int32_t, float*);

}  // namespace locus
