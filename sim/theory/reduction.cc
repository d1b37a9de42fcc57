#include "sim/theory/reduction.h"

#include <cmath>

#include <Eigen/QR>

#include "core/base/check.h"

namespace locus::theory {
namespace {

/// What does not change while RFLO trains.
struct Constants {
  Matrix g;                     // G = R R^T (o x o)
  Matrix k;                     // K = R B_0 (o x m)
  Matrix h;                     // H = B_0^T B_0 (m x m)
  std::vector<Matrix> targets;  // A* W*^k B* (o x m), k = 0 .. T - 1
};

std::vector<Matrix> responses(const LinearNetwork& network, int ticks) {
  std::vector<Matrix> result;
  Matrix state = network.b;
  for (int k = 0; k < ticks; ++k) {
    result.push_back(network.a * state);
    state = network.w * state;
  }
  return result;
}

/// g_k: the part of h's response to an input k ticks ago that R^T carries (o x m).
std::vector<Matrix> carried(const Overlaps& z, int ticks) {
  std::vector<Matrix> g = {z.s};
  for (int k = 1; k < ticks; ++k) {
    g.push_back(z.p * g.back());
    if (k == 1) g.back() += z.q;
  }
  return g;
}

Overlaps zero_of(const Overlaps& z) {
  const auto zero = [](const Matrix& m) { return Matrix(Matrix::Zero(m.rows(), m.cols())); };
  return {zero(z.a), zero(z.c), zero(z.s), zero(z.p), zero(z.q)};
}

struct Step {
  double loss = 0;
  Overlaps delta;
};

Step step_of(const Overlaps& z, const Constants& fixed, double decay, const ExactTrial& trial) {
  const int ticks = static_cast<int>(fixed.targets.size());
  const std::vector<Matrix> g = carried(z, ticks);
  Step step{.delta = zero_of(z)};
  std::vector<Matrix> c, with_r, with_b;  // C_k; h_k^T R^T and h_k^T B_0 of the response h_k
  for (int k = 0; k < ticks; ++k) {
    const auto at = static_cast<std::size_t>(k);
    c.push_back(z.a * g[at] - fixed.targets[at]);
    with_r.push_back(g[at].transpose() * fixed.g);
    with_b.push_back(g[at].transpose() * fixed.k);
    if (k == 0) {
      c[0] += z.c;
      with_r[0] += fixed.k.transpose();
      with_b[0] += fixed.h;
    }
    step.loss += 0.5 * trial.weight(k) * c[at].squaredNorm();
    c[at] *= trial.weight(k);
    step.delta.a += c[at] * with_r[at];
    step.delta.c += c[at] * with_b[at];
    step.delta.s += std::pow(decay, k) * c[at];
  }
  for (int j = 0; j + 1 < ticks; ++j) {
    for (int l = 0; j + 1 + l < ticks; ++l) {
      const Matrix& error = c[static_cast<std::size_t>(j + 1 + l)];
      step.delta.p += std::pow(decay, j) * error * with_r[static_cast<std::size_t>(l)];
      step.delta.q += std::pow(decay, j) * error * with_b[static_cast<std::size_t>(l)];
    }
  }
  return step;
}

}  // namespace

Matrix invariant_basis(const LinearNetwork& network, const Matrix& feedback) {
  const Eigen::Index units = network.b.rows();
  Matrix span(units, network.a.rows() + network.b.cols() + feedback.rows());
  span.leftCols(network.a.rows()) = network.a.transpose();
  span.middleCols(network.a.rows(), network.b.cols()) = network.b;
  if (feedback.size() > 0) span.rightCols(feedback.rows()) = feedback.transpose();
  const Eigen::ColPivHouseholderQR<Matrix> qr(span);
  return qr.householderQ() * Matrix::Identity(units, qr.rank());
}

LinearNetwork projected(const LinearNetwork& network, const Matrix& basis) {
  return {network.a * basis, basis.transpose() * network.w * basis, basis.transpose() * network.b};
}

OverlapTraining train_overlaps(const LinearNetwork& student, const LinearNetwork& teacher, const Matrix& feedback,
                               double decay, const ExactTrial& trial, double learning_rate, std::int64_t updates) {
  CHECK(student.w.isZero(0), "the overlaps are closed where W begins at 0");
  const Eigen::Index outputs = student.a.rows();
  const Eigen::Index inputs = student.b.cols();
  const Constants fixed = {feedback * feedback.transpose(), feedback * student.b, student.b.transpose() * student.b,
                           responses(teacher, trial.ticks)};
  Overlaps z = {student.a * feedback.transpose(), student.a * student.b, Matrix::Zero(outputs, inputs),
                Matrix::Zero(outputs, outputs), Matrix::Zero(outputs, inputs)};
  OverlapTraining training;
  for (std::int64_t update = 0;; ++update) {
    const Step step = step_of(z, fixed, decay, trial);
    if (!std::isfinite(step.loss)) break;
    training.losses.push_back(step.loss);
    if (update == updates) break;
    z.a -= learning_rate * step.delta.a;
    z.c -= learning_rate * step.delta.c;
    z.s -= learning_rate * step.delta.s;
    z.p -= learning_rate * step.delta.p;
    z.q -= learning_rate * step.delta.q;
  }
  training.last = z;
  return training;
}

}  // namespace locus::theory
