// (h) Spikes at scale, without learning: 10,000 LIF neurons with 1,000 synapses each (10^7), four
// of five of them excitatory, in float32, ticks of 0.1 ms, at about 8 Hz because of 1,000 inputs.
//
// Goals: delivery of spikes, and the whole loop, at 0.8 of a handwritten loop over compressed
// columns (hand_balanced.h); two threads at 1.6 times one. Rates: events/s; one event is one
// synapse that receives a spike. The rows of "cost" have this number of spikes in a tick and no
// recurrent synapse: ticks/s.
#include <algorithm>
#include <cmath>

#include "core/base/random.h"
#include "sim/run/workers.h"
#include "tests/bench/compare.h"
#include "tests/bench/hand_balanced.h"
#include "tests/bench/program.h"

namespace locus::bench {
namespace {

constexpr std::int32_t kNeurons = 10'000;
constexpr std::int32_t kFanOut = 1'000;
constexpr std::int32_t kInputs = 1'000;
constexpr double kDt = 0.1;  // ms

/// kFanOut targets of each source, one in each of kFanOut strata, so that they are ascending and
/// different; source by source.
SparseMatrix drawn(std::int32_t sources, const char* purpose, double excitatory, double inhibitory) {
  SparseMatrix matrix{kNeurons, sources, {}, {}, {}};
  constexpr std::int32_t kStratum = kNeurons / kFanOut;
  std::vector<double> normal(kFanOut);
  for (std::int32_t j = 0; j < sources; ++j) {
    fill_normal(random_key(1, purpose), static_cast<std::uint64_t>(j), 0, 1, normal);
    const bool inhibits = inhibitory != 0 && j >= sources / 5 * 4;
    for (std::int32_t k = 0; k < kFanOut; ++k) {
      const double uniform = 0.5 * std::erfc(-normal[static_cast<std::size_t>(k)] / std::sqrt(2.0));
      matrix.row.push_back(kStratum * k + std::min(static_cast<std::int32_t>(uniform * kStratum), kStratum - 1));
      matrix.col.push_back(j);
    }
    matrix.values.insert(matrix.values.end(), kFanOut, inhibits ? inhibitory : excitatory);
  }
  return matrix;
}

/// This number of inputs spikes in each tick, and others in the next.
SparseMatrix input_spikes(std::int32_t ticks, std::int32_t inputs, std::int32_t a_tick) {
  SparseMatrix matrix{ticks, inputs, {}, {}, {}};
  for (std::int32_t t = 0; t < ticks; ++t) {
    const std::int64_t shift = (std::int64_t{t} * 379) % inputs;
    std::vector<std::int32_t> now;
    for (std::int64_t k = 0; k < a_tick; ++k)
      now.push_back(static_cast<std::int32_t>((shift + k * inputs / a_tick) % inputs));
    std::ranges::sort(now);
    matrix.row.insert(matrix.row.end(), now.size(), t);
    matrix.col.insert(matrix.col.end(), now.begin(), now.end());
  }
  matrix.values.assign(matrix.row.size(), 1);
  return matrix;
}

struct Drive {
  std::int32_t inputs = kInputs;
  std::int32_t a_tick = 10;  // spikes
  double weight = 0.00525;   // thresholds
  bool recurrent = true;
  std::int32_t ticks = 500;
};

Spec balanced(const Drive& drive) {
  Spec spec;
  spec.name = "balanced";
  spec.precision = Precision::kFloat32;
  LifSpec lif;
  lif.leak.tau_m = 20;
  lif.threshold = 1;
  spec.network.populations = {{"in", PopulationKind::kInput, drive.inputs, Activation::kIdentity, 1, {}, {}},
                              {"lif", PopulationKind::kRate, kNeurons, Activation::kIdentity, 1, lif, {}}};
  spec.network.projections = {{"B", 0, 1, drawn(drive.inputs, "bench/B", drive.weight, 0), false, {}}};
  if (drive.recurrent) {
    spec.network.projections.push_back({"W", 1, 1, drawn(kNeurons, "bench/W", 0.005, -0.025), false, {}});
    spec.network.projections[1].delay = 15;
  }
  spec.task = RecordedTask{{{input_spikes(drive.ticks, drive.inputs, drive.a_tick), {}}}};
  spec.training.loss = Loss::kSum;
  spec.training.ticks = drive.ticks;
  spec.training.dt = kDt;
  spec.rules = {make_rule(RuleKind::kNone)};
  return spec;
}

HandBalanced<float> make_hand(const Spec& spec, const Network<float>& network) {
  HandBalanced<float> hand;
  hand.n = kNeurons;
  hand.delay = 15;
  const Indexed<Projection>& projections = network.projections();
  const auto events = [&](std::size_t p) {
    return HandEvents<float>{projections[p].offset.data(), projections[p].target.data(), network.synapses[p].weight.data()};
  };
  static const std::vector<std::int64_t> kNoSynapses(kNeurons + 1, 0);
  hand.b = events(0);
  hand.b_sources = static_cast<std::size_t>(projections[0].source_size);
  hand.w.offset = kNoSynapses.data();
  if (projections.size() > 1) hand.w = events(1);
  const LifParameters lif = lif_parameters(*spec.network.populations[1].lif, spec.training.dt);
  hand.alpha = static_cast<float>(lif.decay);
  hand.threshold = static_cast<float>(lif.threshold);
  hand.inputs.resize(static_cast<std::size_t>(spec.training.ticks));
  const auto& spikes = std::get<SparseMatrix>(std::get<RecordedTask>(spec.task).trials[0].input);
  for (std::size_t k = 0; k < spikes.row.size(); ++k)
    hand.inputs[static_cast<std::size_t>(spikes.row[k])].push_back(spikes.col[k]);
  return hand;
}

/// The program beside the limit. Their rounding differs, and so may single spikes; both must have
/// the same rate.
void beside_hand(benchmark::State& state, const Drive& drive) {
  const Spec spec = balanced(drive);
  Program<float> program(spec);
  HandBalanced<float> hand = make_hand(spec, program.network());
  hand.trial();
  program();
  const auto sent = static_cast<double>(program.ledger().messages(Channel::kAxon));
  if (std::abs(sent - hand.events) > 0.02 * hand.events) return state.SkipWithError("the limit's spikes are others");
  compare(state, {"events", hand.events, 0.8}, program, [&] { return hand.trial(); });
  state.counters["rate_hz"] = hand.spikes / kNeurons / (drive.ticks * kDt / 1000);
}

/// Delivery alone: 100 spikes of 10,000 sources in a tick, to neurons that never spike.
void delivery(benchmark::State& state) { beside_hand(state, {kNeurons, 100, 1e-6, false, 100}); }

void whole_loop(benchmark::State& state) { beside_hand(state, {}); }

void cost(benchmark::State& state) {
  Drive drive{kNeurons, static_cast<std::int32_t>(state.range(0)), 1e-6, false, 200};
  Program<float> program(balanced(drive));
  measure(state, "ticks", 1, [&] {
    program();
    return static_cast<double>(drive.ticks);
  });
}

void two_threads(benchmark::State& state) {
  const Spec spec = balanced({});
  Workers workers(2);
  Program<float> two(spec, workers.executor());
  Program<float> one(spec);
  one();
  const auto events = static_cast<double>(one.ledger().messages(Channel::kAxon));
  compare(state, {"events", events, 1.6, true}, two, one);
}

bool have_the_same_spikes(HandBalanced<float>& one, HandBalancedByTwo<float>& two) {
  one.trial();
  two.trial();
  return one.spikes > 0 && one.spikes == two.spikes;
}

/// Two threads of the program beside two threads of the handwritten loop.
void two_threads_beside_hand(benchmark::State& state) {
  const Spec spec = balanced({});
  Workers workers(2);
  Program<float> program(spec, workers.executor());
  HandBalanced<float> one = make_hand(spec, program.network());
  HandBalancedByTwo<float> two(one);
  if (!have_the_same_spikes(one, two)) return state.SkipWithError("by two threads the limit's spikes are others");
  compare(state, {"events", one.events, 0.8, true}, program, [&] { return two.trial(); });
}

/// The speed-up of the limit by a second thread: the machine's own limit.
void two_threads_by_hand(benchmark::State& state) {
  const Spec spec = balanced({});
  Program<float> program(spec);
  HandBalanced<float> one = make_hand(spec, program.network());
  HandBalancedByTwo<float> two(one);
  if (!have_the_same_spikes(one, two)) return state.SkipWithError("by two threads the limit's spikes are others");
  compare(
      state, {"events", one.events, 0, true}, [&] { return two.trial(); }, [&] { return one.trial(); });
}

BENCHMARK(delivery)->Name("h spike delivery f32, 10^7 synapses")->Iterations(1)->UseManualTime();
BENCHMARK(whole_loop)->Name("h balanced network f32, 10,000 neurons")->Iterations(1)->UseManualTime();
BENCHMARK(cost)
    ->Name("h cost f32, spikes a tick")
    ->Arg(0)
    ->Arg(5)
    ->Arg(10)
    ->Arg(20)
    ->Arg(40)
    ->Arg(80)
    ->Arg(160)
    ->Iterations(1)
    ->UseManualTime();
BENCHMARK(two_threads)->Name("t two threads, balanced network f32")->Iterations(1)->UseManualTime();
BENCHMARK(two_threads_beside_hand)->Name("t two threads beside two by hand, balanced network f32")->Iterations(1)->UseManualTime();
BENCHMARK(two_threads_by_hand)->Name("t by hand two beside one, balanced network f32")->Iterations(1)->UseManualTime();

}  // namespace
}  // namespace locus::bench
