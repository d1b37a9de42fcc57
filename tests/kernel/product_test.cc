// Products of weights with columns of neurons, against plain loops: every size at which another
// kernel takes over, and part of a matrix.
#include "core/kernel/product.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace locus {
namespace {

template <class R>
R value(int k) {
  return static_cast<R>(std::sin(1.7 * k + 0.3));
}

template <class R>
std::vector<R> drawn(int size, int seed) {
  std::vector<R> values;
  for (int k = 0; k < size; ++k) values.push_back(value<R>(k + 1000 * seed));
  return values;
}

/// Both products of a part of a matrix with a column distance of `stride`; sums in long double.
template <class R>
void expect_products(int targets, int sources, int lanes, int stride, double tolerance) {
  const std::vector<R> weight = drawn<R>(stride * sources, 1);
  const std::vector<R> of_sources = drawn<R>(sources * lanes, 2);
  const std::vector<R> of_targets = drawn<R>(targets * lanes, 3);
  std::vector<R> to_targets = drawn<R>(targets * lanes, 4);
  std::vector<R> to_sources = drawn<R>(sources * lanes, 5);
  const std::vector<R> targets_before = to_targets;
  const std::vector<R> sources_before = to_sources;
  const WeightsView<R> w{weight.data(), targets, sources, stride};
  add_product(w, of_sources.data(), lanes, to_targets.data());
  add_transposed_product(w, of_targets.data(), lanes, to_sources.data());
  const auto at = [](int row, int lane, int all) { return static_cast<std::size_t>(row * all + lane); };
  for (int lane = 0; lane < lanes; ++lane) {
    for (int i = 0; i < targets; ++i) {
      long double sum = targets_before[at(i, lane, lanes)];
      for (int j = 0; j < sources; ++j)
        sum += weight[at(j, i, stride)] * static_cast<long double>(of_sources[at(j, lane, lanes)]);
      ASSERT_NEAR(to_targets[at(i, lane, lanes)], static_cast<double>(sum), tolerance * sources)
          << targets << " x " << sources << ", " << lanes << " lanes, target " << i << ", lane " << lane;
    }
    for (int j = 0; j < sources; ++j) {
      long double sum = sources_before[at(j, lane, lanes)];
      for (int i = 0; i < targets; ++i)
        sum += weight[at(j, i, stride)] * static_cast<long double>(of_targets[at(i, lane, lanes)]);
      ASSERT_NEAR(to_sources[at(j, lane, lanes)], static_cast<double>(sum), tolerance * targets)
          << targets << " x " << sources << ", " << lanes << " lanes, source " << j << ", lane " << lane;
    }
  }
}

TEST(Product, IsThatOfPlainLoops) {
  for (const int targets : {1, 3, 4, 8, 17, 33, 130, 200}) {
    for (const int sources : {1, 2, 5, 16, 130}) {
      for (const int lanes : {1, 2, 4, 7, 16, 33, 47}) {
        expect_products<double>(targets, sources, lanes, targets, 1e-15);
        expect_products<float>(targets, sources, lanes, targets, 1e-6);
        if (HasFatalFailure()) return;
      }
    }
  }
}

/// Weights that are far in memory with one lane, and weights that are gathered for many lanes, with
/// more inputs than one block.
TEST(Product, OfManyWeightsIsThatOfPlainLoops) {
  for (const auto& [targets, sources, lanes] : {std::array{530, 300, 1}, std::array{263, 611, 1}, std::array{37, 300, 100},
                                                std::array{21, 530, 49}, std::array{300, 37, 32}}) {
    expect_products<double>(targets, sources, lanes, targets, 1e-15);
    expect_products<float>(targets, sources, lanes, targets, 1e-6);
    if (HasFatalFailure()) return;
  }
}

TEST(Product, TakesPartOfAMatrix) {
  for (const int lanes : {1, 32}) {
    expect_products<double>(9, 6, lanes, 20, 1e-15);
    expect_products<double>(140, 130, lanes, 300, 1e-15);
  }
}

/// Products of one tape's rows with another's: both layouts of a tape, against sums in long double;
/// the memory between the columns stays the same.
template <class R>
void expect_outer_products(int targets, int sources, int rows, bool tick_is_contiguous, double tolerance) {
  const std::vector<R> left = drawn<R>(targets * rows, 1);
  const std::vector<R> right = drawn<R>(sources * rows, 2);
  const int stride = targets + 3;
  std::vector<R> weight = drawn<R>(stride * sources, 3);
  const std::vector<R> before = weight;
  const auto view = [&](const std::vector<R>& values, int neurons) {
    return tick_is_contiguous ? RowsView<R>{values.data(), rows, neurons, neurons, 1}
                              : RowsView<R>{values.data(), rows, neurons, 1, rows};
  };
  const RowsView<R> said = view(left, targets);
  const RowsView<R> heard = view(right, sources);
  const R rate = R(0.25);
  subtract_outer_products(rate, said, heard, weight.data(), stride);
  for (int j = 0; j < sources; ++j) {
    for (int i = 0; i < stride; ++i) {
      const auto at = static_cast<std::size_t>(j * stride + i);
      if (i >= targets) {
        ASSERT_EQ(weight[at], before[at]);
        continue;
      }
      long double sum = 0;
      for (int row = 0; row < rows; ++row)
        sum += static_cast<long double>(said.value[row * said.by_row + i * said.by_neuron]) *
               heard.value[row * heard.by_row + j * heard.by_neuron];
      ASSERT_NEAR(inner_product(said, i, heard, j), static_cast<double>(sum), tolerance * rows);
      ASSERT_NEAR(weight[at], static_cast<double>(before[at] - rate * sum), tolerance * rows)
          << targets << " x " << sources << ", " << rows << " rows, synapse " << j << " to " << i;
    }
  }
}

TEST(Product, OfTapesIsTheSumOverTheirRows) {
  for (const int targets : {1, 4, 17, 64}) {
    for (const int sources : {1, 5, 33}) {
      for (const int rows : {1, 7, 100, 1001}) {
        for (const bool tick_is_contiguous : {false, true}) {
          expect_outer_products<double>(targets, sources, rows, tick_is_contiguous, 1e-15);
          expect_outer_products<float>(targets, sources, rows, tick_is_contiguous, 1e-6);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

/// A run of rows at once, for a part of the sources and of the targets, against one product for
/// each row.
TEST(Product, OfARunOfRowsIsThatOfEach) {
  // the last two are the distances between rows
  constexpr std::int32_t kTargets = 19, kSources = 6, kRows = 9, kFrom = 11, kTo = 23;
  const std::vector<double> weight = drawn<double>(kTargets * kSources, 1);
  const std::vector<double> said = drawn<double>(kFrom * kRows, 2);
  std::vector<double> whole = drawn<double>(kTo * kRows, 3);
  std::vector<double> each = whole;
  const WeightsView<double> w{weight.data(), kTargets, kSources, kTargets};
  add_products<double>(w, {said.data(), kRows, kSources, kFrom, 1}, whole.data(), kTo);
  for (std::size_t row = 0; row < kRows; ++row)
    add_product<double>(w, said.data() + row * kFrom, 1, each.data() + row * kTo);
  for (std::size_t k = 0; k < whole.size(); ++k) EXPECT_NEAR(whole[k], each[k], 1e-14) << k;
  EXPECT_NE(whole[0], drawn<double>(1, 3)[0]);
}

/// With one lane, a range of whole grains of targets gives the same bits as the whole product, so
/// that threads may take any range; for few weights, and for weights that are far in memory.
template <class R>
void expect_bits_of_the_whole(std::int32_t targets, std::int32_t sources, std::int32_t range) {
  const std::vector<R> weight = drawn<R>(targets * sources, 1);
  const std::vector<R> said = drawn<R>(sources, 2);
  std::vector<R> whole(static_cast<std::size_t>(targets), R(0));
  std::vector<R> parts = whole;
  add_product<R>({weight.data(), targets, sources, targets}, said.data(), 1, whole.data());
  for (std::int32_t first = 0; first < targets; first += range) {
    add_product<R>({weight.data() + first, std::min(range, targets - first), sources, targets}, said.data(), 1,
                   parts.data() + first);
  }
  EXPECT_EQ(whole, parts) << targets << " x " << sources << " by " << range;
}

TEST(Product, OfARangeHasTheBitsOfTheWhole) {
  for (const std::int32_t range : {128, 384}) {
    for (const std::int32_t targets : {256, 1000}) {
      for (const std::int32_t sources : {96, 301}) {
        expect_bits_of_the_whole<double>(targets, sources, range);
        expect_bits_of_the_whole<float>(targets, sources, range);
      }
    }
  }
}

}  // namespace
}  // namespace locus
