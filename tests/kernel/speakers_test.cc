// Who speaks: a loop over registers' bits finds the values that a loop over single ones finds.
#include "core/kernel/speakers.h"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace locus {
namespace {

template <class R>
std::vector<std::ptrdiff_t> speakers(const std::vector<R>& values) {
  std::vector<std::ptrdiff_t> found;
  each_not_zero(values.data(), std::ssize(values), [&](std::ptrdiff_t k) { found.push_back(k); });
  return found;
}

/// Of every length up to some words: every third value and then every fifth speaks, so that each
/// place of a register and a word is met by both; -0 is 0, and what is not a number is none.
template <class R>
void expect_speakers() {
  constexpr R kSaid[] = {R(1), -R(2), std::numeric_limits<R>::denorm_min(), std::numeric_limits<R>::quiet_NaN(),
                         -std::numeric_limits<R>::infinity()};
  for (std::size_t size = 0; size < 200; ++size) {
    for (const std::size_t every : std::vector<std::size_t>{1, 3, 5, 64}) {
      for (std::size_t from = 0; from < every && from < 5; ++from) {
        std::vector<R> values(size);
        std::vector<std::ptrdiff_t> wanted;
        for (std::size_t k = 0; k < size; ++k) {
          const bool speaks = k % every == from;
          values[k] = speaks ? kSaid[k % 5] : k % 2 == 0 ? R(0) : -R(0);
          if (speaks) wanted.push_back(static_cast<std::ptrdiff_t>(k));
        }
        ASSERT_EQ(speakers(values), wanted) << size << " values, every " << every << " from " << from;
      }
    }
  }
}

TEST(Speakers, AreTheValuesThatAreNotZero) {
  expect_speakers<double>();
  expect_speakers<float>();
}

TEST(Speakers, AreNoneAmongSilentNeurons) {
  EXPECT_TRUE(speakers(std::vector<double>(300)).empty());
  EXPECT_TRUE(speakers(std::vector<float>(300)).empty());
}

/// Of two columns that speak at some places in turn, at others both, at others neither.
template <class R>
void expect_either() {
  for (std::size_t size = 0; size < 200; ++size) {
    std::vector<R> one(size);
    std::vector<R> other(size);
    std::vector<std::ptrdiff_t> wanted;
    for (std::size_t k = 0; k < size; ++k) {
      if (k % 3 == 1) one[k] = std::numeric_limits<R>::quiet_NaN();
      if (k % 7 == 2) other[k] = -R(1);
      if (k % 3 == 1 || k % 7 == 2) wanted.push_back(static_cast<std::ptrdiff_t>(k));
    }
    std::vector<std::ptrdiff_t> found;
    each_either_not_zero(one.data(), other.data(), std::ssize(one), [&](std::ptrdiff_t k) { found.push_back(k); });
    ASSERT_EQ(found, wanted) << size << " values";
    ASSERT_EQ(count_either_not_zero(one.data(), other.data(), std::ssize(one)), std::ssize(wanted)) << size << " values";
  }
}

TEST(Speakers, OfTwoColumnsSpeakInEither) {
  expect_either<double>();
  expect_either<float>();
}

/// A register of each width that the level has.
template <class R, std::size_t kBytes>
void expect_bits() {
  if constexpr (kBytes <= kWidest) {
    using Lane = Register<R, kBytes>;
    R values[Lane::kLanes] = {};
    for (std::int32_t lane = 0; lane < Lane::kLanes; ++lane) {
      values[lane] = R(3);
      EXPECT_EQ(bits_not_zero<Lane>(Lane::load(values)), std::uint64_t{1} << lane) << kBytes << " bytes";
      values[lane] = R(0);
    }
    EXPECT_EQ(bits_not_zero<Lane>(Lane::load(values)), 0U);
  }
}

TEST(Speakers, HaveABitEachInRegistersOfEveryWidth) {
  expect_bits<double, 16>();
  expect_bits<double, 32>();
  expect_bits<double, 64>();
  expect_bits<float, 16>();
  expect_bits<float, 32>();
  expect_bits<float, 64>();
}

}  // namespace
}  // namespace locus
