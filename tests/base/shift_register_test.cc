// Shift registers: numbers that a chip's registers gave, and a register that steps bit by bit.
#include "core/base/shift_register.h"

#include <array>
#include <deque>

#include <gtest/gtest.h>

namespace locus {
namespace {

/// The first draws of the registers of ReckOn's simulated digital description: membranes of even
/// and odd neurons, and those of readouts, which take 7 bits a step.
TEST(ShiftRegister, GivesTheNumbersOfAChip) {
  struct Case {
    std::uint32_t seed;
    std::int32_t take;
    std::array<std::uint32_t, 4> draws;
  };
  const Case cases[] = {{0x73f3, 15, {0x5151, 0x4f30, 0x3aef, 0x69a5}},
                        {0x7e7f, 15, {0x55d5, 0x334c, 0x6ec4, 0x5a43}},
                        {0x77f7, 7, {0x69, 0x2a, 0x31, 0x33}},
                        {0x7eff, 7, {0x55, 0x5a, 0x66, 0x6c}},
                        {0x74f4, 7, {0x08, 0x25, 0x0f, 0x46}}};
  for (const Case& one : cases) {
    const ShiftRegister own(one.seed, 15, 1, one.take);
    EXPECT_EQ(own.period(), 32767);
    for (std::size_t k = 0; k < one.draws.size(); ++k) EXPECT_EQ(own.at(static_cast<std::int64_t>(k)), one.draws[k]);
  }
}

/// Every length and tap, also those whose period is short: a queue of bits gives the same draws.
TEST(ShiftRegister, IsAQueueOfBits) {
  for (std::int32_t length = 2; length <= 12; ++length) {
    for (std::int32_t tap = 1; tap < length; ++tap) {
      // no bit before b[0] is skipped by the first column of the seed
      const std::int32_t take = length - 1;
      const std::uint32_t seed = 1 + static_cast<std::uint32_t>(tap) % ((1U << static_cast<std::uint32_t>(length)) - 1);
      const ShiftRegister own(seed, length, tap, take);
      std::deque<std::uint32_t> bits;  // b[tap - length] .. b[tap - 1]
      for (std::int32_t k = tap; k < length; ++k) bits.push_back(seed >> static_cast<std::uint32_t>(k) & 1U);
      for (std::int32_t k = 0; k < tap; ++k) bits.push_back(seed >> static_cast<std::uint32_t>(k) & 1U);
      const auto now = static_cast<std::size_t>(length - tap);  // b[t]
      for (int step = 0; step < 200; ++step) {
        std::uint32_t draw = 0;
        for (std::int32_t k = 0; k < take; ++k) {
          draw |= bits[now] << static_cast<std::uint32_t>(k);
          bits.push_back(bits[now] ^ bits.front());
          bits.pop_front();
        }
        ASSERT_EQ(own.at(step), draw) << length << ", " << tap << ", step " << step;
        ASSERT_EQ(own.at(step - own.period()), draw) << "it has a past";
      }
    }
  }
}

}  // namespace
}  // namespace locus
