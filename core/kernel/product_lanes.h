// Products with lanes, in registers: weights times what lies side by side, a few outputs and a few
// registers of lanes at a time, every sum staying in its register over all inputs. For product.cc,
// which says when; nothing else includes it.
//
// Why ours: a product for any size (Eigen's) copies both factors into blocks first, which a few
// dozen lanes do not pay for.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/kernel/registers.h"

namespace locus {

/// Times two registers of lanes: as many sums as keep both multipliers busy, where there are
/// registers for them.
constexpr std::size_t kMostOutputs = kWidest == 64 ? 8 : 4;

/// The places of an output's weights: output o and input k at weight[o * by_output + k * by_input].
template <class R>
struct Factors {
  const R* weight;
  std::ptrdiff_t by_output;
  std::ptrdiff_t by_input;
  std::int32_t inputs;
};

/// The arguments of a product: input k's lanes at from + k * from_apart, output o's at to + o *
/// to_apart.
template <class R>
struct Lines {
  const R* from;
  std::ptrdiff_t from_apart;
  R* to;
  std::ptrdiff_t to_apart;
  std::ptrdiff_t lanes;
};

/// to += sum: sums begin with what is there.
struct Adding {
  template <class Type>
  static Type begin(Type there) {
    return there;
  }
  template <class Type>
  static Type end(Type, Type sum) {
    return sum;
  }
};

/// to -= rate * sum.
template <class R>
struct Subtracting {
  R rate;
  template <class Type>
  static Type begin(Type) {
    return Type{};
  }
  template <class Type>
  Type end(Type there, Type sum) const {
    return there - rate * sum;
  }
};

/// kOutputs outputs, kRegisters registers of lanes each, with every sum in registers.
template <std::size_t kOutputs, std::size_t kRegisters, class Lane, class R, class How>
inline void add_tile(const Factors<R>& f, const Lines<R>& lines, std::ptrdiff_t lane, How how) {
  using Type = typename Lane::Type;
  const auto of = [&](std::size_t o, std::size_t r) {
    return lines.to + static_cast<std::ptrdiff_t>(o) * lines.to_apart + lane + static_cast<std::ptrdiff_t>(r) * Lane::kLanes;
  };
  Type sum[kOutputs][kRegisters];
#pragma GCC unroll 8
  for (std::size_t o = 0; o < kOutputs; ++o) {
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kRegisters; ++r) sum[o][r] = how.begin(Lane::load(of(o, r)));
  }
  const R* from = lines.from + lane;
  for (std::int32_t k = 0; k < f.inputs; ++k, from += lines.from_apart) {
    Type said[kRegisters];
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kRegisters; ++r)
      said[r] = Lane::load(from + static_cast<std::ptrdiff_t>(r) * Lane::kLanes);
#pragma GCC unroll 8
    for (std::size_t o = 0; o < kOutputs; ++o) {
      const R weight = f.weight[static_cast<std::ptrdiff_t>(o) * f.by_output + k * f.by_input];
#pragma GCC unroll 8
      for (std::size_t r = 0; r < kRegisters; ++r) sum[o][r] += weight * said[r];
    }
  }
#pragma GCC unroll 8
  for (std::size_t o = 0; o < kOutputs; ++o) {
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kRegisters; ++r) Lane::store(of(o, r), how.end(Lane::load(of(o, r)), sum[o][r]));
  }
}

/// Some outputs, all lanes: as many as fit go in the widest registers, the rest in narrower ones.
template <std::size_t kOutputs, class R, class How>
inline void add_outputs(const Factors<R>& f, const Lines<R>& lines, How how) {
  by_registers<R, 2, 1>(0, lines.lanes, [&]<class Lane, std::size_t kRegisters>(std::ptrdiff_t lane) {
    add_tile<kOutputs, kRegisters, Lane>(f, lines, lane, how);
  });
}

/// Every sum runs over the inputs in their order, in a register.
template <class R, class How>
void add_lanes(Factors<R> f, std::int32_t outputs, Lines<R> lines, How how) {
  const auto step = [&]<std::size_t kOutputs>() {
    constexpr auto kStep = static_cast<std::int32_t>(kOutputs);
    for (; outputs >= kStep; outputs -= kStep, f.weight += kStep * f.by_output, lines.to += kStep * lines.to_apart)
      add_outputs<kOutputs>(f, lines, how);
  };
  step.template operator()<kMostOutputs>();
  if constexpr (kMostOutputs > 4) step.template operator()<4>();
  step.template operator()<1>();
}

/// The same, with weights of neighbouring outputs that stand side by side, input by input far
/// apart: they are brought together first, which pays where several registers of lanes ask for
/// them.
template <class R>
void add_gathered(Factors<R> f, std::int32_t outputs, Lines<R> lines) {
  constexpr std::int32_t kInputs = 256;
  constexpr auto kOutputs = static_cast<std::int32_t>(kMostOutputs);
  R gathered[kInputs * kMostOutputs];
  for (; outputs >= kOutputs; outputs -= kOutputs, f.weight += kOutputs, lines.to += kOutputs * lines.to_apart) {
    Lines<R> of = lines;
    for (std::int32_t k = 0; k < f.inputs; k += kInputs, of.from += kInputs * lines.from_apart) {
      const std::int32_t inputs = std::min(kInputs, f.inputs - k);
      for (std::int32_t i = 0; i < inputs; ++i)
        std::memcpy(gathered + std::ptrdiff_t{i} * kOutputs, f.weight + (k + i) * f.by_input, kMostOutputs * sizeof(R));
      add_outputs<kMostOutputs>(Factors<R>{gathered, 1, kOutputs, inputs}, of, Adding{});
    }
  }
  add_lanes(f, outputs, lines, Adding{});
}

}  // namespace locus
