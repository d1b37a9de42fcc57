// RFLO online (a commit every tick), leaky tanh, m = o = 8, T = 100, one trial: the program's own run loop, ledger on, beside
// the loop written by hand.
//
// Goal: at n = 256 the program reaches 0.7 of the hand-written loop or more. Rate: synapse-steps/s, n * n * T a trial in both.
// The two run alternately in one process, so that a machine whose speed drifts slows both; the ratio is the median of the
// pairs', its spread their quartiles.
#include <algorithm>
#include <cmath>
#include <ctime>
#include <span>

#include <benchmark/benchmark.h>

#include "core/base/flush.h"
#include "core/base/random.h"
#include "core/transport/batched.h"
#include "core/transport/mailbox.h"
#include "sim/place/place.h"
#include "sim/run/trial.h"
#include "tests/bench/hand_rflo.h"

namespace locus::bench {
namespace {

constexpr std::int32_t kInputs = 8;
constexpr std::int32_t kReadouts = 8;
constexpr std::int32_t kTicks = 100;
constexpr double kLeak = 0.1;
constexpr double kRate = 0.01;

Column<double> draw(const char* purpose, std::size_t size, double stddev) {
  Column<double> values(size);
  fill_normal(random_key(1, purpose), 0, 0, stddev, values);
  return values;
}

template <class R>
Projection<R> project(const char* name, Layer source, std::int32_t sources, Layer target, std::int32_t targets,
                      double gain) {
  Projection<R> projection;
  projection.name = name;
  projection.source_layer = source;
  projection.target_layer = target;
  projection.source_size = sources;
  projection.target_size = targets;
  projection.learning_rate = kRate;
  const Column<double> drawn = draw(name, static_cast<std::size_t>(sources * targets), gain / std::sqrt(sources));
  projection.weight.assign(drawn.begin(), drawn.end());
  return projection;
}

template <class R>
Network<R> make_network(std::int32_t n) {
  Network<R> network;
  network.inputs = {.populations = {{.name = "in", .begin = 0, .size = kInputs}}, .size = kInputs, .activity = {}};
  network.rate.populations = {{.name = "rec", .begin = 0, .size = n, .activation = Activation::kTanh, .leak = kLeak}};
  network.rate.size = n;
  network.readouts.populations = {{.name = "out", .begin = 0, .size = kReadouts}};
  network.readouts.size = kReadouts;
  network.projections.push_back(project<R>("B", Layer::kInput, kInputs, Layer::kRate, n, 1));
  network.projections.push_back(project<R>("W", Layer::kRate, n, Layer::kRate, n, 1.2));
  network.projections.push_back(project<R>("A", Layer::kRate, n, Layer::kReadout, kReadouts, 1));
  network.feedback.push_back(project<R>("R", Layer::kReadout, kReadouts, Layer::kRate, n, 1));
  allocate(network, 1);
  return network;
}

template <class R>
Batch<R> make_trial() {
  Batch<R> batch = make_batch<R>(kTicks, kInputs, kReadouts, 1);
  const Column<double> x = draw("input", batch.input.size(), 1);
  const Column<double> y = draw("target", batch.target.size(), 1);
  std::ranges::copy(x, batch.input.begin());
  std::ranges::copy(y, batch.target.begin());
  return batch;
}

template <class R>
HandRflo<R> make_hand(const Network<R>& network) {
  const auto n = static_cast<std::size_t>(network.rate.size);
  HandRflo<R> hand{.m = kInputs,
                   .n = n,
                   .o = kReadouts,
                   .ticks = kTicks,
                   .leak = R(kLeak),
                   .decay = R(1) - R(kLeak),
                   .rate = R(kRate),
                   .b = {},
                   .w = {},
                   .a = {},
                   .r = {},
                   .pb = {},
                   .pw = {},
                   .pa = {},
                   .h = {},
                   .h_before = {},
                   .x_before = {},
                   .current = {},
                   .gain = {},
                   .signal = {},
                   .y = {},
                   .epsilon = {}};
  hand.b = network.projections[0].weight;
  hand.w = network.projections[1].weight;
  hand.a = network.projections[2].weight;
  hand.r = network.feedback[0].weight;
  hand.pb.assign(hand.b.size(), R(0));
  hand.pw.assign(hand.w.size(), R(0));
  for (Column<R>* column : {&hand.pa, &hand.h, &hand.h_before, &hand.current, &hand.gain, &hand.signal})
    column->assign(n, R(0));
  hand.x_before.assign(kInputs, R(0));
  hand.y.assign(kReadouts, R(0));
  hand.epsilon.assign(kReadouts, R(0));
  return hand;
}

const Learning kRflo{.kind = RuleKind::kRflo, .depth = 0, .stride = 0, .trace_decay = {}};

Door make_door(int scalar_bytes) {
  Permit permit;
  for (const Channel channel : rule(RuleKind::kRflo).channels) permit.channels |= 1U << static_cast<unsigned>(channel);
  return {permit, scalar_bytes};
}

/// Processor time of this thread, so that other work on the machine counts for neither.
double seconds_of(auto&& work) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  };
  const double start = now();
  work();
  return now() - start;
}

