// The limit for BPTT on pictures that are read pixel by pixel: leaky tanh with a bias, the
// cross-entropy of the last tick, plain gradient descent, handwritten Eigen for this work alone.
//
// A lane is a column, and the columns of a tick stand side by side, as in hand_bptt.h. Errors come
// at the last tick only. Pictures stand ready in the order in which they are shown.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <Eigen/Core>

namespace locus::bench {

template <class R>
struct HandDigits {
  using Matrix = Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic>;

  Eigen::Index ticks = 0, lanes = 0;
  R leak = 0, rate = 0;
  Matrix b, w, a;                                  // (n x 2: pixel and 1), (n x n), (o x n)
  std::vector<Matrix> pictures;                    // by batch: (2 x T lanes)
  std::vector<std::vector<std::int32_t>> classes;  // by batch, by lane
  std::size_t next = 0;                            // batch
  Matrix h, slope, back;                           // (n x (T + 1) lanes), twice (n x T lanes)
  Matrix u, delta, error;                          // twice (n x lanes), (o x lanes)

  void prepare() {
    const Eigen::Index n = w.rows();
    h = Matrix::Zero(n, (ticks + 1) * lanes);
    slope = back = Matrix::Zero(n, ticks * lanes);
    u = delta = Matrix::Zero(n, lanes);
  }

  auto at(Matrix& all, Eigen::Index tick) { return all.middleCols(tick * lanes, lanes); }

  /// One update of all lanes. Returns the mean loss [1].
  double operator()() {
    Matrix& x = pictures[next];
    for (Eigen::Index t = 0; t < ticks; ++t) {
      u.noalias() = b * at(x, t);
      u.noalias() += w * at(h, t);
      u = u.array().tanh();
      at(h, t + 1) = (R(1) - leak) * at(h, t) + leak * u;
      at(slope, t).array() = leak * (R(1) - u.array().square());
    }
    const double loss = compare();
    delta.noalias() = a.transpose() * error;
    for (Eigen::Index t = ticks - 1; t >= 0; --t) {
      at(back, t).array() = at(slope, t).array() * delta.array();
      if (t == 0) break;
      delta *= R(1) - leak;
      delta.noalias() += w.transpose() * at(back, t);
    }
    const R step = rate / static_cast<R>(lanes);
    w.noalias() -= step * (back * h.leftCols(ticks * lanes).transpose());
    b.noalias() -= step * (back * x.transpose());
    a.noalias() -= step * (error * at(h, ticks).transpose());
    next = (next + 1) % pictures.size();
    return loss;
  }

 private:
  /// softmax(y) less the class of each lane, and the mean cross-entropy.
  double compare() {
    error.noalias() = a * at(h, ticks);
    double loss = 0;
    for (Eigen::Index lane = 0; lane < lanes; ++lane) {
      auto own = error.col(lane);
      own.array() = (own.array() - own.maxCoeff()).exp();
      own /= own.sum();
      R& chosen = own[classes[next][static_cast<std::size_t>(lane)]];
      loss -= std::log(static_cast<double>(chosen));
      chosen -= R(1);
    }
    return loss / static_cast<double>(lanes);
  }
};

}  // namespace locus::bench
