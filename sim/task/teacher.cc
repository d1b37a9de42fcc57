#include "sim/task/teacher.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/kernel/product.h"
#include "core/kernel/recurrence.h"
#include "sim/model/build.h"
#include "sim/model/network_size.h"
#include "sim/model/wire.h"

namespace locus {
template <class R>
Teacher<R>::Teacher(const NetworkSpec& network, std::span<const Weights> weights, std::int32_t lanes, double dt)
    : lanes_(lanes) {
  CHECK(weights.size() == network.projections.size(), "a teacher needs the weights of each of its projections");
  const Topology topology = topology_of(network, Listing::kNone);
  for (std::size_t p = 0; p < network.populations.size(); ++p) {
    const PopulationSpec& population = network.populations[p];
    const Neurons made = neurons_of(population, topology, PopulationId{static_cast<std::int32_t>(p)}, dt);
    for (std::int32_t i = 0; population.constant && i < population.size; ++i)
      constants_.push_back({made.begin + i, static_cast<R>(*population.constant)});
    if (population.kind == PopulationKind::kRate) populations_.push_back(made);
    if (population.kind == PopulationKind::kReadout) outputs_.push_back(made);
  }
  for (std::size_t k = 0; k < weights.size(); ++k) {
    const Projection& projection = topology.projections[k];
    const bool onto_readouts = projection.target_layer == Layer::kReadout;
    const bool of_inputs = projection.source_layer == Layer::kInput;
    std::vector<Block>& blocks = onto_readouts ? (of_inputs ? direct_ : to_readouts_)
                                 : of_inputs   ? from_inputs_
                                               : recurrent_;
    Block& block = blocks.emplace_back(std::visit([&](const auto& matrix) { return block_of(matrix); }, weights[k]));
    block.row = projection.target_begin;
    block.col = projection.source_begin;
  }
  const auto column = [&](Layer layer) {
    return Column<R>(static_cast<std::size_t>(topology.sizes.of(layer)) * static_cast<std::size_t>(lanes), R(0));
  };
  inputs_ = topology.sizes.inputs;
  columns_ = input_columns(network);
  readouts_ = topology.sizes.readouts;
  activity_ = column(Layer::kRate);
  readout_ = column(Layer::kReadout);
  if (topology.has_spikes()) voltage_ = adaptation_ = rest_ = column(Layer::kRate);
  if (topology.has_currents()) synaptic_ = column(Layer::kRate);
  if (topology.has_leaky_readouts()) {
    readout_current_ = column(Layer::kReadout);
  } else {
    outputs_.clear();
  }
  single_population_ = lanes_ == 1 && outputs_.empty() && populations_.size() == 1 && !populations_.front().lif &&
                       !populations_.front().differ() && recurrent_.size() == 1 && recurrent_.front().dense &&
                       !is_far(view(recurrent_.front()));
}

template <class R>
typename Teacher<R>::Block Teacher<R>::block_of(const DenseMatrix& matrix) const {
  Block block;
  block.targets = static_cast<std::int32_t>(matrix.rows);
  block.sources = static_cast<std::int32_t>(matrix.cols);
  block.weight.reserve(matrix.values.size());
  for (std::int64_t j = 0; j < matrix.cols; ++j) {
    for (std::int64_t i = 0; i < matrix.rows; ++i)
      block.weight.push_back(static_cast<R>(matrix.values[static_cast<std::size_t>(i * matrix.cols + j)]));
  }
  return block;
}

template <class R>
typename Teacher<R>::Block Teacher<R>::block_of(const SparseMatrix& matrix) const {
  Block block;
  block.targets = static_cast<std::int32_t>(matrix.rows);
  block.sources = static_cast<std::int32_t>(matrix.cols);
  block.dense = false;
  block.weight.assign(matrix.values.begin(), matrix.values.end());
  block.target = matrix.row;
  block.source = matrix.col;
  return block;
}

template <class R>
void Teacher<R>::begin() {
  for (Column<R>* state : {&activity_, &voltage_, &adaptation_, &rest_, &synaptic_, &readout_})
    std::ranges::fill(*state, R(0));
  for (const Neurons& population : populations_) {
    R* lanes = activity_.data() + std::ptrdiff_t{population.begin} * lanes_;
    for (const double value : population.initial) lanes = std::fill_n(lanes, lanes_, static_cast<R>(value));
  }
}

/// Adds the block's product with source (layer x lanes) to target (layer x lanes).
template <class R>
void Teacher<R>::add_block(const Block& block, const R* source, R* target) const {
  const R* from = source + std::ptrdiff_t{block.col} * lanes_;
  R* to = target + std::ptrdiff_t{block.row} * lanes_;
  if (block.dense) return add_product<R>(view(block), from, lanes_, to);
  for (std::size_t k = 0; k < block.weight.size(); ++k) {
    const R* values = from + std::ptrdiff_t{block.source[k]} * lanes_;
    R* sum = to + std::ptrdiff_t{block.target[k]} * lanes_;
    for (std::int32_t lane = 0; lane < lanes_; ++lane) sum[lane] += block.weight[k] * values[lane];
  }
}

template <class R>
void Teacher<R>::spread(const R* inputs, std::span<const std::int32_t> columns, std::int32_t width, std::int32_t ticks) {
  inputs_with_constants_.resize(static_cast<std::size_t>(ticks) * static_cast<std::size_t>(inputs_) *
                                static_cast<std::size_t>(lanes_));
  for (std::int32_t tick = 0; tick < ticks; ++tick) {
    R* const to = inputs_with_constants_.data() + std::ptrdiff_t{tick} * inputs_ * lanes_;
    const R* const from = inputs + std::ptrdiff_t{tick} * width * lanes_;
    for (const auto& [input, value] : constants_) std::fill_n(to + std::ptrdiff_t{input} * lanes_, lanes_, value);
    for (std::size_t k = 0; k < columns.size(); ++k)
      std::copy_n(from + std::ptrdiff_t{columns[k]} * lanes_, lanes_, to + std::ptrdiff_t{columns_[k]} * lanes_);
  }
}

template <class R>
void Teacher<R>::set_inputs(const R* inputs, std::span<const std::int32_t> columns, std::int32_t width, std::int32_t ticks) {
  CHECK(columns.size() == columns_.size(), "a teacher has as many inputs that are not constant as its student");
  if (std::ssize(columns) != width || width != inputs_) {
    spread(inputs, columns, width, ticks);
    inputs = inputs_with_constants_.data();
  }
  shown_ = inputs;
  currents_.assign(static_cast<std::size_t>(ticks) * activity_.size(), R(0));
  offset_ = 0;
  const std::ptrdiff_t by_tick = std::ssize(activity_);
  for (const Block& block : from_inputs_) {
    if (block.dense && lanes_ == 1) {
      const RowsView<R> values{inputs + block.col, ticks, block.sources, inputs_, 1};
      add_products<R>(view(block), values, currents_.data() + block.row, by_tick);
      continue;
    }
    for (std::int32_t k = 0; k < ticks; ++k)
      add_block(block, inputs + std::ptrdiff_t{k} * inputs_ * lanes_, currents_.data() + k * by_tick);
  }
}

/// The equations of core/actor/lif_neuron.h, neuron by neuron.
template <class R>
void Teacher<R>::step_spiking(const Neurons& population, const R* current) {
  const LifParameters& kind = *population.lif;
  const auto lanes = static_cast<std::size_t>(lanes_);
  const auto first = static_cast<std::size_t>(population.begin) * lanes;
  const auto end = first + static_cast<std::size_t>(population.size) * lanes;
  const Lif<R> common(kind);
  for (std::size_t k = first; k < end; ++k) {
    Lif<R> own = common;
    for (std::size_t c = 0; c < kOwnConstants<R>.size() && !population.each.empty(); ++c)
      own.*kOwnConstants<R>[c] = static_cast<R>(population.each[(k - first) / lanes].*kOwnConstants<double>[c]);
    const R before = activity_[k];
    R arrived = current[k];
    if (kind.has_current) arrived = synaptic_[k] = own.current_decay * synaptic_[k] + arrived;
    R kept = voltage_[k];
    if (kind.reset == Reset::kSubtract) kept -= own.threshold * before;
    if (kind.reset == Reset::kZero && before > R(0)) kept = own.reset_to;
    voltage_[k] = own.gain * arrived + own.decay * kept + own.rest;
    if (kind.reset == Reset::kSubtractNextTick) voltage_[k] -= own.threshold * before;
    adaptation_[k] = own.adaptation_decay * adaptation_[k] + before;
    const R distance = voltage_[k] - (own.threshold + own.adaptation * adaptation_[k]);
    if (rest_[k] > R(0)) rest_[k] -= R(1);
    const bool spikes = (kind.above ? distance > R(0) : distance >= R(0)) && rest_[k] <= R(0);
    activity_[k] = spikes ? R(1) : R(0);
    if (spikes) rest_[k] = own.refractory;
  }
}

template <class R>
void Teacher<R>::add_readout_blocks(R* target) const {
  for (const Block& block : to_readouts_) add_block(block, activity_.data(), target);
  const auto stepped = static_cast<std::ptrdiff_t>(offset_ / activity_.size());
  for (const Block& block : direct_) add_block(block, shown_ + (stepped - 1) * inputs_ * lanes_, target);
}

/// y = zeta (A h + D x) + alpha y, from the activity and the inputs of this tick.
template <class R>
void Teacher<R>::step_readouts() {
  std::ranges::fill(readout_current_, R(0));
  add_readout_blocks(readout_current_.data());
  for (const Neurons& population : outputs_) {
    const auto first = static_cast<std::size_t>(population.begin) * static_cast<std::size_t>(lanes_);
    const auto end = first + static_cast<std::size_t>(population.size) * static_cast<std::size_t>(lanes_);
    for (std::size_t k = first; k < end; ++k)
      readout_[k] = static_cast<R>(population.gain) * readout_current_[k] + static_cast<R>(population.decay) * readout_[k];
  }
}

/// Rate neurons with leaks of their own; current and activity begin at the first.
template <class R>
void Teacher<R>::step_each(const Neurons& population, const R* current, R* activity) const {
  dispatch(population.activation, [&](auto phi) {
    std::size_t k = 0;
    for (const double own : population.leaks) {
      const auto leak = static_cast<R>(own);
      for (std::int32_t lane = 0; lane < lanes_; ++lane, ++k)
        activity[k] = (R(1) - leak) * activity[k] + leak * phi.at(current[k]).value;
    }
  });
}

template <class R>
void Teacher<R>::step(std::int32_t ticks) {
  if (!single_population_) {
    for (std::int32_t tick = 0; tick < ticks; ++tick) step_once();
    return;
  }
  const WeightsView<R> w = view(recurrent_.front());
  const Neurons& population = populations_.front();
  RecurrentRows<R> rows;
  rows.current = rows.activity = currents_.data() + offset_;
  rows.before = activity_.data();
  advance<R>({w, population.activation, static_cast<R>(population.leak)}, rows, ticks);
  offset_ += static_cast<std::size_t>(ticks) * activity_.size();
  std::copy_n(currents_.data() + offset_ - activity_.size(), activity_.size(), activity_.begin());
}

template <class R>
void Teacher<R>::step_once() {
  R* const currents = currents_.data() + offset_;
  offset_ += activity_.size();
  for (const Block& block : recurrent_) add_block(block, activity_.data(), currents);
  for (const Neurons& population : populations_) {  // h = (1 - alpha) h + alpha phi(u)
    if (population.lif) {
      step_spiking(population, currents);
      continue;
    }
    const auto first = static_cast<std::size_t>(population.begin) * static_cast<std::size_t>(lanes_);
    const auto count = static_cast<std::size_t>(population.size) * static_cast<std::size_t>(lanes_);
    const auto leak = static_cast<R>(population.leak);
    const R* current = currents + first;
    R* activity = activity_.data() + first;
    if (population.differ()) {
      step_each(population, current, activity);
      continue;
    }
    dispatch(population.activation, [&](auto phi) {
#pragma GCC ivdep
      for (std::size_t k = 0; k < count; ++k)
        activity[k] = (R(1) - leak) * activity[k] + leak * phi.at(current[k]).value;
    });
  }
  if (!outputs_.empty()) step_readouts();
}

template <class R>
const Column<R>& Teacher<R>::readout() {
  if (!outputs_.empty()) return readout_;
  std::ranges::fill(readout_, R(0));
  add_readout_blocks(readout_.data());
  return readout_;
}

template class Teacher<double>;
template class Teacher<float>;

}  // namespace locus
