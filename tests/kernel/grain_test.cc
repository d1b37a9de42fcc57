// Every product cut where grains end (core/base/tree.h) gives the bits of the whole one: on this
// rests that a run is the same however its neurons are shared out. The cuts go through every kernel
// that a size, a number of lanes or a layout chooses.
#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/tree.h"
#include "core/kernel/product.h"

namespace locus {
namespace {

template <class R>
std::vector<R> numbers(std::int64_t size, int seed) {
  std::vector<R> values;
  for (std::int64_t k = 0; k < size; ++k)
    values.push_back(static_cast<R>(std::sin(1.7 * static_cast<double>(k) + seed)));
  return values;
}

/// Calls visit(first, size) for parts of one and of two grains.
template <class Visit>
void each_part(std::int32_t neurons, Visit visit) {
  const Grains grains{neurons};
  for (std::int32_t grain = 0; grain < grains.count(); ++grain) visit(grains.begin(grain), grains.size(grain));
  if (grains.count() == 3) visit(grains.begin(1), neurons - grains.begin(1));
}

constexpr std::int32_t kSizes[] = {2 * kGrain + 1, 2 * kGrain + kLeastGrain, 2 * kGrain + 233};

template <class R>
void expect_sending(std::int32_t targets, std::int32_t sources, std::int32_t lanes) {
  const std::vector<R> weight = numbers<R>(std::int64_t{targets} * sources, 1);
  const std::vector<R> from = numbers<R>(std::int64_t{sources} * lanes, 2);
  const std::vector<R> before = numbers<R>(std::int64_t{targets} * lanes, 3);
  std::vector<R> whole = before;
  add_product<R>({weight.data(), targets, sources, targets}, from.data(), lanes, whole.data());
  EXPECT_NE(whole, before);
  each_part(targets, [&](std::int32_t first, std::int32_t size) {
    // a part's weights stand together
    std::vector<R> own;
    for (std::int32_t j = 0; j < sources; ++j) {
      const auto begin = weight.begin() + std::ptrdiff_t{j} * targets + first;
      own.insert(own.end(), begin, begin + size);
    }
    std::vector<R> part(before.begin() + std::ptrdiff_t{first} * lanes,
                        before.begin() + std::ptrdiff_t{first + size} * lanes);
    add_product<R>({own.data(), size, sources, size}, from.data(), lanes, part.data());
    EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + std::ptrdiff_t{first} * lanes))
        << targets << " x " << sources << ", " << lanes << " lanes, from " << first;
  });
}

TEST(Grain, CutsSendingNowhere) {
  for (const std::int32_t targets : kSizes) {
    for (const std::int32_t sources : {1, 7, 300}) {
      for (const std::int32_t lanes : {1, 2, 3, 6, 32}) {
        if (std::int64_t{sources} * lanes > 5000) continue;
        expect_sending<double>(targets, sources, lanes);
        expect_sending<float>(targets, sources, lanes);
      }
    }
  }
}

/// What sources are told by all targets, for parts of the sources.
template <class R>
void expect_carrying(std::int32_t targets, std::int32_t sources, std::int32_t lanes) {
  const std::vector<R> weight = numbers<R>(std::int64_t{targets} * sources, 1);
  const std::vector<R> from = numbers<R>(std::int64_t{targets} * lanes, 2);
  const std::vector<R> before = numbers<R>(std::int64_t{sources} * lanes, 3);
  std::vector<R> whole = before;
  add_transposed_product<R>({weight.data(), targets, sources, targets}, from.data(), lanes, whole.data());
  EXPECT_NE(whole, before);
  each_part(sources, [&](std::int32_t first, std::int32_t size) {
    std::vector<R> part(before.begin() + std::ptrdiff_t{first} * lanes,
                        before.begin() + std::ptrdiff_t{first + size} * lanes);
    add_transposed_product<R>({weight.data() + std::ptrdiff_t{first} * targets, targets, size, targets}, from.data(),
                              lanes, part.data());
    EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + std::ptrdiff_t{first} * lanes))
        << targets << " x " << sources << ", " << lanes << " lanes, from " << first;
  });
}

TEST(Grain, CutsWhatIsCarriedBackNowhere) {
  for (const std::int32_t sources : kSizes) {
    for (const std::int32_t targets : {1, 5, 40}) {
      for (const std::int32_t lanes : {1, 2, 3, 6, 32}) {
        expect_carrying<double>(targets, sources, lanes);
        expect_carrying<float>(targets, sources, lanes);
      }
    }
  }
}

