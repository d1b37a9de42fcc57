// Ranks of changes with known singular values.
#include "sim/run/spectrum.h"

#include <cmath>

#include <gtest/gtest.h>

#include "sim/run/rank.h"

namespace locus {
namespace {

using Eigen::MatrixXd;

TEST(Spectrum, CountsDirections) {
  const MatrixXd left{{1, 2}, {0, 1}, {3, -1}, {2, 2}, {1, 0}, {-1, 4}, {0, 5}};
  const MatrixXd right{{1, 0, 2, -1, 1}, {0, 3, 1, 1, -2}};
  const Spectrum low = spectrum_of(left * right);
  EXPECT_EQ(low.rank, 2);
  EXPECT_LT(low.effective_rank, 2 + 1e-9);
  EXPECT_GT(low.effective_rank, 1);
  EXPECT_NEAR(spectrum_of(3 * MatrixXd::Identity(4, 4)).effective_rank, 4, 1e-12);
}

TEST(Spectrum, IsTheRotatedDiagonal) {
  const double c = std::cos(0.7), s = std::sin(0.7);
  const MatrixXd turn{{c, -s}, {s, c}};
  const Spectrum found = spectrum_of(turn * Eigen::Vector2d(3, 1).asDiagonal() * turn.transpose());
  EXPECT_NEAR(found.singular_values(0), 3, 1e-14);
  EXPECT_NEAR(found.singular_values(1), 1, 1e-14);
  EXPECT_NEAR(found.effective_rank, std::exp(0.75 * std::log(4 / 3.0) + 0.25 * std::log(4.0)), 1e-13);
}

TEST(Spectrum, OfNothingIsNothing) {
  EXPECT_EQ(spectrum_of(MatrixXd::Zero(3, 3)).rank, 0);
  EXPECT_EQ(spectrum_of(MatrixXd::Zero(3, 3)).effective_rank, 0);
  EXPECT_EQ(spectrum_of(1e-14 * MatrixXd::Identity(3, 3), 1e-9, 1e-13).rank, 0);
  EXPECT_EQ(spectrum_of(1e-12 * MatrixXd::Identity(3, 3), 1e-9, 1e-13).rank, 3);
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
