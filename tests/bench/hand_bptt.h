// The limit for BPTT and truncated BPTT: handwritten Eigen for this rule alone, leaky tanh, the
// sequence loss.
//
// A lane is a column, and the columns of a tick stand side by side. There is one product for each
// tick forward and one back; readouts, errors and A^T eps of all ticks are one product each, and so
// is each gradient.
#pragma once

#include <algorithm>
#include <cmath>

#include <Eigen/Core>

namespace locus::bench {

template <class R>
struct HandBptt {
  using Matrix = Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic>;

  Eigen::Index ticks, lanes, depth, stride;
  R leak, rate;
  Matrix b, w, a;                // (n x m), (n x n), (o x n)
  Matrix x, target;              // (m x T lanes), (o x T lanes)
  Matrix h, slope, back, error;  // (n x (T + 1) lanes), (n x T lanes) twice, (o x T lanes)
  Matrix u, delta, from_errors;  // (n x lanes) twice, (n x T lanes)

  void prepare() {
    const Eigen::Index n = w.rows();
    h = Matrix::Zero(n, (ticks + 1) * lanes);
    slope = back = from_errors = Matrix::Zero(n, ticks * lanes);
    error = Matrix::Zero(a.rows(), ticks * lanes);
    u = delta = Matrix::Zero(n, lanes);
  }

  auto at(Matrix& all, Eigen::Index tick) { return all.middleCols(tick * lanes, lanes); }

  /// to += left * right; for one lane as a vector, for which Eigen has another kernel.
  template <class To, class Left, class Right>
  void add_product(To&& to, const Left& left, const Right& right) {
    if (lanes == 1) {
      to.col(0).noalias() += left * right.col(0);
    } else {
      to.noalias() += left * right;
    }
  }

  void forward() {
    for (Eigen::Index t = 0; t < ticks; ++t) {
      u.setZero();
      add_product(u, b, at(x, t));
      add_product(u, w, at(h, t));
      u = u.array().tanh();
      at(h, t + 1) = (R(1) - leak) * at(h, t) + leak * u;
      at(slope, t).array() = leak * (R(1) - u.array().square());
    }
  }

  void sweep(Eigen::Index now, Eigen::Index oldest_error) {
    const Eigen::Index visits = std::min(depth, now + 1);
    delta.setZero();
    for (Eigen::Index lag = 0; lag < visits; ++lag) {
      const Eigen::Index s = now - lag;
      if (s >= oldest_error) delta += at(from_errors, s);
      u.array() = at(slope, s).array() * delta.array();
      at(back, s) += u;
      if (lag == visits - 1) break;
      delta *= R(1) - leak;
      add_product(delta, w.transpose(), u);
    }
  }

  /// One update of all lanes. Returns the mean loss [1].
  double operator()() {
    forward();
    const auto states = h.rightCols(ticks * lanes);
    const R scale = R(1) / static_cast<R>(ticks);
    error = -target;
    error.noalias() += a * states;
    const double loss = 0.5 * static_cast<double>(error.squaredNorm()) / static_cast<double>(ticks * lanes);
    error *= scale;
    from_errors.noalias() = a.transpose() * error;
    back.setZero();
    Eigen::Index swept = -1;
    for (Eigen::Index t = 0; t < ticks; ++t) {
      if ((t + 1) % stride != 0 && t + 1 != ticks) continue;
      sweep(t, swept + 1);
      swept = t;
    }
    const R step = rate / static_cast<R>(lanes);
    w.noalias() -= step * (back * h.leftCols(ticks * lanes).transpose());
    b.noalias() -= step * (back * x.transpose());
    a.noalias() -= step * (error * states.transpose());
    return loss;
  }
};

}  // namespace locus::bench
