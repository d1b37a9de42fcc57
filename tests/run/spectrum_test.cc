// Ranks of changes with known singular values.
#include "sim/run/spectrum.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include <gtest/gtest.h>

#include "sim/model/realise.h"
#include "sim/run/rank.h"

namespace locus {
namespace {

/// left x right.
DenseMatrix times(const DenseMatrix& left, const DenseMatrix& right) {
  DenseMatrix product = {left.rows, right.cols, std::vector<double>(static_cast<std::size_t>(left.rows * right.cols))};
  for (std::int64_t i = 0; i < left.rows; ++i) {
    for (std::int64_t j = 0; j < right.cols; ++j) {
      for (std::int64_t k = 0; k < left.cols; ++k)
        product.values[static_cast<std::size_t>(i * right.cols + j)] +=
            left.values[static_cast<std::size_t>(i * left.cols + k)] *
            right.values[static_cast<std::size_t>(k * right.cols + j)];
    }
  }
  return product;
}

DenseMatrix transpose(const DenseMatrix& matrix) {
  DenseMatrix turned = {matrix.cols, matrix.rows, matrix.values};
  for (std::int64_t i = 0; i < matrix.rows; ++i) {
    for (std::int64_t j = 0; j < matrix.cols; ++j)
      turned.values[static_cast<std::size_t>(j * matrix.rows + i)] =
          matrix.values[static_cast<std::size_t>(i * matrix.cols + j)];
  }
  return turned;
}

/// (rows x cols) with `values` on its diagonal, 0 elsewhere.
DenseMatrix diagonal(std::int64_t rows, std::int64_t cols, const std::vector<double>& values) {
  DenseMatrix matrix = {rows, cols, std::vector<double>(static_cast<std::size_t>(rows * cols))};
  for (std::size_t i = 0; i < values.size(); ++i) matrix.values[i * static_cast<std::size_t>(cols) + i] = values[i];
  return matrix;
}

DenseMatrix scaled_identity(double scale, std::int64_t side) {
  return diagonal(side, side, std::vector<double>(static_cast<std::size_t>(side), scale));
}

TEST(Spectrum, CountsDirections) {
  const DenseMatrix left = {7, 2, {1, 2, 0, 1, 3, -1, 2, 2, 1, 0, -1, 4, 0, 5}};
  const DenseMatrix right = {2, 5, {1, 0, 2, -1, 1, 0, 3, 1, 1, -2}};
  const Spectrum low = spectrum_of(times(left, right));
  EXPECT_EQ(low.rank, 2);
  EXPECT_LT(low.effective_rank, 2 + 1e-9);
  EXPECT_GT(low.effective_rank, 1);
  EXPECT_NEAR(spectrum_of(scaled_identity(3, 4)).effective_rank, 4, 1e-12);
}

TEST(Spectrum, IsTheRotatedDiagonal) {
  const double c = std::cos(0.7), s = std::sin(0.7);
  const DenseMatrix turn = {2, 2, {c, -s, s, c}};
  const Spectrum found = spectrum_of(times(turn, times(diagonal(2, 2, {3, 1}), transpose(turn))));
  EXPECT_NEAR(found.singular_values[0], 3, 1e-14);
  EXPECT_NEAR(found.singular_values[1], 1, 1e-14);
  EXPECT_NEAR(found.effective_rank, std::exp(0.75 * std::log(4 / 3.0) + 0.25 * std::log(4.0)), 1e-13);
}

TEST(Spectrum, IsWhatTheMatrixWasMadeFrom) {
  for (const auto& [rows, cols] :
       {std::pair<std::int64_t, std::int64_t>{1, 1}, {1, 6}, {9, 9}, {40, 23}, {23, 40}, {70, 70}}) {
    for (const double scale : {1.0, 1e-6, 1e6}) {
      std::vector<double> values;  // some equal, some far apart, the last ones 0
      for (std::int64_t i = 0; i < std::min(rows, cols); ++i)
        values.push_back(i > 0 && 5 * i > 4 * std::min(rows, cols) ? 0 : scale * std::pow(0.6, double(i / 2)));
      const DenseMatrix made = times(random_orthogonal(1, "left", rows),
                                     times(diagonal(rows, cols, values), random_orthogonal(1, "right", cols)));
      const std::vector<double> found = spectrum_of(made).singular_values;
      ASSERT_EQ(found.size(), values.size());
      EXPECT_TRUE(std::ranges::is_sorted(found, std::greater<>()));
      for (std::size_t i = 0; i < values.size(); ++i)
        EXPECT_NEAR(found[i] / scale, values[i] / scale, 4e-14) << rows << " x " << cols << ", value " << i;
    }
  }
}

TEST(Spectrum, OfNothingIsNothing) {
  EXPECT_EQ(spectrum_of(scaled_identity(0, 3)).rank, 0);
  EXPECT_EQ(spectrum_of(scaled_identity(0, 3)).effective_rank, 0);
  EXPECT_EQ(spectrum_of(scaled_identity(1e-14, 3), 1e-9, 1e-13).rank, 0);
  EXPECT_EQ(spectrum_of(scaled_identity(1e-12, 3), 1e-9, 1e-13).rank, 3);
}

TEST(Rank, IsOfTheChangeNotOfTheWeights) {
  const ProjectionWeights before{"W", DenseMatrix{2, 2, {1, 2, 3, 5}}};
  const ProjectionWeights after{"W", DenseMatrix{2, 2, {2, 3, 4, 6}}};
  const auto report = rank_of_change(before, after, Precision::kFloat64, 512);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->rank, 1);
  EXPECT_NEAR(report->singular_values[0], 2, 1e-14);
  EXPECT_FALSE(rank_of_change(before, after, Precision::kFloat64, 1));
}

}  // namespace
}  // namespace locus
