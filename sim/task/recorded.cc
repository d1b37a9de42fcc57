#include "sim/task/recorded.h"

#include <algorithm>
#include <numeric>
#include <variant>

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

/// A trial without constant inputs has the order of the batch.
template <class R>
void RecordedSource::write_inputs(const DenseMatrix& input, std::int32_t lane, Batch<R>& batch) const {
  if (input.cols == batch.inputs) return write_lane(input, lane, batch.lanes, batch.input);
  const double* value = input.values.data();
  for (std::int32_t tick = 1; tick <= batch.ticks; ++tick) {
    R* const to = batch.input_at(tick) + lane;
    for (const std::int32_t neuron : columns_) to[std::ptrdiff_t{neuron} * batch.lanes] = static_cast<R>(*value++);
  }
}

template <class R>
void RecordedSource::write_inputs(const SparseMatrix& input, std::int32_t lane, Batch<R>& batch) const {
  if (input.cols == batch.inputs) {
    clear_lane(lane, batch.lanes, batch.input);
  } else {
    for (std::int32_t tick = 1; tick <= batch.ticks; ++tick) {
      for (const std::int32_t neuron : columns_)
        batch.input_at(tick)[std::ptrdiff_t{neuron} * batch.lanes + lane] = R(0);
    }
  }
  for (std::size_t k = 0; k < input.values.size(); ++k) {
    const std::size_t neuron = input_of(static_cast<std::size_t>(input.col[k]));
    const std::size_t cell = static_cast<std::size_t>(input.row[k]) * static_cast<std::size_t>(batch.inputs) + neuron;
    batch.input[cell * static_cast<std::size_t>(batch.lanes) + static_cast<std::size_t>(lane)] =
        static_cast<R>(input.values[k]);
  }
}

template <class R>
void RecordedSource::fill(std::int64_t first_trial, Batch<R>& batch) {
  for (std::int32_t lane = 0; lane < batch.lanes; ++lane) {
    Shown& shown = shown_[static_cast<std::size_t>(lane)];
    const auto number = static_cast<std::size_t>(first_trial + lane);
    const RecordedTrial& trial = (*trials_)[number % trials_->size()];
    if (batch.source == nullptr) {
      std::visit([&](const auto& input) { write_inputs(input, lane, batch); }, trial.input);
    } else if (const auto* events = std::get_if<SparseMatrix>(&trial.input); events != nullptr && shown.trial != &trial) {
      sort_by_row(*events, shown.order);
    }
    shown.trial = &trial;
    if (trial.target.values.empty()) {
      clear_lane(lane, batch.lanes, batch.target);  // no rule of the run has an error
    } else {
      write_lane(trial.target, lane, batch.lanes, batch.target);
    }
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
    if (input.row[k] >= tick) break;
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
    const double* const row = input.values.data() + static_cast<std::size_t>(tick - 1) * inputs;
    for (std::size_t i = 0; i < inputs; ++i) values[input_of(i) * lanes + l] = static_cast<R>(row[i]);
  }
}

template void RecordedSource::fill(std::int64_t, Batch<double>&);
template void RecordedSource::fill(std::int64_t, Batch<float>&);
template void RecordedSource::show(std::int32_t, double*);
template void RecordedSource::show(std::int32_t, float*);

}  // namespace locus
