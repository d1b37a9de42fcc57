// The limit of spiking e-prop: one population of LIF neurons without autapses, one set of leaky
// readouts, handwritten for this work alone.
//
// It runs forward event by event. After the trial, each gradient is one product: L is low-passed
// from the last tick back, multiplied by psi, and then by the filtered spikes of all ticks (exact,
// not causal). Plain gradient descent. No actors, counts or options.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <Eigen/Core>

namespace locus::bench {

struct HandSpiking {
  using Matrix = Eigen::MatrixXd;  // column by column, which means source by source
  // row by row, which means tick by tick
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  Matrix w_in, w, a, b;                           // n x m, n x n, o x n, n x o (feedback)
  std::vector<std::vector<Eigen::Index>> events;  // input spikes of each tick
  Rows target;                                    // T x o
  double alpha = 0, threshold = 0, height = 0, width = 0, alpha_out = 0, kappa = 0, reg = 0, rate_target = 0, eta = 0;

  double trial() {
    const Eigen::Index n = w.rows(), m = w_in.cols(), o = a.rows(), ticks = target.rows();
    Rows psi(ticks, n), signal(ticks, n), in(ticks, m), rec(ticks, n), out(ticks, n), errors(ticks, o);
    Eigen::VectorXd v = Eigen::VectorXd::Zero(n), current(n), z = v, y = Eigen::VectorXd::Zero(o), heard(o), count = v;
    Eigen::RowVectorXd trace_in = Eigen::RowVectorXd::Zero(m), trace = Eigen::RowVectorXd::Zero(n), trace_out = trace;
    const double zeta = 1 - alpha, zeta_out = 1 - alpha_out;
    std::vector<Eigen::Index> spikes;
    double loss = 0;
    for (Eigen::Index t = 0; t < ticks; ++t) {
      current.setZero();
      trace *= alpha;
      trace_in *= alpha;
      for (const Eigen::Index j : spikes) current += w.col(j);
      for (const Eigen::Index j : spikes) trace[j] += zeta;
      for (const Eigen::Index j : events[static_cast<std::size_t>(t)]) current += w_in.col(j);
      for (const Eigen::Index j : events[static_cast<std::size_t>(t)]) trace_in[j] += zeta;
      rec.row(t) = trace;
      in.row(t) = trace_in;
      spikes.clear();
      heard.setZero();
      trace_out *= alpha_out;
      for (Eigen::Index i = 0; i < n; ++i) {
        v[i] = zeta * current[i] + alpha * v[i] - threshold * z[i];
        const double d = v[i] - threshold;
        psi(t, i) = height * std::max(0.0, 1 - std::abs(d) / width);
        z[i] = d >= 0 ? 1 : 0;
        if (d < 0) continue;
        spikes.push_back(i);
        heard += a.col(i);
        trace_out[i] += zeta_out;
        count[i] += 1;
      }
      out.row(t) = trace_out;
      y = zeta_out * heard + alpha_out * y;
      errors.row(t) = y.transpose() - target.row(t);
      loss += 0.5 * errors.row(t).squaredNorm();
      signal.row(t) = (b * errors.row(t).transpose()).transpose();
    }
    learn(psi, signal, in, rec, out, errors, count);
    return loss;
  }

 private:
  void learn(Rows& psi, Rows& signal, const Rows& in, const Rows& rec, const Rows& out, const Rows& errors,
             const Eigen::VectorXd& count) {
    const auto ticks = static_cast<double>(psi.rows());
    for (Eigen::Index t = psi.rows() - 2; t >= 0; --t) signal.row(t) += kappa * signal.row(t + 1);
    const Eigen::RowVectorXd off =
        reg * (count.transpose() / ticks - Eigen::RowVectorXd::Constant(w.rows(), rate_target)) / ticks;
    psi.array() *= ((1 - kappa) * signal.array()).rowwise() + off.array();
    w_in.noalias() -= eta * (psi.transpose() * in);
    const Eigen::VectorXd diagonal = w.diagonal();
    w.noalias() -= eta * (psi.transpose() * rec);
    w.diagonal() = diagonal;
    a.noalias() -= eta * (errors.transpose() * out);
  }
};

}  // namespace locus::bench
