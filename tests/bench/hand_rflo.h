// The limit for online RFLO: a handwritten loop for this rule alone, without actors, counts or
// options.
//
// Leaky tanh, scalar type R, one trial, a commit every tick. One pass of a tick reads and writes
// each weight and trace once: learning of tick t - 1, its commit, and the currents of tick t. It is
// stored by source and vectorised over targets, four sources at a time, with the same care as the
// program's pass.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "core/actor/activation.h"
#include "core/base/column.h"

namespace locus::bench {

template <class R>
struct HandRflo {
  std::size_t m = 0, n = 0, o = 0, ticks = 0;
  R leak = 1, decay = 0, rate = 0;
  Column<R> b, w, a, r;  // (m x n), (n x n), (n x o) by source; R (o x n)
  Column<R> pb, pw, pa;  // traces of b and w; h of the last tick for a
  Column<R> h, h_before, x_before, current, gain, signal, y, epsilon;
  Column<R> unused;  // zeros: the currents after the last tick

  /// Allocates the columns whose sizes follow from b, w, a and r.
  void allocate() {
    pb.assign(b.size(), R(0));
    pw.assign(w.size(), R(0));
    for (Column<R>* column : {&pa, &h, &h_before, &current, &gain, &signal, &unused}) column->assign(n, R(0));
    x_before.assign(m, R(0));
    y.assign(o, R(0));
    epsilon.assign(o, R(0));
  }

  void reset() {
    for (Column<R>* column : {&pb, &pw, &h, &h_before, &x_before, &gain, &signal, &epsilon})
      column->assign(column->size(), R(0));
  }

  static void pass(std::size_t sources, std::size_t targets, R* __restrict weight, R* __restrict trace, const R* before,
                   const R* now, const R* __restrict gain, const R* __restrict signal, R* __restrict current, R decay,
                   R rate) {
    std::size_t j = 0;
    for (; j + 4 <= sources; j += 4) {
      R* w = weight + j * targets;
      R* p = trace + j * targets;
#pragma GCC ivdep
      for (std::size_t i = 0; i < targets; ++i) {
        R sum = current[i];
#pragma GCC unroll 4
        for (std::size_t k = 0; k < 4; ++k) {
          const R t = decay * p[k * targets + i] + gain[i] * before[j + k];
          const R v = w[k * targets + i] - rate * (signal[i] * t);
          p[k * targets + i] = t;
          w[k * targets + i] = v;
          sum += v * now[j + k];
        }
        current[i] = sum;
      }
    }
    for (; j < sources; ++j) {
      R* w = weight + j * targets;
      R* p = trace + j * targets;
      for (std::size_t i = 0; i < targets; ++i) {
        const R t = decay * p[i] + gain[i] * before[j];
        const R v = w[i] - rate * (signal[i] * t);
        p[i] = t;
        w[i] = v;
        current[i] += v * now[j];
      }
    }
  }

  /// One trial with the sequence loss. Returns the loss.
  double trial(const R* x, const R* target) {
    reset();
    double loss = 0;
    const R scale = R(1) / static_cast<R>(ticks);
    for (std::size_t t = 0; t < ticks; ++t) {
      current.assign(n, R(0));
      pass(m, n, b.data(), pb.data(), x_before.data(), x + t * m, gain.data(), signal.data(), current.data(), decay, rate);
      pass(n, n, w.data(), pw.data(), h_before.data(), h.data(), gain.data(), signal.data(), current.data(), decay, rate);
      h_before = h;
      x_before.assign(x + t * m, x + (t + 1) * m);
      for (std::size_t i = 0; i < n; ++i) {
        const R phi =
            // the program's function: in float32 the library's would take longer than everything
            // else
            hyperbolic_tangent(current[i]);
        h[i] = (R(1) - leak) * h[i] + leak * phi;
        gain[i] = leak * (R(1) - phi * phi);
      }
      for (std::size_t k = 0; k < o; ++k) y[k] = 0;
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t k = 0; k < o; ++k) {
          R& v = a[j * o + k];
          v -= rate * (epsilon[k] * pa[j]);
          y[k] += v * h[j];
        }
      }
      pa = h;
      signal.assign(n, R(0));
      for (std::size_t k = 0; k < o; ++k) {
        const R error = y[k] - target[t * o + k];
        loss += 0.5 * static_cast<double>(scale) * static_cast<double>(error) * static_cast<double>(error);
        epsilon[k] = scale * error;
        for (std::size_t i = 0; i < n; ++i) signal[i] += r[k * n + i] * epsilon[k];
      }
    }
    pass(m, n, b.data(), pb.data(), x_before.data(), unused.data(), gain.data(), signal.data(), current.data(), decay,
         rate);
    pass(n, n, w.data(), pw.data(), h_before.data(), unused.data(), gain.data(), signal.data(), current.data(), decay,
         rate);
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < o; ++k) a[j * o + k] -= rate * (epsilon[k] * pa[j]);
    }
    return loss;
  }
};

}  // namespace locus::bench
