// How many values are not 0, at every length up to a few registers.
#include "core/kernel/count.h"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace locus {
namespace {

/// Of every length up to a few registers, where a value and then another one is 0 in turn; -0 is 0,
/// and what is not a number is none.
template <class R>
void expect_counts() {
  constexpr R kOthers[] = {R(1), -R(2), std::numeric_limits<R>::denorm_min(), std::numeric_limits<R>::quiet_NaN()};
  for (std::size_t size = 0; size < 150; ++size) {
    for (std::size_t every = 1; every < 6; ++every) {
      std::vector<R> values(size, R(0));
      std::int64_t wanted = 0;
      for (std::size_t k = 0; k < size; ++k) {
        values[k] = k % every == 0 ? kOthers[k % 4] : k % 2 == 0 ? R(0) : -R(0);
        wanted += k % every == 0 ? 1 : 0;
      }
      EXPECT_EQ(count_nonzero(values.data(), std::ssize(values)), wanted) << size << " values, every " << every;
    }
  }
}

TEST(Count, IsOfAllThatIsNotZero) {
  expect_counts<double>();
  expect_counts<float>();
}

}  // namespace
}  // namespace locus
