// Batch: the inputs and the targets of one update, in the columns that the transports read.
//
// Layout: the order is tick, neuron, lane, with contiguous lanes, as in the neurons' own columns
// (core/actor/network.h), so that one tick is one run of memory.
// Inputs may be too many to stand in memory for a whole trial: Poisson spikes, or a few recorded
// events among thousands of inputs and ticks. Such a batch has no inputs but their source, which
// writes those of a tick where they are heard (Task::show).
// The inputs are all cells of the input layer: those that a task shows, and constant ones, which
// a task writes once.
// Invariant: make_batch sets the size once; filling the batch allocates nothing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/column.h"
#include "sim/model/network_size.h"
#include "sim/model/task_spec.h"

namespace locus {

class Task;

template <class R>
struct Batch {
  std::int32_t ticks = 0;     // T
  std::int32_t inputs = 0;    // m
  std::int32_t readouts = 0;  // o
  std::int32_t lanes = 0;     // trials of the batch
  Column<R> input;            // x_t [1] (T x m x lanes); empty where `source` writes them
  Column<R> target;           // y*_t [1] (T x o x lanes); 0 at ticks without an error
  // Of each error in the loss [1] (T x o x lanes); empty: 1. In a mean over ticks it has the factor
  // window / ticks of the trial with an error.
  Column<R> weight = {};
  Column<R> reward = {};                  // r_t [1] (T x lanes); empty: none is given
  std::vector<std::int32_t> late = {};    // ticks before each trial's first (lanes); empty: none
  std::vector<std::int32_t> labels = {};  // class by lane, or kNoClass; empty: no classes
  Task* source = nullptr;                 // of inputs tick by tick; null where they stand here
  // number of the trial of lane 0, for noise; held-out trials have numbers of their own
  std::int64_t first_trial = 0;
  bool shows_constants = false;  // true: the constant inputs have been written

  /// The m x lanes inputs of tick t = 1..T.
  R* input_at(std::int32_t tick) { return input.data() + offset(tick, inputs); }
  const R* input_at(std::int32_t tick) const { return input.data() + offset(tick, inputs); }
  /// The o x lanes targets of tick t = 1..T.
  R* target_at(std::int32_t tick) { return target.data() + offset(tick, readouts); }
  const R* target_at(std::int32_t tick) const { return target.data() + offset(tick, readouts); }
  /// The o x lanes weights of tick t = 1..T; null: 1.
  const R* weight_at(std::int32_t tick) const {
    return weight.empty() ? nullptr : weight.data() + offset(tick, readouts);
  }

  /// Makes room for rewards, all 0, if some are given.
  void hold_rewards(bool given) {
    reward.assign(given ? static_cast<std::size_t>(ticks) * static_cast<std::size_t>(lanes) : 0, R(0));
  }
  /// The rewards of tick t = 1..T (lanes); null: none.
  const R* reward_at(std::int32_t tick) const { return reward.empty() ? nullptr : reward.data() + offset(tick, 1); }
  R* reward_at(std::int32_t tick) { return reward.empty() ? nullptr : reward.data() + offset(tick, 1); }

 private:
  std::size_t offset(std::int32_t tick, std::int32_t neurons) const {
    return static_cast<std::size_t>(tick - 1) * static_cast<std::size_t>(neurons) * static_cast<std::size_t>(lanes);
  }
};

/// `source`: of the inputs tick by tick; outlives the batch.
template <class R>
Batch<R> make_batch(std::int32_t ticks, std::int32_t inputs, std::int32_t readouts, std::int32_t lanes,
                    Task* source = nullptr) {
  Batch<R> batch{
      .ticks = ticks, .inputs = inputs, .readouts = readouts, .lanes = lanes, .input = {}, .target = {}, .source = source};
  const std::size_t columns = static_cast<std::size_t>(ticks) * static_cast<std::size_t>(lanes);
  if (source == nullptr) batch.input.assign(columns * static_cast<std::size_t>(inputs), R(0));
  batch.target.assign(columns * static_cast<std::size_t>(readouts), R(0));
  return batch;
}

/// The columns that a batch has for some trials only.
struct BatchColumns {
  bool labels = false;
  bool late = false;
  bool weights = false;
  bool rewards = false;
};

/// Gives a batch these columns, and no others of them. Constant inputs are then to be written anew,
/// because trials that begin late may have held them back.
template <class R>
void give_columns(const BatchColumns& columns, Batch<R>& batch) {
  const auto lanes = static_cast<std::size_t>(batch.lanes);
  batch.labels.assign(columns.labels ? lanes : 0, kNoClass);
  batch.late.assign(columns.late ? lanes : 0, 0);
  batch.weight.assign(columns.weights ? batch.target.size() : 0, R(1));
  batch.hold_rewards(columns.rewards);
  batch.shows_constants = false;
}

/// Writes the constant inputs at every tick of a batch that holds inputs, once.
template <class R>
void show_constants(std::span<const ConstantInput> constants, Batch<R>& batch) {
  if (batch.source != nullptr || batch.shows_constants) return;
  batch.shows_constants = true;
  for (const auto& [input, value] : constants) {
    for (std::int32_t tick = 1; tick <= batch.ticks; ++tick)
      std::fill_n(batch.input_at(tick) + std::ptrdiff_t{input} * batch.lanes, batch.lanes, static_cast<R>(value));
  }
}

/// The constant inputs of a batch that holds inputs, which are 0 until a trial begins. Without
/// effect where all trials have all ticks.
template <class R>
void hold_back_constants(std::span<const ConstantInput> constants, Batch<R>& batch) {
  if (batch.late.empty() || batch.source != nullptr) return;
  for (std::int32_t tick = 1; tick <= batch.ticks; ++tick) {
    for (const auto& [input, value] : constants) {
      R* const lanes = batch.input_at(tick) + std::ptrdiff_t{input} * batch.lanes;
      for (std::size_t l = 0; l < batch.late.size(); ++l)
        lanes[l] = tick > batch.late[l] ? static_cast<R>(value) : R(0);
    }
  }
}

/// The trials of a source from number `first` on, with the constant inputs of the network.
template <class Source, class R>
void fill_batch(Source& source, std::int64_t first, std::span<const ConstantInput> constants, Batch<R>& batch) {
  show_constants<R>(constants, batch);
  source.fill(first, batch);
  hold_back_constants<R>(constants, batch);
}

/// cells[columns[k] * lanes + l] = values[k * lanes + l]: a tick's inputs (columns x lanes) go to
/// their cells of the input layer (m x lanes).
template <class R>
void write_columns(std::span<const double> values, std::span<const std::int32_t> columns, std::int32_t lanes, R* cells) {
  const double* value = values.data();
  for (const std::int32_t column : columns) {
    R* const to = cells + std::ptrdiff_t{column} * lanes;
    for (std::int32_t lane = 0; lane < lanes; ++lane) to[lane] = static_cast<R>(*value++);
  }
}

}  // namespace locus
