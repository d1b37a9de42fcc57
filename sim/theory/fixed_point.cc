#include "sim/theory/fixed_point.h"

#include <algorithm>
#include <cmath>

#include "core/base/check.h"

namespace locus::theory {
namespace {

struct Sums {
  double plain = 0;     // S0
  double weighted = 0;  // S2
};

/// S0 and S2 for x = r w*, |x| < 1: sums over j < tau, or over all j if `depth` is 0.
Sums sums(double x, int depth) {
  if (depth <= 0) return {1 / (1 - x), 1 / ((1 - x) * (1 - x))};
  Sums result;
  double power = 1;
  for (int j = 0; j < depth; ++j, power *= x) {
    result.plain += power;
    result.weighted += (j + 1) * power;
  }
  return result;
}

/// The roots of l^2 + trace l + determinant = 0, without the cancellation of the school formula.
std::array<std::complex<double>, 2> roots(double trace, double determinant) {
  const double discriminant = trace * trace / 4 - determinant;
  if (discriminant < 0) {
    const double turn = std::sqrt(-discriminant);
    return {std::complex<double>(-trace / 2, -turn), std::complex<double>(-trace / 2, turn)};
  }
  const double large = -(trace / 2 + std::copysign(std::sqrt(discriminant), trace));
  const double small = large == 0 ? 0 : determinant / large;
  return {std::complex<double>(std::min(large, small), 0), std::complex<double>(std::max(large, small), 0)};
}

}  // namespace

Mode optimum(const Mode& teacher, double s) { return {.a = s, .b = teacher.a * teacher.b / s, .w = teacher.w}; }

Linearisation linearise(const Mode& teacher, double s, const ModeRule& rule) {
  CHECK(s != 0, "the optimal manifold has no point with a = 0");
  const Mode z = optimum(teacher, s);
  const double p = teacher.a * teacher.b;
  const double signal = signal_is_own(rule) ? s : rule.feedback;
  const double memory = memory_is_own(rule) ? teacher.w : rule.decay;
  const double e = 1 - teacher.w * teacher.w;
  const Sums sum = sums(memory * teacher.w, depth_of(rule));
  Linearisation result;
  result.s = s;
  result.trace = z.b * z.b / e + s * signal * sum.plain +
                 signal * z.b * p * (sum.weighted / e + sum.plain * teacher.w * teacher.w / (e * e));
  result.determinant = signal * z.b * p * (z.b * z.b * sum.weighted + s * signal * sum.plain * sum.plain) / (e * e);
  const auto pair = roots(result.trace, result.determinant);
  result.eigenvalues = {std::complex<double>(0, 0), pair[0], pair[1]};
  result.stable = result.trace > 0 && result.determinant > 0;
  result.rate = std::min(std::abs(pair[0].real()), std::abs(pair[1].real()));
  return result;
}

std::optional<std::array<double, 3>> saddle_eigenvalues(const Mode& teacher, double w, const ModeRule& rule) {
  if (!signal_is_own(rule)) return std::nullopt;
  const double overlap = w * teacher.w;
  const double grow = std::abs(teacher.a * teacher.b) * std::sqrt(sums(overlap, depth_of(rule)).plain / (1 - overlap));
  return std::array<double, 3>{-grow, 0, grow};
}

double saddle_loss(const Mode& teacher) {
  const double p = teacher.a * teacher.b;
  return p * p / (2 * (1 - teacher.w * teacher.w));
}

}  // namespace locus::theory
