// Stability: closed forms against a Jacobian by differences, and the regions that the signs decide.
#include "sim/theory/fixed_point.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <Eigen/Eigenvalues>
#include <gtest/gtest.h>

#include "tests/theory/draw.h"

namespace locus::theory {
namespace {

/// The Jacobian of the flow -Delta by five-point differences (error of order step^4).
Eigen::Matrix3d jacobian(const Mode& z, const Mode& teacher, const ModeRule& rule) {
  constexpr double kStep = 2e-4;
  constexpr std::array<double Mode::*, 3> kParts = {&Mode::a, &Mode::b, &Mode::w};
  Eigen::Matrix3d result;
  for (int col = 0; col < 3; ++col) {
    const auto at = [&](double steps) {
      Mode moved = z;
      moved.*kParts[static_cast<std::size_t>(col)] += steps * kStep;
      const Mode change = delta(moved, teacher, rule);
      return Eigen::Vector3d(-change.a, -change.b, -change.w);
    };
    result.col(col) = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * kStep);
  }
  return result;
}

std::vector<std::complex<double>> eigenvalues(const Eigen::Matrix3d& matrix) {
  const Eigen::Vector3cd found = matrix.eigenvalues();
  return {found.begin(), found.end()};
}

/// The distance of two sets of three numbers in their best pairing.
double distance(const std::vector<std::complex<double>>& found, const std::array<std::complex<double>, 3>& told) {
  std::array<std::size_t, 3> order = {0, 1, 2};
  double best = std::numeric_limits<double>::infinity();
  do {
    double worst = 0;
    for (std::size_t i = 0; i < 3; ++i) worst = std::max(worst, std::abs(found[i] - told[order[i]]));
    best = std::min(best, worst);
  } while (std::ranges::next_permutation(order).found);
  return best;
}

void expect_closed_forms(const Mode& teacher, double s, const ModeRule& rule) {
  const Linearisation told = linearise(teacher, s, rule);
  const Eigen::Matrix3d j = jacobian(optimum(teacher, s), teacher, rule);
  // l1 l2 + l1 l3 + l2 l3; one of them is 0
  const double minors = (j.trace() * j.trace() - (j * j).trace()) / 2;
  const double scale = 1 + j.norm();
  EXPECT_NEAR(-j.trace(), told.trace, 1e-6 * scale);
  EXPECT_NEAR(minors, told.determinant, 1e-6 * scale * scale);
  // Two equal eigenvalues change with the square root of a perturbation; the test then compares the
  // polynomial, above.
  const double gap = std::abs(told.trace * told.trace / 4 - told.determinant);
  if (gap > 1e-3 * scale * scale && std::abs(told.determinant) > 1e-3 * scale * scale) {
    EXPECT_LE(distance(eigenvalues(j), told.eigenvalues), 1e-6 * scale);
  }
  double largest_real = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 1; i < 3; ++i) largest_real = std::max(largest_real, told.eigenvalues[i].real());
  EXPECT_EQ(told.stable, largest_real < 0);
  EXPECT_EQ(told.eigenvalues[0], std::complex<double>(0, 0));
}

TEST(FixedPoint, ClosedFormsEqualANumericalJacobian) {
  Draw draw(11);
  for (int trial = 0; trial < 1000; ++trial) {
    const Mode teacher = draw.mode(0.85);
    const double s = draw.signed_between(0.3, 2.5);
    for (const ModeRule& rule : draw.rules()) expect_closed_forms(teacher, s, rule);
  }
}

TEST(FixedPoint, EigenvaluesMultiplyAndAddUpToDeterminantAndTrace) {
  Draw draw(12);
  for (int trial = 0; trial < 1000; ++trial) {
    const Mode teacher = draw.mode(0.95);
    for (const ModeRule& rule : draw.rules()) {
      const Linearisation told = linearise(teacher, draw.signed_between(0.1, 3), rule);
      const auto& [zero, first, second] = told.eigenvalues;
      EXPECT_NEAR((first + second).real(), -told.trace, 1e-12 * (1 + std::abs(told.trace)));
      EXPECT_NEAR((first * second).real(), told.determinant, 1e-12 * (1 + std::abs(told.determinant)));
      EXPECT_NEAR((first * second).imag(), 0, 1e-12 * (1 + std::abs(told.determinant)));
      EXPECT_EQ(told.rate, std::min(std::abs(first.real()), std::abs(second.real())));
    }
  }
}

