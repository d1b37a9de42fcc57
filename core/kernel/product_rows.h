// Outer products summed over rows, in registers: the rows of a neuron lie side by side, and fill
// registers of their own.
//
// For product.cc, which says when; nothing else includes it. Why ours: a product for any size
// (Eigen's) copies both factors into blocks first, which a few dozen neurons do not pay for.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/kernel/product.h"
#include "core/kernel/product_lane.h"
#include "core/kernel/registers.h"

namespace locus {

/// The arguments of one tile: so many rows, of its first target and source.
template <class R>
struct OuterRows {
  const R* left;
  std::ptrdiff_t left_apart;  // from target to target
  const R* right;
  std::ptrdiff_t right_apart;  // from source to source
  std::int32_t rows;
  R* weight;
  std::ptrdiff_t stride;
  R rate;
};

/// Lanes as far apart as there are results, summed.
template <std::size_t kResults, class R, std::size_t kBytes, std::size_t... kLane>
[[gnu::always_inline]] inline Cells<R, kResults> fold(typename Register<R, kBytes>::Type value,
                                                      std::index_sequence<kLane...>) {
  constexpr std::size_t kHalf = sizeof...(kLane);
  if constexpr (kHalf * 2 == kResults) {
    return Cells<R, kResults>::of(value);
  } else if constexpr (kBytes > 16) {
    return fold<kResults, R, kBytes / 2>(
        __builtin_shufflevector(value, value, kLane...) + __builtin_shufflevector(value, value, (kHalf + kLane)...),
        std::make_index_sequence<kHalf / 2>{});
  } else {
    Cells<R, kResults> all;
    for (std::size_t k = 0; k < kResults; ++k) {
      all[k] = value[k];
      for (std::size_t lane = k + kResults; lane < kHalf * 2; lane += kResults) all[k] += value[lane];
    }
    return all;
  }
}

/// kTargets times kSources pairs, each with a register of partial sums.
template <std::size_t kTargets, std::size_t kSources, class R>
inline void subtract_tile(const OuterRows<R>& o) {
  using Lane = Register<R>;
  using Type = typename Lane::Type;
  const auto left = [&](std::size_t t) { return o.left + static_cast<std::ptrdiff_t>(t) * o.left_apart; };
  const auto right = [&](std::size_t s) { return o.right + static_cast<std::ptrdiff_t>(s) * o.right_apart; };
  Type sum[kSources][kTargets] = {};
  std::int32_t row = 0;
  for (; row + Lane::kLanes <= o.rows; row += Lane::kLanes) {
    Type heard[kSources];
#pragma GCC unroll 4
    for (std::size_t s = 0; s < kSources; ++s) heard[s] = Lane::load(right(s) + row);
#pragma GCC unroll 4
    for (std::size_t t = 0; t < kTargets; ++t) {
      const Type said = Lane::load(left(t) + row);
#pragma GCC unroll 4
      for (std::size_t s = 0; s < kSources; ++s) sum[s][t] = multiply_add<Lane>(said, heard[s], sum[s][t]);
    }
  }
#pragma GCC unroll 4
  for (std::size_t s = 0; s < kSources; ++s) {
    auto all = fold<kTargets, R, kWidest>(sum_each<kTargets, Lane>(sum[s]), std::make_index_sequence<Lane::kLanes / 2>{});
    for (std::int32_t rest = row; rest < o.rows; ++rest) {
      for (std::size_t t = 0; t < kTargets; ++t) all[t] += left(t)[rest] * right(s)[rest];
    }
    R* weight = o.weight + static_cast<std::ptrdiff_t>(s) * o.stride;
    auto own = Cells<R, kTargets>::load(weight);
    for (std::size_t t = 0; t < kTargets; ++t) own[t] -= o.rate * all[t];
    own.store(weight);
  }
}

/// weight -= rate * sum over rows of left right^T. Rows are taken in ranges that stay in the near
/// caches while all pairs meet them; `neurons`: targets and sources, by which the ranges are
/// chosen.
template <class R>
void subtract_rows(R rate, const RowsView<R>& left, const RowsView<R>& right, R* weight, std::ptrdiff_t stride,
                   std::int64_t neurons) {
  constexpr std::size_t kTargets = std::min<std::size_t>(4, Register<R>::kLanes);
  constexpr std::size_t kSources = kWidest == 64 ? 4 : 2;
  constexpr std::ptrdiff_t kNear = (std::ptrdiff_t{1} << 18) / std::ptrdiff_t{sizeof(R)};
  const std::ptrdiff_t together = std::max<std::ptrdiff_t>(128, kNear / neurons / 64 * 64);
  for (std::ptrdiff_t row = 0; row < left.rows; row += together) {
    const auto rows = static_cast<std::int32_t>(std::min<std::ptrdiff_t>(together, left.rows - row));
    const auto with = [&]<std::size_t kOfTargets, std::size_t kOfSources>(std::int32_t i, std::int32_t j) {
      subtract_tile<kOfTargets, kOfSources, R>({left.value + i * left.by_neuron + row, left.by_neuron,
                                                right.value + j * right.by_neuron + row, right.by_neuron, rows,
                                                weight + j * stride + i, stride, rate});
    };
    const auto targets = [&]<std::size_t kOfTargets>(std::int32_t i) {
      std::int32_t j = 0;
      constexpr auto kStep = static_cast<std::int32_t>(kSources);
      for (; j + kStep <= right.neurons; j += kStep) with.template operator()<kOfTargets, kSources>(i, j);
      for (; j < right.neurons; ++j) with.template operator()<kOfTargets, 1>(i, j);
    };
    std::int32_t i = 0;
    constexpr auto kStep = static_cast<std::int32_t>(kTargets);
    for (; i + kStep <= left.neurons; i += kStep) targets.template operator()<kTargets>(i);
    for (; i < left.neurons; ++i) targets.template operator()<1>(i);
  }
}

}  // namespace locus
