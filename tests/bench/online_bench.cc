// (a) Online RFLO: a commit every tick, leaky tanh, m = o = 8, T = 100, one trial.
//
// Goal: 0.9 of a handwritten loop (hand_rflo.h), for every size. Rate: synapse-steps/s, with
// n * n * T a trial in both.
#include "tests/bench/compare.h"
#include "tests/bench/hand_rflo.h"
#include "tests/bench/program.h"

namespace locus::bench {
namespace {

template <class R>
HandRflo<R> make_hand(const Program<R>& program, const Spec& spec) {
  HandRflo<R> hand;
  const Network<R>& network = program.network();
  hand.m = static_cast<std::size_t>(network.inputs.size);
  hand.n = static_cast<std::size_t>(network.rate.size);
  hand.o = static_cast<std::size_t>(network.readouts.size);
  hand.ticks = static_cast<std::size_t>(spec.training.ticks);
  hand.leak = static_cast<R>(spec.network.populations[1].leak.first());
  hand.decay = R(1) - hand.leak;
  hand.rate = static_cast<R>(spec.training.learning_rate.value());
  hand.b = network.synapses[0].weight;
  hand.w = network.synapses[1].weight;
  hand.a = network.synapses[2].weight;
  hand.r = network.feedback_synapses[0].weight;
  hand.allocate();
  return hand;
}

template <class R>
void online(benchmark::State& state) {
  Work work;
  work.units = static_cast<std::int32_t>(state.range(0));
  work.ticks = work.units > 2048 ? 20 : 100;
  work.commit = CommitWhen::kEveryTick;
  const Spec spec = make_spec(work, make_rule(RuleKind::kRflo), kPrecision<R>);
  Program<R> program(spec);
  HandRflo<R> hand = make_hand(program, spec);
  const auto& trial = std::get<RecordedTask>(spec.task).trials[0];
  const auto column = [](const DenseMatrix& matrix) { return Column<R>(matrix.values.begin(), matrix.values.end()); };
  const Column<R> x = column(std::get<DenseMatrix>(trial.input));
  const Column<R> target = column(trial.target);
  const double steps = static_cast<double>(work.units) * work.units * work.ticks;
  compare(state, {"synapse-steps", steps, 0.9}, program, [&] { return hand.trial(x.data(), target.data()); });
}

BENCHMARK(online<double>)->Name("a online RFLO f64, n")->Arg(64)->Arg(256)->Arg(1024)->Arg(4096)->Iterations(1)->UseManualTime();
BENCHMARK(online<float>)->Name("a online RFLO f32, n")->Arg(64)->Arg(256)->Arg(1024)->Arg(4096)->Iterations(1)->UseManualTime();

}  // namespace
}  // namespace locus::bench
