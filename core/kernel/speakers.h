// Who speaks: the values of a column that are not 0, found without a branch a value.
//
// Why: which of a few neurons spike in a tick is what a processor cannot foresee. A comparison of a
// register gives a bit a value, and only bits that are set cost more. Cost: a comparison a
// register, and a visit for each that speaks.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "core/kernel/registers.h"

namespace locus {

/// Bit k is 1 where value k of a register is not 0, what is not a number included.
template <class Lane>
[[gnu::always_inline]] inline std::uint64_t bits_not_zero(typename Lane::Type value) {
  if constexpr (Lane::kLanes == 1) {
    return value != typename Lane::Type{} ? 1 : 0;
  } else {
#if defined(__AVX512F__)
    if constexpr (sizeof value == 64) {
      constexpr int kDiffers = 4;  // also from what is not a number
      constexpr int kAsSet = 4;    // exceptions and rounding: those of the thread
      if constexpr (Lane::kLanes == 8)
        return __builtin_ia32_cmppd512_mask(value, typename Lane::Type{}, kDiffers, 0xFF, kAsSet);
      if constexpr (Lane::kLanes == 16)
        return __builtin_ia32_cmpps512_mask(value, typename Lane::Type{}, kDiffers, 0xFFFF, kAsSet);
    }
#endif
    const auto set = value != typename Lane::Type{};  // -1 where it is so, else 0
#if defined(__AVX__)
    if constexpr (sizeof value == 32) {
      if constexpr (Lane::kLanes == 4)
        return static_cast<std::uint32_t>(__builtin_ia32_movmskpd256(std::bit_cast<typename Lane::Type>(set)));
      if constexpr (Lane::kLanes == 8)
        return static_cast<std::uint32_t>(__builtin_ia32_movmskps256(std::bit_cast<typename Lane::Type>(set)));
    }
#endif
#if defined(__SSE2__)
    if constexpr (sizeof value == 16) {
      if constexpr (Lane::kLanes == 2)
        return static_cast<std::uint32_t>(__builtin_ia32_movmskpd(std::bit_cast<typename Lane::Type>(set)));
      if constexpr (Lane::kLanes == 4)
        return static_cast<std::uint32_t>(__builtin_ia32_movmskps(std::bit_cast<typename Lane::Type>(set)));
    }
#endif
    std::uint64_t bits = 0;
    for (std::int32_t lane = 0; lane < Lane::kLanes; ++lane) bits |= (set[lane] != 0 ? std::uint64_t{1} : 0) << lane;
    return bits;
  }
}

/// Bit k is 1 where values[k] is not 0; of up to 64.
template <class R>
[[gnu::always_inline]] inline std::uint64_t bits_not_zero(const R* values, std::ptrdiff_t size) {
  std::uint64_t bits = 0;
  by_registers<R, 1>(0, size, [&]<class Lane, std::size_t>(std::ptrdiff_t begin) {
    bits |= bits_not_zero<Lane>(Lane::load(values + begin)) << begin;
  });
  return bits;
}

/// Calls see(begin, size) for each word's worth of values, one after the other.
template <class See>
[[gnu::always_inline]] inline void by_words(std::ptrdiff_t size, See see) {
  constexpr std::ptrdiff_t kWord = 64;
  for (std::ptrdiff_t begin = 0; begin < size; begin += kWord) see(begin, begin + kWord < size ? kWord : size - begin);
}

/// Calls visit(k) for each values[k] that is not 0, ascending.
template <class R, class Visit>
[[gnu::always_inline]] inline void each_not_zero(const R* values, std::ptrdiff_t size, Visit visit) {
  by_words(
      size, [&](std::ptrdiff_t begin, std::ptrdiff_t width) __attribute__((always_inline)) {
        for (std::uint64_t bits = bits_not_zero(values + begin, width); bits != 0; bits &= bits - 1)
          visit(begin + std::countr_zero(bits));
      });
}

/// Calls visit(k) for each k at which one of two columns is not 0, ascending.
template <class R, class Visit>
[[gnu::always_inline]] inline void each_either_not_zero(const R* one, const R* other, std::ptrdiff_t size, Visit visit) {
  by_words(
      size, [&](std::ptrdiff_t begin, std::ptrdiff_t width) __attribute__((always_inline)) {
        std::uint64_t bits = bits_not_zero(one + begin, width) | bits_not_zero(other + begin, width);
        for (; bits != 0; bits &= bits - 1) visit(begin + std::countr_zero(bits));
      });
}

/// At how many places one of two columns is not 0.
template <class R>
std::int64_t count_either_not_zero(const R* one, const R* other, std::ptrdiff_t size) {
  std::int64_t count = 0;
  by_words(
      size, [&](std::ptrdiff_t begin, std::ptrdiff_t width) __attribute__((always_inline)) {
        count += std::popcount(bits_not_zero(one + begin, width) | bits_not_zero(other + begin, width));
      });
  return count;
}

}  // namespace locus
