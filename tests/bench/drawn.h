// Numbers for kernels alone: what no compiler knows, and a sum that shows that work was done.
#pragma once

#include <cmath>
#include <cstdint>

#include "core/base/column.h"

namespace locus::bench {

template <class R>
Column<R> drawn(std::int64_t size, double scale = 1) {
  Column<R> values(static_cast<std::size_t>(size));
  for (std::size_t k = 0; k < values.size(); ++k)
    values[k] = static_cast<R>(scale * std::sin(1.7 * static_cast<double>(k) + 0.3));
  return values;
}

template <class R>
double sum_of(const Column<R>& values) {
  double sum = 0;
  for (const R value : values) sum += static_cast<double>(value);
  return sum;
}

}  // namespace locus::bench
