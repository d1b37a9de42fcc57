// Writing a trial's matrix into one lane of a batch. Internal to sim/task.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/column.h"
#include "sim/model/spec.h"
#include "sim/task/batch.h"

namespace locus {

/// to[k * lanes] = values[k].
template <class R>
void write_values(std::span<const double> values, std::int32_t lanes, R* to) {
  for (const double value : values) {
    *to = static_cast<R>(value);
    to += lanes;
  }
}

/// column[k * lanes + lane] = values[k], where k runs over ticks and neurons: a trial's row-major
/// matrix already has the order of the batch. The first `late` ticks are 0.
template <class R>
void write_lane(const DenseMatrix& matrix, std::int64_t late, std::int32_t lane, std::int32_t lanes, Column<R>& column) {
  R* to = column.data() + lane;
  for (std::int64_t cell = 0; cell < late * matrix.cols; ++cell, to += lanes) *to = R(0);
  write_values<R>(matrix.values, lanes, to);
}

/// The inputs of a trial (T x columns), row by row into the neurons that show them; constant inputs
/// stay.
template <class R>
void write_inputs(std::span<const double> values, std::span<const std::int32_t> columns, std::int32_t lane,
                  Batch<R>& batch) {
  const double* value = values.data();
  for (std::int32_t tick = 1; tick <= batch.ticks; ++tick) {
    R* const to = batch.input_at(tick) + lane;
    for (const std::int32_t input : columns) to[std::ptrdiff_t{input} * batch.lanes] = static_cast<R>(*value++);
  }
}

template <class R>
void clear_lane(std::int32_t lane, std::int32_t lanes, Column<R>& column) {
  const auto step = static_cast<std::size_t>(lanes);
  for (std::size_t at = static_cast<std::size_t>(lane); at < column.size(); at += step) column[at] = R(0);
}

/// The target of a class: readout `label` is 1 and all others are 0, but for the first late ticks.
template <class R>
void write_class(std::int32_t label, std::int64_t late, std::int32_t readouts, std::int32_t lane, std::int32_t lanes,
                 Column<R>& column) {
  clear_lane(lane, lanes, column);
  const auto row = static_cast<std::size_t>(readouts) * static_cast<std::size_t>(lanes);
  const auto cell = static_cast<std::size_t>(label) * static_cast<std::size_t>(lanes) + static_cast<std::size_t>(lane);
  for (std::size_t at = row * static_cast<std::size_t>(late) + cell; at < column.size(); at += row) column[at] = R(1);
}

}  // namespace locus