template <class R>
void rflo_online(benchmark::State& state) {
  const FlushDenormals flush;
  const auto n = static_cast<std::int32_t>(state.range(0));
  Network<R> network = make_network<R>(n);
  const Batch<R> batch = make_trial<R>();
  HandRflo<R> hand = make_hand(network);
  Door door = make_door(sizeof(R));
  const TrialShape shape{kTicks, true};
  Batched<R> transport(network, kRflo, {shape, true}, Executor{}, door);
  Trial<R, Batched<R>> trial(transport, kRflo, shape, true);

  std::vector<double> ratios;
  double own_seconds = 0;
  double hand_seconds = 0;
  for (auto _ : state) {
    double own_loss = 0;
    double hand_loss = 0;
    const double own = seconds_of([&] { own_loss = trial.run(batch); });
    const double by_hand = seconds_of([&] { hand_loss = hand.trial(batch.input.data(), batch.target.data()); });
    if (!(std::abs(own_loss - hand_loss) <= 1e-3 * hand_loss)) state.SkipWithError("the two losses differ");
    ratios.push_back(by_hand / own);
    own_seconds += own;
    hand_seconds += by_hand;
    state.SetIterationTime(own);
  }
  std::ranges::sort(ratios);
  const double steps = static_cast<double>(n) * n * kTicks * static_cast<double>(ratios.size());
  state.counters["synapse_steps/s"] = steps / own_seconds;
  state.counters["by_hand/s"] = steps / hand_seconds;
  state.counters["ratio"] = ratios[ratios.size() / 2];
  state.counters["ratio_q1"] = ratios[ratios.size() / 4];
  state.counters["ratio_q3"] = ratios[ratios.size() * 3 / 4];
  state.counters["goal"] = 0.7;
}

template <class R>
void mailbox(benchmark::State& state) {
  const FlushDenormals flush;
  const auto n = static_cast<std::int32_t>(state.range(0));
  Network<R> network = make_network<R>(n);
  const Batch<R> batch = make_trial<R>();
  Door door = make_door(sizeof(R));
  const TrialShape shape{kTicks, true};
  Mailbox<R> transport(network, kRflo, place(network, 1), Executor{}, door);
  Trial<R, Mailbox<R>> trial(transport, kRflo, shape, true);
  for (auto _ : state) benchmark::DoNotOptimize(trial.run(batch));
  state.counters["messages/s"] =
      benchmark::Counter(static_cast<double>(door.ledger().messages()), benchmark::Counter::kIsRate);
}

template <class R>
void batched_messages(benchmark::State& state) {
  const FlushDenormals flush;
  const auto n = static_cast<std::int32_t>(state.range(0));
  Network<R> network = make_network<R>(n);
  const Batch<R> batch = make_trial<R>();
  Door door = make_door(sizeof(R));
  const TrialShape shape{kTicks, true};
  Batched<R> transport(network, kRflo, {shape, true}, Executor{}, door);
  Trial<R, Batched<R>> trial(transport, kRflo, shape, true);
  for (auto _ : state) benchmark::DoNotOptimize(trial.run(batch));
  state.counters["messages/s"] =
      benchmark::Counter(static_cast<double>(door.ledger().messages()), benchmark::Counter::kIsRate);
}

BENCHMARK(rflo_online<double>)->Arg(64)->Arg(256)->Arg(1024)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(rflo_online<float>)->Arg(64)->Arg(256)->Arg(1024)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(mailbox<double>)->Arg(64)->Arg(256)->Unit(benchmark::kMillisecond);
BENCHMARK(batched_messages<double>)->Arg(64)->Arg(256)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace locus::bench
