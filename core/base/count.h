// How many values are not 0: what a delivery of events counts its messages by.
//
// Cost: the compiler vectorises the loop; integers as wide as the values keep their lanes together.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "core/base/product.h"

namespace locus {

template <class R>
std::int64_t count_nonzero(const R* values, std::int64_t size) {
  using Count = std::conditional_t<sizeof(R) == 8, std::int64_t, std::int32_t>;  // as wide as R, so that the loop vectorises
  constexpr std::int64_t kBlock = 1 << 20;
  std::int64_t all = 0;
  for (std::int64_t begin = 0; begin < size; begin += kBlock) {
    Count count = 0;
    for (std::int64_t i = begin; i < std::min(begin + kBlock, size); ++i) count += values[i] != R(0) ? 1 : 0;
    all += count;
  }
  return all;
}

/// Summed over the rows, each contiguous (by_neuron is 1).
template <class R>
std::int64_t count_nonzero(RowsView<R> said) {
  if (said.neurons == said.by_row) return count_nonzero(said.value, std::int64_t{said.rows} * said.neurons);
  std::int64_t count = 0;
  for (std::int32_t row = 0; row < said.rows; ++row)
    count += count_nonzero(said.value + row * said.by_row, said.neurons);
  return count;
}

}  // namespace locus
