// (w) Rules that a model writes itself. RFLO as text: the tile interpreter and a compiled kernel
// beside a loop by hand, over the synapses of one tick; and whole trials, compiled, beside the row
// of the table.
//
// Goals: the interpreter 0.3 of the loop from n = 1024, the kernel 0.9 of the row from n = 256.
// Where there is no compiler, rows that need one are skipped.
#include <algorithm>
#include <string>
#include <vector>

#include "core/kernel/tile.h"
#include "sim/compile/kernel_library.h"
#include "tests/bench/compare.h"
#include "tests/bench/drawn.h"
#include "tests/bench/program.h"

namespace locus::bench {
namespace {

LocalText rflo_text() {
  return {
      .constants = {}, .traces = {{"p", "decay*p + gain*pre"}}, .changes = {{"signal*p"}}, .signal = LocalSignal::kFeedback};
}

/// One tick over n x n synapses, by tiles or by a kernel, beside a loop by hand.
template <class R, bool kCompiled>
void tick(benchmark::State& state) {
  const Compiled compiled = compile_local(rflo_text());
  const TileProgram program(*compiled.rule, 1, 100);
  TileRunner<R> runner(program);
  const KernelAttempt attempt = kCompiled ? kernels_of<R>(*compiled.rule, 1, 100) : KernelAttempt{};
  if (!attempt.fault.empty()) return state.SkipWithError(attempt.fault.c_str());
  if (kCompiled) runner.use(attempt.library.kernels<R>().at(RuleMoment::kTick));
  const auto n = static_cast<std::int32_t>(state.range(0));
  const std::int64_t cells = std::int64_t{n} * n;
  const Column<R> pre = drawn<R>(n), gain = drawn<R>(n), signal = drawn<R>(n);
  const Column<R> decay(static_cast<std::size_t>(n), R(0.9));
  Column<R> trace = drawn<R>(cells), delta = drawn<R>(cells), own_trace = trace, own_delta = delta;
  compare(
      state,
      {"synapse-steps", static_cast<double>(cells),
       kCompiled   ? 0.9
       : n >= 1024 ? 0.3
                   : 0},
      [&] {
        TileColumns<R> columns;
        columns.synapses = n;
        columns.payload[0] = gain.data();
        columns.payload[1] = signal.data();
        columns.constants[1] = decay.data();
        for (std::int32_t j = 0; j < n; ++j) {
          columns.pre = pre.data() + j;
          columns.traces[0] = own_trace.data() + std::ptrdiff_t{j} * n;
          columns.delta = own_delta.data() + std::ptrdiff_t{j} * n;
          runner.run(columns);
        }
        return static_cast<double>(own_trace[0]);
      },
      [&] {
        const R* const __restrict g = gain.data();
        const R* const __restrict s = signal.data();
        const R* const __restrict lambda = decay.data();
        for (std::int32_t j = 0; j < n; ++j) {
          R* const __restrict p = trace.data() + std::ptrdiff_t{j} * n;
          R* const __restrict d = delta.data() + std::ptrdiff_t{j} * n;
          const R x = pre[static_cast<std::size_t>(j)];
          for (std::int32_t i = 0; i < n; ++i) {
            p[i] = lambda[i] * p[i] + g[i] * x;
            d[i] += s[i] * p[i];
          }
        }
        return static_cast<double>(trace[0]);
      });
}

/// Trials with a commit at their end: the text beside the row.
template <class R, bool kCompiled>
void trials(benchmark::State& state) {
  Work work;
  work.units = static_cast<std::int32_t>(state.range(0));
  work.ticks = work.units > 512 ? 20 : 100;
  RuleSpec row = make_rule(RuleKind::kRflo);
  RuleSpec text = row;
  text.kind = local_kind(LocalSignal::kFeedback);
  text.local = rflo_text();
  Program<R> program(make_spec(work, text, kPrecision<R>));
  const std::string fault = kCompiled ? program.compile({.compile = Compile::kAlways}) : "";
  if (!fault.empty()) return state.SkipWithError(fault.c_str());
  Program<R> limit(make_spec(work, row, kPrecision<R>));
  const double steps = static_cast<double>(work.units) * work.units * work.ticks;
  compare(state, {"synapse-steps", steps, kCompiled && work.units >= 256 ? 0.9 : 0}, program, limit);
}

void sizes(benchmark::internal::Benchmark* row) { row->Arg(64)->Arg(256)->Arg(1024)->Iterations(1)->UseManualTime(); }

BENCHMARK(tick<double, false>)->Name("w interpreter of a tick f64, n")->Apply(sizes);
BENCHMARK(tick<float, false>)->Name("w interpreter of a tick f32, n")->Apply(sizes);
BENCHMARK(tick<double, true>)->Name("w kernel of a tick f64, n")->Apply(sizes);
BENCHMARK(tick<float, true>)->Name("w kernel of a tick f32, n")->Apply(sizes);
BENCHMARK(trials<double, false>)->Name("w interpreter beside the row f64, n")->Apply(sizes);
BENCHMARK(trials<double, true>)->Name("w kernel beside the row f64, n")->Apply(sizes);
BENCHMARK(trials<float, true>)->Name("w kernel beside the row f32, n")->Apply(sizes);

}  // namespace
}  // namespace locus::bench
