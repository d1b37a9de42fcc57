// Voltages of whole numbers: the leak against integers, and what its draws do on the mean.
#include "core/actor/integer_state.h"

#include <gtest/gtest.h>

namespace locus {
namespace {

/// The leak by shifts of integers, which round down.
std::int64_t by_shifts(std::int64_t value, std::int64_t decay, std::int32_t bits, std::int64_t draw) {
  const std::int64_t product = value * decay;
  const std::int64_t high = product >> bits;
  const std::int64_t low = product - (high << bits);
  return decay != std::int64_t{1} << bits && low >= draw && high != 0 ? high + 1 : high;
}

TEST(Integers, LeakAsShiftsDo) {
  std::int64_t up = 0;
  for (const std::int32_t bits : {1, 7, 15, 16}) {
    const std::int64_t one = std::int64_t{1} << bits;
    for (const std::int64_t decay : {std::int64_t{0}, std::int64_t{1}, one / 3, one - one / 64, one - 1, one}) {
      for (const std::int64_t value : {-8388608, -32768, -614, -3, -1, 0, 1, 2, 3, 613, 32767, 8388607}) {
        for (const std::int64_t draw : {std::int64_t{0}, std::int64_t{1}, one / 2, one - 1}) {
          const double wanted = static_cast<double>(by_shifts(value, decay, bits, draw));
          const double made = leak(static_cast<double>(value), std::ldexp(static_cast<double>(decay), -bits), bits,
                                   static_cast<std::uint32_t>(draw));
          ASSERT_EQ(made, wanted) << value << " times " << decay << " of " << bits << " bits, draw " << draw;
          const double down =
              leak(static_cast<double>(value), std::ldexp(static_cast<double>(decay), -bits), bits, std::nullopt);
          ASSERT_EQ(down, static_cast<double>(value * decay >> bits));
          up += made != down;
        }
      }
    }
  }
  EXPECT_GT(up, 100);
}

/// Over all draws a voltage rounds up l + 1 times of 2^f, unless it dies out.
TEST(Integers, RoundUpByTheirPart) {
  const std::int32_t bits = 7;
  for (const std::int64_t decay : {121, 64, 127}) {
    for (const std::int64_t value : {-300, -2, 1, 2, 5, 300}) {
      std::int64_t sum = 0;
      for (std::uint32_t draw = 0; draw < 128; ++draw)
        sum += static_cast<std::int64_t>(
            leak(static_cast<double>(value), std::ldexp(static_cast<double>(decay), -bits), bits, draw));
      const std::int64_t high = value * decay >> bits;
      const std::int64_t low = value * decay - (high << bits);
      EXPECT_EQ(sum, 128 * high + (high != 0 ? low + 1 : 0)) << value << " times " << decay;
    }
  }
}

TEST(Integers, HaveDecaysOnTheirGrid) {
  const IntegerState state{.bits = 16, .leak_bits = 15};
  EXPECT_EQ(state.on_grid(std::exp(-1 / 1927.03)), 32751.0 / 32768);
  EXPECT_EQ(state.on_grid(1), 1);
  EXPECT_EQ(state.on_grid(0), 0);
}

}  // namespace
}  // namespace locus
