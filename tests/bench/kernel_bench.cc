// (k) Kernels alone (core/kernel) that send and learn, beside the loop that says the same in the
// fewest words: what a change of a kernel, or of a compiler, does to it. No goals: whole runs have
// those. Rate: elements that a kernel works on, a second.
#include <cmath>
#include <string>
#include <vector>

#include "core/base/column.h"
#include "core/kernel/events.h"
#include "core/kernel/pass.h"
#include "core/kernel/settle.h"
#include "core/kernel/trace.h"
#include "core/kernel/transposed.h"
#include "tests/bench/compare.h"
#include "tests/bench/drawn.h"

namespace locus::bench {
namespace {

/// One source in ten speaks, over n x n weights.
template <class R>
void active_columns(benchmark::State& state) {
  const auto n = static_cast<std::int32_t>(state.range(0));
  const Column<R> weight = drawn<R>(std::int64_t{n} * n, 1e-3), said = drawn<R>(n);
  std::vector<std::int32_t> active;
  for (std::int32_t j = 0; j < n; j += 10) active.push_back(j);
  Column<R> own = drawn<R>(n), plain = own;
  const WeightsView<R> w{weight.data(), n, n, n};
  compare(
      state, {"additions", static_cast<double>(active.size()) * n},
      [&] {
        own = said;
        add_active_columns(w, active, 0, said.data(), 0, n, own.data());
        return static_cast<double>(own[0]);
      },
      [&] {
        plain = said;
        for (const std::int32_t j : active) {
          for (std::int32_t i = 0; i < n; ++i)
            plain[static_cast<std::size_t>(i)] +=
                weight[static_cast<std::size_t>(j * n + i)] * said[static_cast<std::size_t>(j)];
        }
        return static_cast<double>(plain[0]);
      });
}

/// Learning, commit and sending in one pass, beside three loops.
template <class R>
void fused_pass(benchmark::State& state) {
  const auto n = static_cast<std::int32_t>(state.range(0));
  const std::int64_t synapses = std::int64_t{n} * n;
  Column<R> weight = drawn<R>(synapses, 1e-3), trace = drawn<R>(synapses), current = drawn<R>(n);
  Column<R> plain_weight = weight, plain_trace = trace, plain_current = current;
  const Column<R> pre = drawn<R>(n), activity = drawn<R>(n), gain = drawn<R>(n), signal = drawn<R>(n, 1e-3);
  PassColumns<R> c;
  c.sources = c.targets = n;
  c.weight = weight.data();
  c.trace = trace.data();
  c.pre = pre.data();
  c.activity = activity.data();
  c.gain = gain.data();
  c.signal = signal.data();
  c.current = current.data();
  c.constant_decay = R(0.9);
  c.rate = R(1e-6);
  const auto own = [&] {
    current = gain;
    pass_dense<Learn::kPost, false, true>(c, 0, n);
    return static_cast<double>(current[0]);
  };
  const auto plain = [&] {
    plain_current = gain;
    for (std::size_t k = 0; k < plain_weight.size(); ++k) {
      const std::size_t i = k % static_cast<std::size_t>(n), j = k / static_cast<std::size_t>(n);
      plain_trace[k] = R(0.9) * plain_trace[k] + gain[i] * pre[j];
      plain_weight[k] -= R(1e-6) * (signal[i] * plain_trace[k]);
      plain_current[i] += plain_weight[k] * activity[j];
    }
    return static_cast<double>(plain_current[0]);
  };
  compare(state, {"synapse-steps", static_cast<double>(synapses)}, own, plain);
}

template <class R>
void filter(benchmark::State& state) {
  const auto n = static_cast<std::int32_t>(state.range(0));
  constexpr std::int32_t kTrial = 100;
  const std::int64_t cells = std::int64_t{n} * kTrial;
  const Column<R> said = drawn<R>(cells), gain = drawn<R>(cells);
  Column<R> own = said, plain = said;
  const TraceFilter<R> trace_filter{{gain.data(), n, 1}, {}, R(0.9)};
  compare(
      state, {"neuron-steps", static_cast<double>(cells)},
      [&] {
        own = said;
        filter_signals(TicksView<R>{own.data(), n, 1}, trace_filter, 0, n, kTrial);
        return sum_of(own);
      },
      [&] {
        plain = said;
        for (std::int32_t i = 0; i < n; ++i) {
          R sum = 0;
          for (std::int32_t t = kTrial - 1; t >= 0; --t) {
            const auto at = static_cast<std::size_t>(t * n + i);
            sum = plain[at] + R(0.9) * sum;
            plain[at] = gain[at] * sum;
          }
        }
        return sum_of(plain);
      });
}

/// Adam over so many synapses.
template <class R>
void adam(benchmark::State& state) {
  const std::int64_t n = state.range(0);
  Column<R> weight = drawn<R>(n), delta = drawn<R>(n), first = drawn<R>(n), second(delta.size(), R(1));
  Column<R> plain_weight = weight, plain_first = first, plain_second = second;
  const Column<R> asked = delta;
  Optimizer optimizer;
  optimizer.adam = Optimizer::Adam{};
  const AdamCommit<R> clock(*optimizer.adam, 1e-6, R(0.5), 3);
  compare(
      state, {"synapses", static_cast<double>(n)},
      [&] {
        delta = asked;
        settle<R>({weight, delta, first, second}, optimizer, {.rate = 1e-6, .scale = 0.5, .number = 3});
        return static_cast<double>(weight[0]);
      },
      [&] {
        for (std::size_t k = 0; k < asked.size(); ++k) {
          const R c = R(0.5) * asked[k];
          plain_first[k] = R(0.9) * plain_first[k] + R(0.1) * c;
          plain_second[k] = R(0.999) * plain_second[k] + R(0.001) * c * c;
          plain_weight[k] -= clock.rate * plain_first[k] / (std::sqrt(plain_second[k]) + R(1e-7));
        }
        return static_cast<double>(plain_weight[0]);
      });
}

const bool registered = [] {
  const auto add = [](const char* name, auto work) {
    return benchmark::RegisterBenchmark(name, work)->Iterations(1)->UseManualTime();
  };
  for (auto* bench :
       {add("k active columns f64, n", active_columns<double>), add("k active columns f32, n", active_columns<float>),
        add("k fused pass f64, n", fused_pass<double>), add("k fused pass f32, n", fused_pass<float>),
        add("k filter of signals f64, n", filter<double>), add("k filter of signals f32, n", filter<float>)})
    bench->Arg(63)->Arg(64)->Arg(65)->Arg(1024);
  for (auto* bench : {add("k adam f64, synapses", adam<double>), add("k adam f32, synapses", adam<float>)})
    bench->Arg(4097)->Arg(1 << 20);
  return true;
}();

}  // namespace
}  // namespace locus::bench
