// (k) Kernels alone (core/kernel) of a tick and of a sweep: products, recurrences, stages, events,
// traces and neurons, beside the loop that says the same in the fewest words. No goals, as in
// kernel_bench.cc. Rate: elements that a kernel works on, a second.
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/kernel/events.h"
#include "core/kernel/product.h"
#include "core/kernel/recurrence.h"
#include "core/kernel/spiking.h"
#include "core/kernel/sweep.h"
#include "core/kernel/trace.h"
#include "tests/bench/compare.h"
#include "tests/bench/drawn.h"

namespace locus::bench {
namespace {

constexpr std::int32_t kTrial = 100;  // ticks

/// n x n weights, kLanes lanes.
template <class R, std::int32_t kLanes, bool kTransposed>
void product(benchmark::State& state) {
  const auto n = static_cast<std::int32_t>(state.range(0));
  const Column<R> weight = drawn<R>(std::int64_t{n} * n, 1e-3), from = drawn<R>(std::int64_t{n} * kLanes);
  Column<R> own = from, plain = from;
  const WeightsView<R> w{weight.data(), n, n, n};
  compare(
      state, {"products", static_cast<double>(weight.size()) * kLanes},
      [&] {
        own = from;
        kTransposed ? add_transposed_product(w, from.data(), kLanes, own.data())
                    : add_product(w, from.data(), kLanes, own.data());
        return static_cast<double>(own[0]);
      },
      [&] {
        plain = from;
        for (std::int32_t j = 0; j < n; ++j) {
          for (std::int32_t i = 0; i < n; ++i) {
            const R value = weight[static_cast<std::size_t>(j * n + i)];
            const R* said = &from[static_cast<std::size_t>((kTransposed ? i : j) * kLanes)];
            R* heard = &plain[static_cast<std::size_t>((kTransposed ? j : i) * kLanes)];
            for (std::int32_t lane = 0; lane < kLanes; ++lane) heard[lane] += value * said[lane];
          }
        }
        return static_cast<double>(plain[0]);
      });
}

/// A trial of a population of rate neurons that is its own input.
template <class R>
void recurrence(benchmark::State& state) {
  const auto n = static_cast<std::int32_t>(state.range(0));
  const std::int64_t cells = std::int64_t{n} * kTrial;
  const Column<R> weight = drawn<R>(std::int64_t{n} * n, 0.1), current = drawn<R>(cells), before = drawn<R>(n);
  Column<R> own = current, own_gain = current, plain = current, plain_gain = current;
  const Recurrence<R> network{{weight.data(), n, n, n}, Activation::kTanh, R(0.5), nullptr};
  compare(
      state, {"synapse-steps", static_cast<double>(weight.size()) * kTrial},
      [&] {
        advance<R>(network, {current.data(), before.data(), own.data(), own_gain.data()}, kTrial);
        return sum_of(own);
      },
      [&] {
        const R* last = before.data();
        for (std::int32_t t = 0; t < kTrial; ++t) {
          R* row = &plain[static_cast<std::size_t>(t * n)];
          std::copy_n(&current[static_cast<std::size_t>(t * n)], n, row);
          for (std::int32_t j = 0; j < n; ++j) {
            for (std::int32_t i = 0; i < n; ++i) row[i] += weight[static_cast<std::size_t>(j * n + i)] * last[j];
          }
          for (std::int32_t i = 0; i < n; ++i) {
            const R phi = std::tanh(row[i]);
            plain_gain[static_cast<std::size_t>(t * n + i)] = R(0.5) * (1 - phi * phi);
            row[i] = R(0.5) * last[i] + R(0.5) * phi;
          }
          last = row;
        }
        return sum_of(plain);
      });
}

/// The stages of a sweep over a trial with one error, at its end.
template <class R>
void sweep(benchmark::State& state) {
  const auto n = static_cast<std::int32_t>(state.range(0));
  const std::int64_t cells = std::int64_t{n} * kTrial;
  const Column<R> weight = drawn<R>(std::int64_t{n} * n, 0.1), gain = drawn<R>(cells, 0.5), error = drawn<R>(n);
  Column<R> own = gain, plain = gain, sums(static_cast<std::size_t>(n)), delta = error;
  const WeightsView<R> w{weight.data(), n, n, n};
  compare(
      state, {"synapse-steps", static_cast<double>(weight.size()) * kTrial},
      [&] {
        std::ranges::fill(delta, R(0));
        for (std::int32_t t = kTrial - 1; t >= 0; --t) {
          const bool first = t == kTrial - 1;
          R* g = &own[static_cast<std::size_t>(t * n)];
          sweep_stage<R>(w, {&gain[static_cast<std::size_t>(t * n)], sums.data(), false},
                         {delta.data(), R(0.5), first ? error.data() : nullptr}, first ? nullptr : g + n, g);
        }
        return sum_of(own);
      },
      [&] {
        std::ranges::fill(delta, R(0));
        for (std::int32_t t = kTrial - 1; t >= 0; --t) {
          R* g = &plain[static_cast<std::size_t>(t * n)];
          const bool first = t == kTrial - 1;
          for (std::int32_t j = 0; j < n; ++j) {
            R sum = R(0.5) * delta[static_cast<std::size_t>(j)] + (first ? error[static_cast<std::size_t>(j)] : R(0));
            for (std::int32_t i = 0; !first && i < n; ++i)
              sum += weight[static_cast<std::size_t>(j * n + i)] * g[n + i];
            delta[static_cast<std::size_t>(j)] = sum;
            g[j] = gain[static_cast<std::size_t>(t * n + j)] * sum;
          }
        }
        return sum_of(plain);
      });
}

/// A commit of what events are worth, to n x n synapses; one source in twenty speaks in a tick.
template <class R>
void events(benchmark::State& state) {
  const auto n = static_cast<std::int32_t>(state.range(0));
  const std::int64_t cells = std::int64_t{n} * kTrial, synapses = std::int64_t{n} * n;
  const Column<R> worth = drawn<R>(cells, 1e-3);
  Column<R> sent(static_cast<std::size_t>(cells)), own(static_cast<std::size_t>(synapses)), plain = own;
  double spikes = 0;
  for (std::size_t k = 0; k < sent.size(); k += 20, ++spikes) sent[(k * 7) % sent.size()] = R(1);
  const SynapsesView<R> delta{n, n, own.data()};
  const TicksView<const R> said{sent.data(), n, 1};
  compare(
      state, {"additions", spikes * n},
      [&] {
        std::ranges::fill(own, R(0));
        add_events(delta, EventWorth<R>{worth.data(), n}, said, kTrial, 0, n);
        return static_cast<double>(own[0]) + static_cast<double>(own.back());
      },
      [&] {
        std::ranges::fill(plain, R(0));
        for (std::int32_t t = 0; t < kTrial; ++t) {
          for (std::int32_t j = 0; j < n; ++j) {
            const R value = sent[static_cast<std::size_t>(t * n + j)];
            if (value == R(0)) continue;
            for (std::int32_t i = 0; i < n; ++i)
              plain[static_cast<std::size_t>(j * n + i)] += value * worth[static_cast<std::size_t>(t * n + i)];
          }
        }
        return static_cast<double>(plain[0]) + static_cast<double>(plain.back());
      });
}

/// One trace a source, over a trial.
template <class R>
void traces(benchmark::State& state) {
  const auto n = static_cast<std::int32_t>(state.range(0));
  const std::int64_t cells = std::int64_t{n} * kTrial;
  const Column<R> said = drawn<R>(cells);
  Column<R> own(static_cast<std::size_t>(n)), plain = own;
  compare(
      state, {"trace-steps", static_cast<double>(cells)},
      [&] {
        std::ranges::fill(own, R(0));
        drift_traces<R>({said.data(), kTrial, n, n, 1}, Drift<R>{R(0.9), R(0.1)}, own.data());
        return sum_of(own);
      },
      [&] {
        std::ranges::fill(plain, R(0));
        for (std::int32_t t = 0; t < kTrial; ++t) {
          for (std::int32_t j = 0; j < n; ++j) {
            R& trace = plain[static_cast<std::size_t>(j)];
            trace = R(0.9) * trace + R(0.1) * said[static_cast<std::size_t>(t * n + j)];
          }
        }
        return sum_of(plain);
      });
}

/// A tick of n rate neurons.
template <class R>
void rate_neurons(benchmark::State& state) {
  const auto n = state.range(0);
  const auto size = static_cast<std::size_t>(n);
  const Column<R> current = drawn<R>(n);
  Column<R> arrived = current, own(size), plain(size), gain(size), signal(size), weight(size);
  compare(
      state, {"neuron-steps", static_cast<double>(n)},
      [&] {
        arrived = current;
        std::ranges::fill(own, R(0.25));
        step_rate<R>({arrived.data(), own.data(), gain.data(), signal.data(), weight.data()}, 0, size,
                     Activation::kTanh, R(0.5));
        return sum_of(own);
      },
      [&] {
        arrived = current;
        std::ranges::fill(plain, R(0.25));
        for (std::size_t i = 0; i < size; ++i) {
          const R phi = std::tanh(arrived[i]);
          gain[i] = R(0.5) * (1 - phi * phi);
          plain[i] = R(0.5) * plain[i] + R(0.5) * phi;
        }
        return sum_of(plain);
      });
}

/// A tick of n spiking neurons that adapt and rest.
template <class R>
void spiking_neurons(benchmark::State& state) {
  const auto n = state.range(0);
  const auto size = static_cast<std::size_t>(n);
  const Column<R> current = drawn<R>(n, 2);
  Column<R> arrived = current, z(size), gain(size), signal(size), weight(size), v(size), a(size), r(size), count(size),
            delta(size), omega(size);
  LifParameters lif;
  lif.decay = 0.9;
  lif.refractory = 2;
  lif.adaptation_decay = 0.95;
  lif.adaptation = 0.1;
  const auto begin = [&] {
    arrived = current;
    for (Column<R>* column : {&z, &v, &a, &r}) std::ranges::fill(*column, R(0));
  };
  compare(
      state, {"neuron-steps", static_cast<double>(n)},
      [&] {
        begin();
        step_spiking_kind<R>({{arrived.data(), z.data(), gain.data(), signal.data(), weight.data()},
                              v.data(),
                              a.data(),
                              r.data(),
                              count.data(),
                              delta.data(),
                              omega.data()},
                             0, size, SpikingKind<R>{lif, true, {Lif<R>(lif)}}, true);
        return sum_of(z) + sum_of(v);
      },
      [&] {
        begin();
        for (std::size_t i = 0; i < size; ++i) {
          r[i] = std::max(r[i] - 1, R(0));
          v[i] = arrived[i] + R(0.9) * v[i] - z[i];
          a[i] = R(0.95) * a[i] + z[i];
          const R d = v[i] - (1 + R(0.1) * a[i]);
          gain[i] = r[i] > 0 ? R(0) : R(0.3) * std::max(R(0), 1 - std::abs(d));
          z[i] = d >= 0 && r[i] == 0 ? R(1) : R(0);
          if (z[i] > 0) r[i] = 2;
          count[i] += z[i];
        }
        return sum_of(z) + sum_of(v);
      });
}

const bool registered = [] {
  const auto add = [](const char* name, auto work) {
    return benchmark::RegisterBenchmark(name, work)->Iterations(1)->UseManualTime();
  };
  for (auto* bench :
       {add("k product of one lane f64, n", product<double, 1, false>),
        add("k product of one lane f32, n", product<float, 1, false>),
        add("k product of 32 lanes f64, n", product<double, 32, false>),
        add("k product of 32 lanes f32, n", product<float, 32, false>),
        add("k transposed product of one lane f64, n", product<double, 1, true>),
        add("k transposed product of one lane f32, n", product<float, 1, true>),
        add("k transposed product of 32 lanes f64, n", product<double, 32, true>),
        add("k transposed product of 32 lanes f32, n", product<float, 32, true>), add("k events f64, n", events<double>),
        add("k events f32, n", events<float>), add("k traces of sources f64, n", traces<double>),
        add("k traces of sources f32, n", traces<float>), add("k rate neurons f64, n", rate_neurons<double>),
        add("k rate neurons f32, n", rate_neurons<float>), add("k spiking neurons f64, n", spiking_neurons<double>),
        add("k spiking neurons f32, n", spiking_neurons<float>)})
    bench->Arg(63)->Arg(64)->Arg(65)->Arg(1024);
  for (auto* bench : {add("k recurrence f64, n", recurrence<double>), add("k recurrence f32, n", recurrence<float>),
                      add("k stages of a sweep f64, n", sweep<double>), add("k stages of a sweep f32, n", sweep<float>)})
    bench->Arg(4)->Arg(16)->Arg(63)->Arg(64)->Arg(65);
  return true;
}();

}  // namespace
}  // namespace locus::bench
