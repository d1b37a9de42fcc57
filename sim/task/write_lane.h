// Writing a trial's matrix into one lane of a batch. Internal to sim/task.
#pragma once

#include <cstdint>

#include "core/base/column.h"
#include "sim/model/spec.h"

namespace locus {

/// column[k * lanes + lane] = values[k], where k runs over ticks and neurons: a trial's row-major
/// matrix already has the order of the batch.
template <class R>
void write_lane(const DenseMatrix& matrix, std::int32_t lane, std::int32_t lanes, Column<R>& column) {
  R* to = column.data() + lane;
  for (const double value : matrix.values) {
    *to = static_cast<R>(value);
    to += lanes;
  }
}

template <class R>
void clear_lane(std::int32_t lane, std::int32_t lanes, Column<R>& column) {
  const auto step = static_cast<std::size_t>(lanes);
  for (std::size_t at = static_cast<std::size_t>(lane); at < column.size(); at += step) column[at] = R(0);
}

}  // namespace locus
