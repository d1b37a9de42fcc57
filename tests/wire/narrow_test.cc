// Numbers of few bits: levels, saturation, and what rounding does to the mean and the variance.
#include "core/wire/narrow.h"

#include <cmath>
#include <limits>
#include <set>

#include <gtest/gtest.h>

namespace locus {
namespace {

TEST(Grid, HasAsManyLevelsAsItsBitsTell) {
  for (const std::int32_t bits : {2, 3, 5}) {
    const Grid grid{.bits = bits, .range = 2};
    std::set<double> levels;
    for (int k = -4000; k <= 4000; ++k) levels.insert(on_grid(k / 1000.0, grid, 0.5));
    EXPECT_EQ(levels.size(), std::size_t{1} << bits);
    EXPECT_EQ(*levels.begin(), -2);
    EXPECT_EQ(*levels.rbegin(), 2 - 4.0 / (1 << bits));
    EXPECT_TRUE(levels.contains(0));
  }
}

TEST(Grid, RoundsToTheNearestLevel) {
  const Grid grid{.bits = 4, .range = 1};
  for (int k = -999; k < 900; ++k) {
    const double value = k / 1000.0;
    double nearest = -1;
    for (int level = -8; level < 8; ++level) {
      if (std::abs(level / 8.0 - value) < std::abs(nearest - value)) nearest = level / 8.0;
    }
    const bool between = std::abs(value * 8 - std::floor(value * 8) - 0.5) < 1e-9;  // two levels
    EXPECT_TRUE(between || on_grid(value, grid, 0.5) == nearest) << value;
  }
}

TEST(Grid, KeepsItsLevelsWhateverIsDrawn) {
  for (const double range : {1.0, 0.3, 7.1}) {
    const Grid grid{.bits = 8, .range = range, .rounding = Rounding::kStochastic};
    for (int level = -128; level < 128; ++level) {
      for (const double draw : {1e-12, 0.5, 1 - 1e-12}) {
        const double value = level * grid.step();
        EXPECT_EQ(on_grid(value, grid, draw), value);
        const auto narrow = static_cast<float>(value);
        EXPECT_EQ(on_grid(narrow, grid, draw), narrow);
      }
    }
  }
}

TEST(Grid, LetsNoNumberBecomeAnother) {
  const Grid grid{.bits = 3, .range = 1};
  EXPECT_TRUE(std::isnan(on_grid(std::numeric_limits<double>::quiet_NaN(), grid, 0.5)));
  EXPECT_EQ(on_grid(std::numeric_limits<double>::infinity(), grid, 0.5), 0.75);
  EXPECT_EQ(on_grid(-std::numeric_limits<double>::infinity(), grid, 0.5), -1);
}

/// Rounding up with probability f, the part that rounding down would lose, has the mean of the
/// number and the variance step^2 f (1 - f), which is at most step^2 / 4. The mean of n draws is
/// within 4.9 standard deviations but for one seed in a million, and so is the variance, whose own
/// is below step^2 / (2 sqrt n).
TEST(Grid, StochasticRoundingIsUnbiased) {
  const Grid grid{.bits = 5, .range = 1, .rounding = Rounding::kStochastic};
  const RandomKey key = random_key(3, "test");
  const double step = grid.step();
  const std::int64_t n = 40000;
  for (const double value : {0.01, 0.3, -0.77, 0.53125, -0.04}) {
    const double part = value / step - std::floor(value / step);
    double sum = 0, squares = 0;
    for (std::int64_t k = 0; k < n; ++k) {
      const double off = on_grid(value, grid, rounding_draw(grid, key, 5, 2, k)) - value;
      EXPECT_LT(std::abs(off), step);
      sum += off;
      squares += off * off;
    }
    const double variance = step * step * part * (1 - part);
    const double root = std::sqrt(static_cast<double>(n));
    EXPECT_LE(std::abs(sum / root), 4.9 * std::sqrt(variance)) << value;
    EXPECT_LE(std::abs(squares / static_cast<double>(n) - variance), 4.9 * step * step / 2 / root) << value;
    EXPECT_LE(variance, step * step / 4);
  }
}

}  // namespace
}  // namespace locus
