// The limit for sparse networks: an event loop over compressed columns, handwritten for one network
// of rectified units without leak.
//
// It skips sources whose activity is 0. Under RFLO with a commit at every tick it visits each
// synapse once a tick: the synapse learns tick t - 1 and sends tick t.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/base/column.h"

namespace locus::bench {

template <class R>
struct HandColumns {
  Column<std::int64_t> offset;  // (sources + 1)
  Column<std::int32_t> target;  // (synapses)
  Column<R> weight, trace;      // (synapses); the trace only with learning
  Column<R> before;             // activity of each source one tick ago (sources)

  std::size_t begin(std::size_t source) const { return static_cast<std::size_t>(offset[source]); }

  void send(const R* activity, R* current) const {
    for (std::size_t j = 0; j + 1 < offset.size(); ++j) {
      const R x = activity[j];
      if (x == R(0)) continue;
      for (std::size_t k = begin(j); k < begin(j + 1); ++k) current[target[k]] += weight[k] * x;
    }
  }

  void learn_and_send(const R* activity, const R* gain, const R* signal, R decay, R rate, R* current) {
    for (std::size_t j = 0; j + 1 < offset.size(); ++j) {
      const R x = activity[j];
      const R past = before[j];
      for (std::size_t k = begin(j); k < begin(j + 1); ++k) {
        const std::int32_t i = target[k];
        trace[k] = decay * trace[k] + gain[i] * past;
        weight[k] -= rate * (signal[i] * trace[k]);
        current[i] += weight[k] * x;
      }
      before[j] = x;
    }
  }
};

template <class R>
struct HandSparse {
  HandColumns<R> b, w;
  Column<R> a, feedback;  // (n x o) by source, (o x n) by source
  std::size_t n = 0, o = 0, m = 0, ticks = 0;
  R decay = 0, rate = 0;
  bool learns = false;
  Column<R> h, current, gain, signal, y, epsilon;

  void prepare() {
    for (Column<R>* column : {&h, &current, &gain, &signal}) column->assign(n, R(0));
    y.assign(o, R(0));
    epsilon.assign(o, R(0));
    for (HandColumns<R>* block : {&b, &w}) {
      if (learns) block->trace.assign(block->weight.size(), R(0));
      block->before.assign(block->offset.size() - 1, R(0));
    }
  }

  /// x and target: one row for each tick. Returns the sequence loss, or without learning the sum of
  /// the last tick's activities.
  double operator()(const R* x, const R* target) {
    prepare();
    double loss = 0;
    const R scale = R(1) / static_cast<R>(ticks);
    for (std::size_t t = 0; t < ticks; ++t) {
      std::ranges::fill(current, R(0));
      if (learns) {
        b.learn_and_send(x + t * m, gain.data(), signal.data(), decay, rate, current.data());
        w.learn_and_send(h.data(), gain.data(), signal.data(), decay, rate, current.data());
      } else {
        b.send(x + t * m, current.data());
        w.send(h.data(), current.data());
      }
      for (std::size_t i = 0; i < n; ++i) {
        h[i] = std::max(current[i], R(0));
        gain[i] = current[i] > R(0) ? R(1) : R(0);
      }
      if (learns) loss += learn(target + t * o, scale);
    }
    return loss;
  }

  double learn(const R* target, R scale) {
    double loss = 0;
    std::ranges::fill(y, R(0));
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < o; ++k) y[k] += a[j * o + k] * h[j];
    }
    std::ranges::fill(signal, R(0));
    for (std::size_t k = 0; k < o; ++k) {
      const R error = y[k] - target[k];
      loss += 0.5 * static_cast<double>(scale) * static_cast<double>(error) * static_cast<double>(error);
      epsilon[k] = scale * error;
      for (std::size_t i = 0; i < n; ++i) signal[i] += feedback[k * n + i] * epsilon[k];
    }
    return loss;
  }
};

}  // namespace locus::bench
