// Registers as the level has them, and how columns are cut into runs that fill them.
//
// Why here: a loop over a few neurons, whose number is known when the program runs, spends more on
// finding out how to go than on going. Cut into runs of constant length it becomes a few
// instructions each.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace locus {

#if defined(__AVX512F__)
constexpr std::size_t kWidest = 64;  // bytes of a register
#elif defined(__AVX__)
constexpr std::size_t kWidest = 32;
#else
constexpr std::size_t kWidest = 16;
#endif

/// The number of scalars in a register of kBytes.
template <class R, std::size_t kBytes = kWidest>
struct Register {
  static constexpr std::int32_t kLanes = kBytes / sizeof(R);
  // A typedef, because GCC takes no such attribute with `using` in a template.
  typedef R Type __attribute__((vector_size(kBytes)));  // NOLINT

  static Type load(const R* from) {
    Type value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }
  static void store(R* to, Type value) { std::memcpy(to, &value, sizeof value); }
  static Type all(R value) { return value - Type{}; }
};

/// A scalar in place of a register, for lanes that do not fill one.
template <class R>
struct Single {
  static constexpr std::int32_t kLanes = 1;
  using Type = R;
  static Type load(const R* from) { return *from; }
  static void store(R* to, Type value) { *to = value; }
  static Type all(R value) { return value; }
};

/// a * b + c of each lane, with one rounding where the level has an instruction for that, whatever
/// the compiler is told of contractions.
template <class Lane>
[[gnu::always_inline]] inline typename Lane::Type multiply_add(typename Lane::Type a, typename Lane::Type b,
                                                               typename Lane::Type c) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
  if constexpr (Lane::kLanes == 1) {
    return std::fma(a, b, c);
  } else {
    typename Lane::Type sum;
    for (std::int32_t lane = 0; lane < Lane::kLanes; ++lane) sum[lane] = std::fma(a[lane], b[lane], c[lane]);
    return sum;
  }
#else
  return a * b + c;
#endif
}

/// Cuts [first, last) into runs that fill registers, so many of the widest as kMost says one after
/// the other, then narrower ones, and calls visit.template operator()<Lane, kRegisters>(begin) for
/// each.
template <class R, std::size_t... kMost, class Visit>
[[gnu::always_inline]] inline void by_registers(std::ptrdiff_t first, std::ptrdiff_t last, Visit visit) {
  const auto step = [&]<class Lane, std::size_t kRegisters>() {
    constexpr std::ptrdiff_t kStep = Lane::kLanes * static_cast<std::ptrdiff_t>(kRegisters);
    for (; first + kStep <= last; first += kStep) visit.template operator()<Lane, kRegisters>(first);
  };
  (step.template operator()<Register<R>, kMost>(), ...);
  if constexpr (kWidest > 32) step.template operator()<Register<R, 32>, 1>();
  if constexpr (kWidest > 16) step.template operator()<Register<R, 16>, 1>();
  step.template operator()<Single<R>, 1>();
}

/// A run of cells, in a loop's own hands: a compiler knows that nothing else is written when these
/// are.
template <class R, std::size_t kCells>
struct Cells {
  R cell[kCells];

  static Cells load(const R* from) {
    Cells cells;
    std::memcpy(cells.cell, from, sizeof cells.cell);
    return cells;
  }
  /// The same of registers.
  template <class Registers>
  static Cells of(const Registers& registers) {
    static_assert(sizeof registers == sizeof(Cells));
    Cells cells;
    std::memcpy(cells.cell, &registers, sizeof cells.cell);
    return cells;
  }
  void store(R* to) const { std::memcpy(to, cell, sizeof cell); }
  R& operator[](std::size_t k) { return cell[k]; }
};

/// The same in runs of one register and less, by their length: visit.template
/// operator()<kCells>(begin).
template <class R, class Visit>
[[gnu::always_inline]] inline void by_cells(std::ptrdiff_t first, std::ptrdiff_t last, Visit visit) {
  by_registers<R, 1>(first, last, [&]<class Lane, std::size_t>(std::ptrdiff_t begin) {
    visit.template operator()<Lane::kLanes>(begin);
  });
}

}  // namespace locus
