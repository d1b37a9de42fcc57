// (d) Sparse: 10,000 inputs, of which one in a hundred is active in a tick, 10,000 rectified units,
// B and W with 10, 100 (one in a hundred) or 300 synapses a neuron.
//
// Goal: 0.8 of a handwritten event loop (hand_sparse.h). Rate: ticks/s, forward only (the cost
// follows events) and with online RFLO (every synapse of B and W learns at every tick; A is
// static).
#include <cmath>

#include "core/base/random.h"
#include "tests/bench/compare.h"
#include "tests/bench/hand_sparse.h"
#include "tests/bench/program.h"

namespace locus::bench {
namespace {

constexpr std::int32_t kUnits = 10'000;
constexpr std::int32_t kTicks = 10;

/// `fan_out` entries in each column: row (7919 k + 31 col) mod rows, all different because 7919 is
/// prime.
SparseMatrix scattered(std::int32_t rows, std::int32_t cols, std::int64_t fan_out, const char* purpose, double stddev) {
  SparseMatrix matrix{rows, cols, {}, {}, {}};
  for (std::int64_t j = 0; j < cols; ++j) {
    for (std::int64_t k = 0; k < fan_out; ++k) {
      matrix.row.push_back(static_cast<std::int32_t>((7919 * k + 31 * j) % rows));
      matrix.col.push_back(static_cast<std::int32_t>(j));
    }
  }
  matrix.values.resize(matrix.row.size());
  fill_normal(random_key(1, purpose), 0, 0, stddev, matrix.values);
  return matrix;
}

Spec sparse_spec(const RuleSpec& rule, Precision precision, std::int64_t fan_out) {
  Work work;
  work.inputs = work.units = kUnits;
  work.ticks = kTicks;
  work.activation = Activation::kRelu;
  work.leak = 1;
  work.commit = CommitWhen::kEveryTick;
  work.learning_rate = 1e-6;
  Spec spec = make_spec(work, rule, precision);
  spec.network.projections[0].weights = scattered(kUnits, kUnits, fan_out, "bench/B", 1);
  spec.network.projections[1].weights =
      scattered(kUnits, kUnits, fan_out, "bench/W", 1 / std::sqrt(static_cast<double>(fan_out)));
  spec.network.projections[2].plastic = false;
  RecordedTrial& trial = std::get<RecordedTask>(spec.task).trials[0];
  SparseMatrix input{kTicks, kUnits, {}, {}, {}};
  for (std::int32_t t = 0; t < kTicks; ++t) {
    for (std::int32_t k = 0; k < kUnits / 100; ++k) {
      input.row.push_back(t);
      input.col.push_back(100 * k + (37 * t) % 100);
    }
  }
  input.values.assign(input.row.size(), 1);
  trial.input = input;
  return spec;
}

template <class R>
HandColumns<R> columns_of(const Network<R>& network, std::size_t p) {
  const Projection& projection = network.projections()[p];
  return {projection.offset, projection.target, network.synapses[p].weight, {}, {}};
}

template <class R>
void sparse(benchmark::State& state, RuleKind kind) {
  RuleSpec rule = make_rule(kind);
  if (kind == RuleKind::kRflo) rule.trace_decay = 0.5;
  const Spec spec = sparse_spec(rule, kPrecision<R>, state.range(0));
  Program<R> program(spec);
  const Network<R>& network = program.network();
  HandSparse<R> hand;
  hand.b = columns_of(network, 0);
  hand.w = columns_of(network, 1);
  hand.a = network.synapses[2].weight;
  hand.n = hand.m = kUnits;
  hand.o = static_cast<std::size_t>(network.readouts.size);
  hand.ticks = kTicks;
  hand.learns = kind == RuleKind::kRflo;
  if (hand.learns) hand.feedback = network.feedback_synapses[0].weight;
  hand.decay = R(0.5);
  hand.rate = static_cast<R>(spec.training.learning_rate.value());
  Column<R> x(static_cast<std::size_t>(kTicks) * kUnits, R(0));
  const RecordedTrial& trial = std::get<RecordedTask>(spec.task).trials[0];
  const auto& input = std::get<SparseMatrix>(trial.input);
  for (std::size_t k = 0; k < input.values.size(); ++k)
    x[static_cast<std::size_t>(input.row[k]) * kUnits + static_cast<std::size_t>(input.col[k])] = R(1);
  const Column<R> target(trial.target.values.begin(), trial.target.values.end());
  compare(state, {"ticks", kTicks, 0.8}, program, [&] { return hand(x.data(), target.data()); });
}

const bool registered = [] {
  const auto add = [](const char* name, auto work, RuleKind kind) {
    benchmark::RegisterBenchmark(name, work, kind)->Arg(10)->Arg(100)->Arg(300)->Iterations(1)->UseManualTime();
  };
  add("d sparse forward f64, synapses a neuron", sparse<double>, RuleKind::kNone);
  add("d sparse forward f32, synapses a neuron", sparse<float>, RuleKind::kNone);
  add("d sparse RFLO online f64, synapses a neuron", sparse<double>, RuleKind::kRflo);
  add("d sparse RFLO online f32, synapses a neuron", sparse<float>, RuleKind::kRflo);
  return true;
}();

}  // namespace
}  // namespace locus::bench
