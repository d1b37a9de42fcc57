// (w) RFLO written as text: a commit every tick, leaky tanh, m = o = 8, T = 20, one trial; beside
// the loop by hand that (a) has, and beside the row of the table.
//
// Goal: 0.3 of the loop from n = 1024 on. The text is interpreted, tile by tile, and what it learns
// waits for its commit; the loop learns, commits and sends in one pass. Rate: synapse-steps/s.
#include "tests/bench/compare.h"
#include "tests/bench/hand_rflo.h"
#include "tests/bench/program.h"

namespace locus::bench {
namespace {

Spec text_spec(std::int64_t units, RuleKind kind) {
  Work work;
  work.units = static_cast<std::int32_t>(units);
  work.ticks = 20;
  work.commit = CommitWhen::kEveryTick;
  Spec spec = make_spec(work, make_rule(kind), Precision::kFloat64);
  if (kind == RuleKind::kLocalFeedback) {
    spec.rules[0].local = {
        .traces = {{"p", "decay*p + gain*pre"}}, .changes = {{"signal*p"}}, .signal = LocalSignal::kFeedback};
  }
  return spec;
}

double steps_of(const Spec& spec) {
  const double units = spec.network.populations[1].size;
  return units * units * spec.training.ticks;
}

void beside_loop(benchmark::State& state) {
  const Spec spec = text_spec(state.range(0), RuleKind::kLocalFeedback);
  Program<double> program(spec);
  HandRflo<double> hand;
  const Network<double>& network = program.network();
  hand.m = static_cast<std::size_t>(network.inputs.size);
  hand.n = static_cast<std::size_t>(network.rate.size);
  hand.o = static_cast<std::size_t>(network.readouts.size);
  hand.ticks = static_cast<std::size_t>(spec.training.ticks);
  hand.leak = spec.network.populations[1].leak.first();
  hand.decay = 1 - hand.leak;
  hand.rate = spec.training.learning_rate.value();
  hand.b = network.synapses[0].weight;
  hand.w = network.synapses[1].weight;
  hand.a = network.synapses[2].weight;
  hand.r = network.feedback_synapses[0].weight;
  hand.allocate();
  const auto& trial = std::get<RecordedTask>(spec.task).trials[0];
  const std::vector<double>& x = std::get<DenseMatrix>(trial.input).values;
  compare(state, {"synapse-steps", steps_of(spec), 0.3}, program,
          [&] { return hand.trial(x.data(), trial.target.values.data()); });
}

void beside_row(benchmark::State& state) {
  const Spec spec = text_spec(state.range(0), RuleKind::kLocalFeedback);
  const Spec row = text_spec(state.range(0), RuleKind::kRflo);
  Program<double> program(spec);
  Program<double> limit(row);
  compare(state, {"synapse-steps", steps_of(spec), 0.3}, program, limit);
}

BENCHMARK(beside_loop)->Name("w RFLO as text beside the loop, n")->Arg(256)->Arg(1024)->Arg(2048)->Iterations(1)->UseManualTime();
BENCHMARK(beside_row)->Name("w RFLO as text beside its row, n")->Arg(256)->Arg(1024)->Arg(2048)->Iterations(1)->UseManualTime();

}  // namespace
}  // namespace locus::bench
