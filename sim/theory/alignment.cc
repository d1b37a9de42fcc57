#include "sim/theory/alignment.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <Eigen/Eigenvalues>

#include "core/base/check.h"

namespace locus::theory {
namespace {

/// The share of the squared norm that lies on the diagonal; 0 for a zero matrix.
double diagonal_share(const Matrix& matrix) {
  const double all = matrix.squaredNorm();
  return all > 0 ? matrix.diagonal().squaredNorm() / all : 0;
}

double off_diagonal_norm(const Matrix& matrix) {
  Matrix rest = matrix;
  rest.diagonal().setZero();
  return rest.norm();
}

Matrix normalised(const Matrix& matrix) {
  const double norm = matrix.norm();
  return norm > 0 ? Matrix(matrix / norm) : matrix;
}

/// Scales the direction to length 1 with a positive largest entry; returns the signed length that
/// was taken out.
double take_length(Vector& direction) {
  Eigen::Index largest = 0;
  direction.cwiseAbs().maxCoeff(&largest);
  const double length = std::copysign(direction.norm(), direction(largest));
  if (length != 0) direction /= length;
  return length;
}

/// Q, with the columns B v_i / |B v_i| (n x modes).
Matrix hidden_directions(const LinearNetwork& student, const Bases& bases) {
  return (student.b * bases.v).colwise().normalized();
}

double strength(const Mode& mode) { return std::abs(mode.a * mode.b) / std::sqrt(1 - mode.w * mode.w); }

}  // namespace

std::optional<AlignedNetwork> take_apart(const LinearNetwork& network, double tolerance) {
  const Matrix reads = normalised(network.a.transpose() * network.a);
  const Matrix writes = normalised(network.b * network.b.transpose());
  const Matrix recurrent = normalised(network.w);
  if ((recurrent - recurrent.transpose()).norm() > tolerance) return std::nullopt;
  // The factors of the mixture are unrelated, so it has equal eigenvalues only where the three
  // matrices share an eigenspace. If any basis diagonalises all three, the eigenvectors of the
  // mixture do.
  const Matrix mixture = recurrent + 0.6180339887 * reads + 0.2718281828 * writes;
  const Eigen::SelfAdjointEigenSolver<Matrix> solver((mixture + mixture.transpose()) / 2);
  const Matrix& p = solver.eigenvectors();
  for (const Matrix& part : {recurrent, reads, writes}) {
    if (off_diagonal_norm(p.transpose() * part * p) > tolerance) return std::nullopt;
  }
  AlignedNetwork found;
  std::vector<Vector> u, q, v;
  for (Eigen::Index i = 0; i < p.cols(); ++i) {
    Vector hidden = p.col(i);
    take_length(hidden);
    Vector out = network.a * hidden;
    Vector in = network.b.transpose() * hidden;
    const Mode mode = {take_length(out), take_length(in), hidden.dot(network.w * hidden)};
    if (std::abs(mode.a) <= tolerance * network.a.norm() || std::abs(mode.b) <= tolerance * network.b.norm()) continue;
    if (std::abs(mode.w) >= 1) return std::nullopt;
    found.modes.push_back(mode);
    u.push_back(out);
    q.push_back(hidden);
    v.push_back(in);
  }
  std::vector<std::size_t> order(found.modes.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(
      order, [&](std::size_t x, std::size_t y) { return strength(found.modes[x]) > strength(found.modes[y]); });
  const auto count = static_cast<Eigen::Index>(order.size());
  found.bases = {Matrix(network.a.rows(), count), Matrix(p.rows(), count), Matrix(network.b.cols(), count)};
  std::vector<Mode> sorted;
  for (Eigen::Index i = 0; i < count; ++i) {
    const std::size_t from = order[static_cast<std::size_t>(i)];
    sorted.push_back(found.modes[from]);
    found.bases.u.col(i) = u[from];
    found.bases.p.col(i) = q[from];
    found.bases.v.col(i) = v[from];
  }
  found.modes = std::move(sorted);
  return found;
}

Alignment alignment_with(const LinearNetwork& student, const Bases& bases, const Matrix& feedback) {
  const Matrix into = student.b * bases.v;
  const Matrix q = hidden_directions(student, bases);
  Alignment result;
  result.input = diagonal_share(into.transpose() * into);
  result.recurrent = diagonal_share(q.transpose() * student.w * q);
  result.output = diagonal_share(bases.u.transpose() * student.a * q);
  if (feedback.size() > 0) result.feedback = diagonal_share(bases.u.transpose() * feedback * q);
  return result;
}

std::vector<Mode> modes_within(const LinearNetwork& student, const Bases& bases) {
  return diagonal_in(student, {bases.u, hidden_directions(student, bases), bases.v});
}

double largest_coupling(const LinearNetwork& network, const Bases& bases) {
  double largest = 0;
  for (Matrix part : {Matrix(bases.u.transpose() * network.a * bases.p), Matrix(bases.p.transpose() * network.w * bases.p),
                      Matrix(bases.p.transpose() * network.b * bases.v)}) {
    part.diagonal().setZero();
    largest = std::max(largest, part.cwiseAbs().maxCoeff());
  }
  return largest;
}

std::vector<Mode> diagonal_in(const LinearNetwork& network, const Bases& bases) {
  const Eigen::Index count = std::min({bases.u.cols(), bases.p.cols(), bases.v.cols()});
  std::vector<Mode> modes;
  for (Eigen::Index i = 0; i < count; ++i) {
    const Vector p = bases.p.col(i);
    modes.push_back({bases.u.col(i).dot(network.a * p), p.dot(network.b * bases.v.col(i)), p.dot(network.w * p)});
  }
  return modes;
}

LinearNetwork assemble(const Bases& bases, const std::vector<Mode>& modes) {
  const Eigen::Index n = bases.p.rows();
  LinearNetwork network = {Matrix::Zero(bases.u.rows(), n), Matrix::Zero(n, n), Matrix::Zero(n, bases.v.rows())};
  for (std::size_t k = 0; k < modes.size(); ++k) {
    const auto i = static_cast<Eigen::Index>(k);
    CHECK(i < bases.u.cols() && i < bases.p.cols() && i < bases.v.cols(), "a mode needs a direction in every basis");
    network.a += modes[k].a * bases.u.col(i) * bases.p.col(i).transpose();
    network.w += modes[k].w * bases.p.col(i) * bases.p.col(i).transpose();
    network.b += modes[k].b * bases.p.col(i) * bases.v.col(i).transpose();
  }
  return network;
}

}  // namespace locus::theory
