// The largest eigenvalue of the Hessian: against differences of the oracle's loss, in closed form,
// and of matrices that are known.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "sim/run/lanczos.h"
#include "sim/run/run.h"
#include "tests/support/oracle.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

double length_of(const std::vector<double>& a) {
  double sum = 0;
  for (const double value : a) sum += value * value;
  return std::sqrt(sum);
}

/// The largest eigenvalue of the Hessian, from second differences of the oracle's loss.
double largest_eigenvalue_by_differences(const Spec& spec) {
  constexpr double kStep = 1e-3;
  std::vector<std::pair<std::size_t, std::size_t>> places;
  for (std::size_t p = 0; p < spec.network.projections.size(); ++p) {
    const auto size = std::get<DenseMatrix>(spec.network.projections[p].weights).values.size();
    for (std::size_t k = 0; k < size; ++k) places.emplace_back(p, k);
  }
  Spec moved = spec;
  const auto loss_at = [&](std::size_t i, double di, std::size_t j, double dj) {
    const auto value = [&](std::size_t at) -> double& {
      return std::get<DenseMatrix>(moved.network.projections[places[at].first].weights).values[places[at].second];
    };
    const double before_i = value(i);
    value(i) += di;
    const double before_j = value(j);
    value(j) += dj;
    const double loss = oracle::loss_of(moved);
    value(j) = before_j;
    value(i) = before_i;
    return loss;
  };
  const std::size_t n = places.size();
  std::vector<std::vector<double>> hessian(n, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const auto mixed = [&](double h) {
        return (loss_at(i, h, j, h) - loss_at(i, h, j, -h) - loss_at(i, -h, j, h) + loss_at(i, -h, j, -h)) / (4 * h * h);
      };
      hessian[i][j] = (4 * mixed(kStep) - mixed(2 * kStep)) / 3;  // Richardson
    }
  }
  // power iteration of H + s, which has no negative eigenvalue
  double shift = 0;
  for (const auto& row : hessian) shift = std::max(shift, length_of(row) * std::sqrt(static_cast<double>(n)));
  std::vector<double> vector(n, 1);
  vector[0] = 2;
  double value = 0;
  for (int step = 0; step < 20000; ++step) {
    std::vector<double> next(n, 0);
    for (std::size_t i = 0; i < n; ++i) {
      next[i] = shift * vector[i];
      for (std::size_t j = 0; j < n; ++j) next[i] += hessian[i][j] * vector[j];
    }
    value = length_of(next) / length_of(vector) - shift;
    const double length = length_of(next);
    for (double& entry : next) entry /= length;
    vector = next;
  }
  return value;
}

TEST(Curvature, IsThatOfTheLoss) {
  for (const Activation activation : {Activation::kIdentity, Activation::kTanh}) {
    Spec spec = smooth_model({1, 2, 1, 3}, {.activation = activation, .leak = 0.75, .loss = Loss::kSequence}, 61);
    spec.rules = {rule_spec(RuleKind::kBptt)};
    spec.compare = CompareSpec{1, {}, 1, true};
    const RunResult result = run(spec, {.threads = 1});
    const std::vector<Curvature>& found = result.outcomes[0].comparisons.curvature;
    ASSERT_EQ(found.size(), 2U);
    const double expected = largest_eigenvalue_by_differences(spec);
    EXPECT_NEAR(found[0].largest_eigenvalue, expected, 1e-5 * std::abs(expected));
    EXPECT_LT(found[0].residual, 1e-6);
    EXPECT_LE(found[0].products, 9);
  }
}

/// A readout alone learns: L = |A h - y|^2 / 2 with fixed h, so that H = h h^T for each readout.
TEST(Curvature, OfALinearReadoutIsInClosedForm) {
  Spec spec = small_model({2, 4, 3, 1}, {.plastic_b = false, .plastic_w = false}, 71);
  spec.rules = {rule_spec(RuleKind::kBptt)};
  spec.compare = CompareSpec{1, {}, 1, true};
  const auto& b = std::get<DenseMatrix>(spec.network.projections[0].weights);
  const auto& x = std::get<DenseMatrix>(std::get<RecordedTask>(spec.task).trials[0].input);
  double square = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const double h = b.values[2 * i] * x.values[0] + b.values[2 * i + 1] * x.values[1];
    square += h * h;
  }
  const RunResult result = run(spec, {.threads = 1});
  EXPECT_NEAR(result.outcomes[0].comparisons.curvature.at(0).largest_eigenvalue, square, 1e-8 * square);
}

TEST(Lanczos, FindsTheLargestEigenvalueOfADiagonal) {
  for (const std::size_t n : {1U, 2U, 7U, 300U}) {
    std::vector<double> diagonal(n);
    for (std::size_t k = 0; k < n; ++k) diagonal[k] = -5 + 8.0 * static_cast<double>(k + 1) / static_cast<double>(n);
    diagonal.back() = 4;
    const HessianProduct product = [&](std::span<const double> x, std::span<double> y) {
      for (std::size_t k = 0; k < n; ++k) y[k] = diagonal[k] * x[k];
    };
    const auto top = largest_eigenvalue(n, product, 3, 100);
    ASSERT_TRUE(top.has_value());
    EXPECT_NEAR(top->value, 4, 1e-6);
    EXPECT_LE(top->residual, 1e-6);
    EXPECT_LE(top->products, 100);
  }
  EXPECT_FALSE(largest_eigenvalue(0, {}, 1, 10).has_value());
  const HessianProduct none = [](std::span<const double>, std::span<double> y) { std::ranges::fill(y, 0.0); };
  EXPECT_EQ(largest_eigenvalue(5, none, 1, 10)->value, 0.0);
  const HessianProduct broken = [](std::span<const double>, std::span<double> y) { std::ranges::fill(y, NAN); };
  EXPECT_FALSE(largest_eigenvalue(5, broken, 1, 10).has_value());
}

}  // namespace
}  // namespace locus