template <class R>
void expect_rows(std::int32_t targets, std::int32_t sources, std::int32_t rows) {
  const std::vector<R> weight = numbers<R>(std::int64_t{targets} * sources, 1);
  const std::vector<R> from = numbers<R>(std::int64_t{sources} * rows, 2);
  std::vector<R> whole(static_cast<std::size_t>(targets) * static_cast<std::size_t>(rows), R(0));
  const RowsView<R> said{from.data(), rows, sources, sources, 1};
  add_products<R>({weight.data(), targets, sources, targets}, said, whole.data(), targets);
  each_part(targets, [&](std::int32_t first, std::int32_t size) {
    std::vector<R> own;
    for (std::int32_t j = 0; j < sources; ++j) {
      const auto begin = weight.begin() + std::ptrdiff_t{j} * targets + first;
      own.insert(own.end(), begin, begin + size);
    }
    std::vector<R> part(static_cast<std::size_t>(size) * static_cast<std::size_t>(rows), R(0));
    add_products<R>({own.data(), size, sources, size}, said, part.data(), size, {.targets = targets});
    for (std::int32_t row = 0; row < rows; ++row) {
      EXPECT_TRUE(std::equal(part.begin() + std::ptrdiff_t{row} * size, part.begin() + std::ptrdiff_t{row + 1} * size,
                             whole.begin() + std::ptrdiff_t{row} * targets + first))
          << targets << " x " << sources << ", row " << row << " of " << rows << ", from " << first;
    }
  });
}

TEST(Grain, CutsProductsOfManyTicksNowhere) {
  for (const std::int32_t targets : kSizes) {
    for (const std::int32_t sources : {1, 20, 45}) {  // 20: few as a part, many as a whole
      for (const std::int32_t rows : {1, 5, 32}) {
        expect_rows<double>(targets, sources, rows);
        expect_rows<float>(targets, sources, rows);
      }
    }
  }
}

/// Changes: the sum over rows of what targets and sources said, for parts of the targets and of the
/// sources, of both layouts of a tape.
template <class R>
void expect_changes(std::int32_t targets, std::int32_t sources, std::int32_t rows, bool by_tick) {
  const std::vector<R> left = numbers<R>(std::int64_t{targets} * rows, 1);
  const std::vector<R> right = numbers<R>(std::int64_t{sources} * rows, 2);
  const std::vector<R> before = numbers<R>(std::int64_t{targets} * sources, 3);
  const auto view = [&](const std::vector<R>& values, std::int32_t neurons, std::int32_t first, std::int32_t size) {
    return by_tick ? RowsView<R>{values.data() + first, rows, size, neurons, 1}
                   : RowsView<R>{values.data() + std::ptrdiff_t{first} * rows, rows, size, 1, rows};
  };
  std::vector<R> whole = before;
  subtract_outer_products(R(0.25), view(left, targets, 0, targets), view(right, sources, 0, sources), whole.data(),
                          targets);
  EXPECT_NE(whole, before);
  const auto expect_part = [&](std::int32_t i, std::int32_t width, std::int32_t j, std::int32_t columns) {
    std::vector<R> part;
    for (std::int32_t column = 0; column < columns; ++column) {
      const auto begin = before.begin() + std::ptrdiff_t{j + column} * targets + i;
      part.insert(part.end(), begin, begin + width);
    }
    subtract_outer_products(R(0.25), view(left, targets, i, width), view(right, sources, j, columns), part.data(),
                            width, {targets, sources});
    for (std::int32_t column = 0; column < columns; ++column) {
      EXPECT_TRUE(std::equal(part.begin() + std::ptrdiff_t{column} * width, part.begin() + std::ptrdiff_t{column + 1} * width,
                             whole.begin() + std::ptrdiff_t{j + column} * targets + i))
          << targets << " x " << sources << ", " << rows << " rows, " << (by_tick ? "by tick" : "by neuron")
          << ", targets from " << i << ", sources from " << j;
    }
  };
  if (targets > kGrain) {
    each_part(targets, [&](std::int32_t first, std::int32_t size) { expect_part(first, size, 0, sources); });
  } else {
    each_part(sources, [&](std::int32_t first, std::int32_t size) { expect_part(0, targets, first, size); });
  }
}

TEST(Grain, CutsChangesNowhere) {
  for (const bool by_tick : {false, true}) {
    for (const std::int32_t rows : {1, 9, 100}) {
      for (const std::int32_t neurons : kSizes) {
        for (const std::int32_t others : {1, 20, 45}) {
          expect_changes<double>(neurons, others, rows, by_tick);
          expect_changes<float>(neurons, others, rows, by_tick);
          expect_changes<double>(others, neurons, rows, by_tick);
          expect_changes<float>(others, neurons, rows, by_tick);
        }
      }
    }
  }
}

}  // namespace
}  // namespace locus
