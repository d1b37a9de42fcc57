// Random modes and networks for the tests of the theory, as functions of a seed.
#pragma once

#include <Eigen/QR>

#include "sim/theory/linear_network.h"
#include "sim/theory/mode.h"
#include "tests/support/random_model.h"

namespace locus::theory {

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : dice_(seed) {}

  double uniform(double low, double high) {
    return low + (high - low) * static_cast<double>(dice_.bits() >> 11) * 0x1p-53;
  }

  /// In +-[low, high].
  double signed_between(double low, double high) { return (dice_.chance(50) ? 1 : -1) * uniform(low, high); }

  Mode mode(double largest_w) {
    const double a = signed_between(0.2, 2);
    const double b = signed_between(0.2, 2);
    return {a, b, uniform(-largest_w, largest_w)};
  }

  Matrix matrix(int rows, int cols, double scale) {
    return Matrix::NullaryExpr(rows, cols, [&] { return scale * uniform(-1, 1); });
  }

  /// Q of a random matrix.
  Matrix orthogonal(int size) { return Eigen::HouseholderQR<Matrix>(matrix(size, size, 1)).householderQ(); }

  LinearNetwork network(int inputs, int units, int readouts) {
    return {matrix(readouts, units, 1), matrix(units, units, 0.9 / units), matrix(units, inputs, 1)};
  }

  /// Every kind of rule that moves a mode, with random numbers.
  std::vector<ModeRule> rules() {
    return {{.kind = RuleKind::kBptt},
            {.kind = RuleKind::kTbptt, .depth = 1},
            {.kind = RuleKind::kTbptt, .depth = 2},
            {.kind = RuleKind::kTbptt, .depth = 7},
            {.kind = RuleKind::kRflo, .feedback = signed_between(0.05, 2), .decay = uniform(-0.95, 0.95)},
            {.kind = RuleKind::kEprop},
            {.kind = RuleKind::kEpropRandom, .feedback = signed_between(0.05, 2)},
            {.kind = RuleKind::kRtrl}};
  }

 private:
  Dice dice_;
};

}  // namespace locus::theory