TEST(FixedPoint, ReducesToThePublishedForms) {
  Draw draw(13);
  for (int trial = 0; trial < 300; ++trial) {
    const Mode teacher = draw.mode(0.9);
    const double s = draw.signed_between(0.3, 2.5);
    for (const ModeRule& rule : draw.rules()) {
      if (rule.kind == RuleKind::kTbptt && rule.depth > 1) continue;
      const double p = teacher.a * teacher.b, w = teacher.w, b = p / s, e = 1 - w * w;
      const double f = signal_is_own(rule) ? s : rule.feedback;
      const double r = rule.kind == RuleKind::kTbptt ? 0 : memory_is_own(rule) ? w : rule.decay;
      const double d = 1 - r * w;
      const Linearisation told = linearise(teacher, s, rule);
      const double trace = b * b / e + s * f / d + f * b * p * (1 - r * w * w * w) / (d * d * e * e);
      const double determinant = f * b * p * (b * b + s * f) / (d * d * e * e);
      EXPECT_NEAR(told.trace, trace, 1e-12 * (std::abs(b * b / e) + std::abs(trace)) + 1e-10);
      EXPECT_NEAR(told.determinant, determinant, 1e-10 * (1 + std::abs(determinant)));
    }
  }
}

TEST(FixedPoint, BpttAndTruncatedBpttAreAlwaysStable) {
  Draw draw(14);
  for (int trial = 0; trial < 1000; ++trial) {
    const Mode teacher = draw.mode(0.98);
    const double s = draw.signed_between(0.05, 4);
    EXPECT_TRUE(linearise(teacher, s, {.kind = RuleKind::kBptt}).stable);
    for (const int depth : {1, 2, 3, 5, 40})
      EXPECT_TRUE(linearise(teacher, s, {.kind = RuleKind::kTbptt, .depth = depth}).stable);
  }
}

TEST(FixedPoint, RfloIsDecidedBySignAndTrace) {
  Draw draw(15);
  int stable_against_sign = 0;
  for (int trial = 0; trial < 20000; ++trial) {
    const Mode teacher = draw.mode(0.95);
    const double s = draw.signed_between(0.1, 3);
    const ModeRule rule = {
        .kind = RuleKind::kRflo, .feedback = draw.signed_between(0.02, 2), .decay = draw.uniform(-0.95, 0.95)};
    const Linearisation told = linearise(teacher, s, rule);
    const double b = teacher.a * teacher.b / s;
    const double product = rule.feedback * s;
    if (product > 0) {
      EXPECT_TRUE(told.stable);
    } else if (-product < b * b) {
      EXPECT_LT(told.determinant, 0);  // a saddle
      EXPECT_FALSE(told.stable);
    } else {
      EXPECT_EQ(told.stable, told.trace > 0);
      if (told.stable) ++stable_against_sign;
    }
  }
  EXPECT_GT(stable_against_sign, 0);           // possible
  EXPECT_LT(stable_against_sign, 20000 / 50);  // but rare
}

TEST(FixedPoint, OneOptimumIsStableAgainstTheSignOfItsFeedback) {
  const Mode teacher = {1, -1.385, -0.677};
  const ModeRule rule = {.kind = RuleKind::kRflo, .feedback = 0.1077, .decay = 0.677};
  expect_closed_forms(teacher, -2.672, rule);
  EXPECT_TRUE(linearise(teacher, -2.672, rule).stable);
  EXPECT_LT(rule.feedback * -2.672, 0);
}

TEST(FixedPoint, OriginIsASaddleUnderItsOwnSignal) {
  Draw draw(16);
  for (int trial = 0; trial < 300; ++trial) {
    const Mode teacher = draw.mode(0.85);
    const double w = draw.uniform(-0.85, 0.85);
    for (const ModeRule& rule : draw.rules()) {
      const auto told = saddle_eigenvalues(teacher, w, rule);
      ASSERT_EQ(told.has_value(), signal_is_own(rule));
      if (!told) continue;
      const Eigen::Matrix3d j = jacobian({0, 0, w}, teacher, rule);
      EXPECT_LE(distance(eigenvalues(j), {(*told)[0], (*told)[1], (*told)[2]}), 1e-6 * (1 + j.norm()));
      EXPECT_LT((*told)[0], 0);
      EXPECT_GT((*told)[2], 0);
    }
    EXPECT_NEAR(saddle_loss(teacher), loss({0, 0, w}, teacher), 1e-12 * saddle_loss(teacher));
  }
}

TEST(FixedPoint, BpttIsSlowestAtTheBalancedPoint) {
  Draw draw(17);
  for (int trial = 0; trial < 1000; ++trial) {
    const Mode teacher = draw.mode(0.95);
    const ModeRule bptt = {.kind = RuleKind::kBptt};
    const double balanced = linearise(teacher, std::sqrt(std::abs(teacher.a * teacher.b)), bptt).rate;
    EXPECT_GE(linearise(teacher, draw.signed_between(0.05, 5), bptt).rate, balanced * (1 - 1e-9));
  }
}

}  // namespace
}  // namespace locus::theory
