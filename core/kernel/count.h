// Counts of values that are not 0, from which deliveries of events count their messages.
//
// Cost: a compare and an addition a register; of a few values, some 20 instructions.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/kernel/product.h"
#include "core/kernel/registers.h"

namespace locus {

/// size: below 2^31 registers.
template <class R>
std::int64_t count_nonzero(const R* values, std::int64_t size) {
  // -1 where a value is not 0, an integer as wide as the value; added up lane by lane until the
  // end.
  using Flags = decltype(typename Register<R>::Type{} != typename Register<R>::Type{});
  Flags flags{};
  std::int64_t count = 0;
  by_registers<R, 1>(0, size, [&]<class Lane, std::size_t>(std::ptrdiff_t begin) {
    const auto set = Lane::load(values + begin) != Lane::all(R(0));
    if constexpr (Lane::kLanes == 1) {
      count += set ? 1 : 0;
    } else if constexpr (Lane::kLanes == Register<R>::kLanes) {
      flags += set;
    } else {
      for (std::int32_t lane = 0; lane < Lane::kLanes; ++lane) count -= set[lane];
    }
  });
  if (size >= Register<R>::kLanes) {
    for (std::int32_t lane = 0; lane < Register<R>::kLanes; ++lane) count -= flags[lane];
  }
  return count;
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
