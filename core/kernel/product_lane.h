// A product with one lane, in registers: every sum stays in its register over all sources.
//
// For product.cc, and for who goes on with the sums while they are there
// (core/kernel/recurrence.cc, core/kernel/sweep.h). Its multiplications and additions are fused by
// name, so that its bits are the same wherever it is compiled in for a level.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/kernel/product.h"
#include "core/kernel/registers.h"

namespace locus {

/// kRegisters registers of targets.
template <class Lane, std::size_t kRegisters>
struct Targets {
  typename Lane::Type sum[kRegisters];

  template <class R>
  void store(R* to) const {
    for (std::size_t r = 0; r < kRegisters; ++r)
      Lane::store(to + static_cast<std::ptrdiff_t>(r) * Lane::kLanes, sum[r]);
  }
};

/// What the targets from i on hear from all sources, added to `begin`. Few registers alone would
/// wait for their own sums: then there are several of each, which take the sources by turns.
template <class Lane, std::size_t kRegisters, class R>
[[gnu::always_inline]] inline Targets<Lane, kRegisters> sum_targets(const WeightsView<R>& w, const R* from,
                                                                    std::ptrdiff_t i, const R* begin) {
  constexpr std::size_t kChains = kRegisters == 1 ? 4 : kRegisters < 8 ? 2 : 1;
  typename Lane::Type sum[kChains][kRegisters] = {};
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRegisters; ++r)
    sum[0][r] = Lane::load(begin + static_cast<std::ptrdiff_t>(r) * Lane::kLanes);
  const R* column = w.weight + i;
  const auto add = [&](std::size_t chain, std::int32_t source) {
    const R* of = column + static_cast<std::ptrdiff_t>(chain) * w.stride;
    const auto said = Lane::all(from[source]);
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kRegisters; ++r)
      sum[chain][r] =
          multiply_add<Lane>(said, Lane::load(of + static_cast<std::ptrdiff_t>(r) * Lane::kLanes), sum[chain][r]);
  };
  std::int32_t j = 0;
  constexpr auto kStep = static_cast<std::int32_t>(kChains);
  for (; j + kStep <= w.sources; j += kStep, column += kStep * w.stride) {
#pragma GCC unroll 4
    for (std::int32_t chain = 0; chain < kStep; ++chain) add(static_cast<std::size_t>(chain), j + chain);
  }
  for (; j < w.sources; ++j, column += w.stride) add(0, j);
  Targets<Lane, kRegisters> all;
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRegisters; ++r) {
    if constexpr (kChains == 2) sum[0][r] += sum[1][r];
    if constexpr (kChains == 4) sum[0][r] += sum[1][r] + (sum[2][r] + sum[3][r]);
    all.sum[r] = sum[0][r];
  }
  return all;
}

/// Lane l of the result: lane (l and its neighbour kApart away) of `first` or, where l has that
/// bit, of `second`, summed.
template <std::size_t kApart, class Lane, std::size_t... kLane>
inline typename Lane::Type join(typename Lane::Type first, typename Lane::Type second, std::index_sequence<kLane...>) {
  constexpr std::size_t kOfSecond = Lane::kLanes;
  return __builtin_shufflevector(first, second, (((kLane & kApart) != 0 ? kOfSecond : 0) + (kLane & ~kApart))...) +
         __builtin_shufflevector(first, second, (((kLane & kApart) != 0 ? kOfSecond : 0) + (kLane | kApart))...);
}

/// Lane l of the result is the sum over all lanes of value[l]; kCount = all of them.
template <std::size_t kCount, class Lane>
[[gnu::always_inline]] inline typename Lane::Type sum_each(const typename Lane::Type* value) {
  if constexpr (kCount == 1) {
    return *value;
  } else {
    return join<kCount / 2, Lane>(sum_each<kCount / 2, Lane>(value), sum_each<kCount / 2, Lane>(value + kCount / 2),
                                  std::make_index_sequence<Lane::kLanes>{});
  }
}

/// Transposed: what as many sources from j on as a register has lanes are told by all targets,
/// added to `begin`. kTogether of them go abreast, each with a register of partial sums.
template <class Lane, std::size_t kTogether, class R>
[[gnu::always_inline]] inline typename Lane::Type sum_sources(const WeightsView<R>& w, const R* from, std::ptrdiff_t j,
                                                              typename Lane::Type begin) {
  constexpr std::size_t kLanes = Lane::kLanes;
  const R* weight = w.weight + j * w.stride;
  if constexpr (kLanes == 1) {
    R sum = 0;
    for (std::int32_t i = 0; i < w.targets; ++i) sum = multiply_add<Lane>(from[i], weight[i], sum);
    return begin + sum;
  } else {
    typename Lane::Type sum[kLanes] = {};
    const std::ptrdiff_t whole = w.targets / Lane::kLanes * Lane::kLanes;
#pragma GCC unroll 16
    for (std::size_t first = 0; first < kLanes; first += kTogether) {
      for (std::ptrdiff_t i = 0; i < whole; i += Lane::kLanes) {
        const auto said = Lane::load(from + i);
#pragma GCC unroll 16
        for (std::size_t s = first; s < first + kTogether; ++s)
          sum[s] = multiply_add<Lane>(said, Lane::load(weight + static_cast<std::ptrdiff_t>(s) * w.stride + i), sum[s]);
      }
    }
    begin += sum_each<kLanes, Lane>(sum);
    for (std::ptrdiff_t i = whole; i < w.targets; ++i) {
      typename Lane::Type of;
      for (std::size_t s = 0; s < kLanes; ++s) of[s] = weight[static_cast<std::ptrdiff_t>(s) * w.stride + i];
      begin = multiply_add<Lane>(Lane::all(from[i]), of, begin);
    }
    return begin;
  }
}

/// Cuts the sources into runs that sum_sources() takes, and calls visit.template
/// operator()<Lane>(first) for each.
template <class R, class Visit>
[[gnu::always_inline]] inline void by_sources(const WeightsView<R>& w, Visit visit) {
  std::ptrdiff_t j = 0;
  const auto step = [&]<class Lane>() {
    for (; Lane::kLanes <= w.targets && j + Lane::kLanes <= w.sources; j += Lane::kLanes)
      visit.template operator()<Lane>(j);
  };
  step.template operator()<Register<R>>();
  if constexpr (kWidest > 32) step.template operator()<Register<R, 32>>();
  if constexpr (kWidest > 16) step.template operator()<Register<R, 16>>();
  step.template operator()<Single<R>>();
}

}  // namespace locus
