// Batch: the inputs and the targets of one update, in the columns that the transports read.
//
// Layout: the order is tick, neuron, lane, with contiguous lanes, as in the neurons' own columns
// (core/actor/network.h), so that one tick is one run of memory.
// Invariant: make_batch sets the size once; filling the batch allocates nothing.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/column.h"

namespace locus {

template <class R>
struct Batch {
  std::int32_t ticks = 0;     // T
  std::int32_t inputs = 0;    // m
  std::int32_t readouts = 0;  // o
  std::int32_t lanes = 0;     // trials of the batch
  Column<R> input;            // x_t [1] (T x m x lanes)
  Column<R> target;           // y*_t [1] (T x o x lanes); 0 at ticks without an error

  /// The m x lanes inputs of tick t = 1..T.
  R* input_at(std::int32_t tick) { return input.data() + offset(tick, inputs); }
  const R* input_at(std::int32_t tick) const { return input.data() + offset(tick, inputs); }
  /// The o x lanes targets of tick t = 1..T.
  R* target_at(std::int32_t tick) { return target.data() + offset(tick, readouts); }
  const R* target_at(std::int32_t tick) const { return target.data() + offset(tick, readouts); }

 private:
  std::size_t offset(std::int32_t tick, std::int32_t neurons) const {
    return static_cast<std::size_t>(tick - 1) * static_cast<std::size_t>(neurons) * static_cast<std::size_t>(lanes);
  }
};

template <class R>
Batch<R> make_batch(std::int32_t ticks, std::int32_t inputs, std::int32_t readouts, std::int32_t lanes) {
  Batch<R> batch{.ticks = ticks, .inputs = inputs, .readouts = readouts, .lanes = lanes, .input = {}, .target = {}};
  const std::size_t columns = static_cast<std::size_t>(ticks) * static_cast<std::size_t>(lanes);
  batch.input.assign(columns * static_cast<std::size_t>(inputs), R(0));
  batch.target.assign(columns * static_cast<std::size_t>(readouts), R(0));
  return batch;
}

}  // namespace locus
