// Linear feedback shift registers: the random numbers of digital chips.
//
// A register is a sequence of bits, b[t] = b[t - tap] xor b[t - length], of which every draw takes
// the next ones. Its period is at most 2^length - 1, and the table of one period turns "the k-th
// draw" into a look-up: a pure function of its place, like the counter-based numbers
// (core/base/random.h), so that neither threads nor order matter.
// Cost: 4 bytes a bit of the period; a draw is some ten divisions and one load.
#pragma once

#include <cstdint>
#include <vector>

namespace locus {

/// The draws of one register, `take` bits each, the oldest as the lowest.
class ShiftRegister {
 public:
  /// seed: not 0 in its lowest `length` bits. Its bits 0 .. tap - 1 are b[0] .. b[tap - 1]; the
  /// others are, for j = 0, 1, ..., the bits b[tap + j - length], b[tap + j - length + take], ...
  /// that lie before b[0]. Requires 2 <= length <= 16, 1 <= tap < length, 1 <= take <= 16.
  ShiftRegister(std::uint32_t seed, std::int32_t length, std::int32_t tap, std::int32_t take);

  /// Bits after which the sequence repeats.
  std::int64_t period() const { return static_cast<std::int64_t>(draws_.size()); }
  /// Draw number `step`, which may be below 0: the register has a past.
  std::uint32_t at(std::int64_t step) const {
    const std::int64_t bits = period();
    std::int64_t place = step % bits * take_ % bits;
    if (place < 0) place += bits;
    return draws_[static_cast<std::size_t>(place)];
  }

 private:
  std::int64_t take_;
  std::vector<std::uint32_t> draws_;  // by the place of their first bit (period)
};

}  // namespace locus
