// The limit at the paper's scale (arXiv:2606.00243): student and teacher, both linear, white noise,
// the final loss; handwritten Eigen for each rule alone.
//
// The inputs come from the same generator as in the task (this is the environment's work, the same
// in both). Their currents of all ticks are one product. RFLO has one trace for each source; a
// final loss needs no readout and no gradient before T.
#pragma once

#include <algorithm>
#include <vector>

#include <Eigen/Core>

#include "core/base/random.h"
#include "core/protocol/rule.h"

namespace locus::bench {

template <class R>
struct HandLinear {
  using Matrix = Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic>;
  struct Net {
    Matrix b, w, a;  // (n x m), (n x n), (o x n)
    Matrix u;        // currents of the inputs (n x T lanes)
    Matrix h;        // (n x (T + 1) lanes)
  };

  RuleKind kind;
  Eigen::Index ticks, lanes;
  R rate, decay;
  Net student, teacher;
  Matrix feedback;  // R (o x n)
  RandomKey key;    // of the inputs
  // the shapes are (m x T lanes), (n x T lanes), (n x lanes), (o x lanes), (n x lanes)
  Matrix x, back, trace, error, work;
  Matrix input_trace;    // (m x lanes)
  std::vector<R> drawn;  // x_1 .. x_T, lane by lane under each input (T x m x lanes)
  std::int64_t trial = 0;

  void prepare() {
    const Eigen::Index n = student.w.rows();
    for (Net* net : {&student, &teacher}) {
      net->u = Matrix::Zero(n, ticks * lanes);
      net->h = Matrix::Zero(n, (ticks + 1) * lanes);
    }
    x = Matrix::Zero(student.b.cols(), ticks * lanes);
    back = Matrix::Zero(n, ticks * lanes);
    trace = work = Matrix::Zero(n, lanes);
    input_trace = Matrix::Zero(x.rows(), lanes);
    error = Matrix::Zero(student.a.rows(), lanes);
    drawn.resize(static_cast<std::size_t>(x.size()));
  }

  auto at(Matrix& all, Eigen::Index tick) { return all.middleCols(tick * lanes, lanes); }

  void draw() {
    const auto m = static_cast<std::size_t>(x.rows());
    fill_normal_lanes(key, static_cast<std::uint64_t>(trial), 1, static_cast<std::size_t>(ticks), m,
                      static_cast<std::size_t>(lanes), drawn.data());
    for (Eigen::Index t = 0; t < ticks; ++t)
      at(x, t) = Eigen::Map<const Matrix>(drawn.data() + t * x.rows() * lanes, lanes, x.rows()).transpose();
    trial += lanes;
  }

  template <class To, class Left, class Right>
  void add_product(To&& to, const Left& left, const Right& right) {
    if (lanes == 1) {
      to.col(0).noalias() += left * right.col(0);
    } else {
      to.noalias() += left * right;
    }
  }

  void forward(Net& net) {
    net.u.noalias() = net.b * x;
    for (Eigen::Index t = 0; t < ticks; ++t) {
      at(net.h, t + 1) = at(net.u, t);
      add_product(at(net.h, t + 1), net.w, at(net.h, t));
    }
  }

  void learn_by_traces(R step) {
    trace.setZero();
    input_trace.setZero();
    for (Eigen::Index t = 0; t < ticks; ++t) {
      trace = decay * trace + at(student.h, t);
      input_trace = decay * input_trace + at(x, t);
    }
    work.noalias() = feedback.transpose() * error;
    student.w.noalias() -= step * (work * trace.transpose());
    student.b.noalias() -= step * (work * input_trace.transpose());
  }

  /// Puts the last `depth` ticks into columns of `back`, then does one product for each projection.
  void learn_by_columns(Eigen::Index depth, R step) {
    const auto columns = depth * lanes;
    student.w.noalias() -=
        step * (back.rightCols(columns) * student.h.middleCols((ticks - depth) * lanes, columns).transpose());
    student.b.noalias() -= step * (back.rightCols(columns) * x.rightCols(columns).transpose());
  }

  void learn(R step) {
    if (kind == RuleKind::kRflo) return learn_by_traces(step);
    at(back, ticks - 1).noalias() = student.a.transpose() * error;
    const Eigen::Index depth = kind == RuleKind::kTbptt ? 1 : ticks;
    for (Eigen::Index t = ticks - 2; t >= ticks - depth; --t) {
      auto to = at(back, t);
      if (kind == RuleKind::kEprop) {  // the decay of the trace is the neuron's own weight
        to = student.w.diagonal().asDiagonal() * at(back, t + 1);
      } else {
        to.setZero();
        add_product(to, student.w.transpose(), at(back, t + 1));
      }
    }
    learn_by_columns(depth, step);
  }

  /// One update. Returns the mean loss [1].
  double operator()() {
    draw();
    forward(student);
    forward(teacher);
    error.noalias() = student.a * at(student.h, ticks) - teacher.a * at(teacher.h, ticks);
    const R step = rate / static_cast<R>(lanes);
    learn(step);  // with A before the commit
    student.a.noalias() -= step * (error * at(student.h, ticks).transpose());
    return 0.5 * static_cast<double>(error.squaredNorm()) / static_cast<double>(lanes);
  }
};

}  // namespace locus::bench
