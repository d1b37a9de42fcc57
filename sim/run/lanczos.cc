#include "sim/run/lanczos.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include <Eigen/Eigenvalues>

#include "core/base/random.h"

namespace locus {
namespace {

constexpr double kFound = 1e-8;  // residual, relative to the eigenvalue
// the rest of a product, relative to it, that is nothing but rounding
constexpr double kClosed = 1e-13;

double dot(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

void subtract(double factor, std::span<const double> from, std::span<double> vector) {
  for (std::size_t k = 0; k < vector.size(); ++k) vector[k] -= factor * from[k];
}

/// The largest eigenvalue of the symmetric tridiagonal matrix, and the last entry of its vector.
std::pair<double, double> top_of(const std::vector<double>& diagonal, const std::vector<double>& beside) {
  const auto size = static_cast<Eigen::Index>(diagonal.size());
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
  solver.computeFromTridiagonal(Eigen::Map<const Eigen::VectorXd>(diagonal.data(), size),
                                Eigen::Map<const Eigen::VectorXd>(beside.data(), size - 1));
  return {solver.eigenvalues()(size - 1), solver.eigenvectors()(size - 1, size - 1)};
}

}  // namespace

std::optional<TopEigenvalue> largest_eigenvalue(std::size_t n, const HessianProduct& product, std::uint64_t seed,
                                                std::int32_t most) {
  if (n == 0) return std::nullopt;
  std::vector<std::vector<double>> basis;  // orthonormal
  std::vector<double> next(n);
  fill_normal(random_key(seed, "curvature"), 0, 0, 1, next);
  std::vector<double> diagonal;
  std::vector<double> beside;
  TopEigenvalue top;
  double length = std::sqrt(dot(next, next));
  while (top.products < std::min<std::int64_t>(most, static_cast<std::int64_t>(n))) {
    for (double& value : next) value /= length;
    basis.push_back(next);
    product(basis.back(), next);
    ++top.products;
    const double whole = std::sqrt(dot(next, next));
    if (!std::isfinite(whole)) return std::nullopt;
    diagonal.push_back(dot(basis.back(), next));
    for (int twice = 0; twice < 2; ++twice) {  // once leaves rounding in the span
      for (const std::vector<double>& known : basis) subtract(dot(known, next), known, next);
    }
    length = std::sqrt(dot(next, next));
    const auto [value, last] = top_of(diagonal, beside);
    top.value = value;
    const bool closed = length <= kClosed * whole;  // the span holds all that H makes of it
    const double left = closed ? 0 : length * std::abs(last);
    top.residual = value != 0 ? left / std::abs(value) : 0;
    if (closed || (top.residual <= kFound && value != 0)) break;
    beside.push_back(length);
  }
  return top;
}

}  // namespace locus
