// Runs of ticks: the batched transport with several ticks at once, against the same transport tick
// by tick and against the mailbox.
//
// An observer of every tick, even one that does nothing, keeps a trial from taking several ticks at
// once. With it, weights and losses are the same to the last bit; with the mailbox they agree to
// 1e-12 after a few updates. Every count is equal, lag by lag; half the neurons of a relu are 0, so
// that the counts are not those of a closed form.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/transport/columns/columns.h"
#include "core/transport/mailbox/mailbox.h"
#include "sim/place/place.h"
#include "sim/run/trial.h"
#include "tests/support/hand_network.h"
#include "tests/transport/open_door.h"

namespace locus {
namespace {

/// Weights of a projection onto neurons from `onto` on.
auto weights(std::int32_t sources, std::int32_t onto) {
  const double scale = 1.2 / std::sqrt(static_cast<double>(sources));
  return [=](std::int64_t k) { return scale * std::sin(3.0 * static_cast<double>(k) + sources + onto); };
}

struct RunCase {
  const char* name;
  RuleKind kind;
  Activation activation;
  std::int32_t ticks;
  std::int32_t window;
  std::int32_t depth = 0;  // of sweeps
  std::int32_t stride = 0;
  std::int32_t units = 6;  // of the second of two rate populations; the first has 2
  bool static_input = false;
  bool static_recurrent = false;
  bool every_tick = false;  // commits, after each sweep
  bool alone = false;       // true: the second population is the only one
  // true: beside a population without incoming messages; ticks are then single
  bool spiking = false;
  // true: beside a readout population without incoming messages; ticks are then single
  bool memory = false;
};

constexpr double kRate = 0.02;

/// One population of rate neurons, as most models have it.
HandNetwork make_alone(const RunCase& c) {
  HandNetwork made;
  const PopulationId in = made.population(Layer::kInput, {.name = "in", .size = 3});
  const PopulationId rec =
      made.population(Layer::kRate, {.name = "rec", .size = c.units, .activation = c.activation, .leak = 0.8});
  if (c.spiking) {
    made.population(Layer::kRate, {.name = "still", .size = 2, .lif = LifParameters{.decay = 0.9, .threshold = 0.5}});
  }
  const std::int32_t unheard = c.memory ? 1 : 0;
  if (c.memory) made.population(Layer::kReadout, {.name = "unheard", .size = 1, .decay = 0.5});
  const PopulationId out = made.population(Layer::kReadout, {.name = "out", .size = 3});
  made.connect(in, rec, !c.static_input, kRate, weights(3, 0));
  made.connect(rec, rec, !c.static_recurrent, kRate, weights(c.units, 0));
  made.connect(rec, out, true, kRate, weights(c.units, unheard));
  made.feedback(out, rec, weights(3, 0));
  made.finish(1);
  return made;
}

/// Two populations of rate neurons, each with what projects onto it: no column of a projection is
/// that of its layer.
HandNetwork make_network(const RunCase& c) {
  if (c.alone) return make_alone(c);
  HandNetwork made;
  const PopulationId in = made.population(Layer::kInput, {.name = "in", .size = 2});
  const PopulationId more = made.population(Layer::kInput, {.name = "more", .size = 1});
  const PopulationId few =
      made.population(Layer::kRate, {.name = "few", .size = 2, .activation = c.activation, .leak = 0.5});
  const PopulationId rec =
      made.population(Layer::kRate, {.name = "rec", .size = c.units, .activation = c.activation, .leak = 0.8});
  const PopulationId out = made.population(Layer::kReadout, {.name = "out", .size = 2});
  const PopulationId other = made.population(Layer::kReadout, {.name = "other", .size = 1});
  made.connect(in, rec, !c.static_input, kRate, weights(2, 2));
  made.connect(more, rec, !c.static_input, kRate, weights(1, 2));
  made.connect(more, few, !c.static_input, kRate, weights(1, 0));
  made.connect(rec, rec, !c.static_recurrent, kRate, weights(c.units, 2));
  made.connect(few, rec, true, kRate, weights(2, 2));
  made.connect(rec, out, true, kRate, weights(c.units, 0));
  made.connect(few, other, true, kRate, weights(2, 2));
  const auto readouts = [&](PopulationId target, std::int32_t onto) {
    made.network.feedback.push_back(feedback_onto(*made.topology, target));
    Column<double>& weight = made.network.feedback_synapses.emplace_back().weight;
    for (std::int64_t k = 0; k < made.network.feedback.back().size(); ++k) weight.push_back(weights(3, onto)(k));
  };
  readouts(few, 0);
  readouts(rec, 2);
  made.finish(1);
  return made;
}

struct Trained {
  HandNetwork made;
  Ledger ledger;
  std::vector<double> losses;
  std::optional<Offence> offence;
};

/// Three updates with a transport from `make(network, learning, shape, door)`. Input 1 is 0 in
/// every third tick.
template <class Make>
Trained train(const RunCase& c, Locality budget, bool watched, Make make) {
  const Learning learning{.kind = c.kind, .depth = c.depth, .stride = c.stride, .trace_decay = {}};
  const TrialShape shape{.ticks = c.ticks, .window = c.window, .commits_every_tick = c.every_tick};
  TrainingSpec training;
  if (c.window > 1) training.loss = Loss::kSequence;
  Trained trained{make_network(c), Ledger(), {}, {}};
  Door door = open_door(learning, budget);
  auto transport = make(trained.made.network, learning, shape, door);
  Trial<double, decltype(transport)> trial(transport, learning, shape, training);
  if (watched) trial.observe([](Tick, const Network<double>&) {});
  Batch<double> batch = make_batch<double>(c.ticks, 3, trained.made.network.readouts.size, 1);
  try {
    for (int update = 0; update < 3; ++update) {
      for (std::size_t i = 0; i < batch.input.size(); ++i)
        batch.input[i] = i % 9 == 1 ? 0 : std::sin(1.7 * static_cast<double>(i) + update);
      for (std::size_t i = 0; i < batch.target.size(); ++i) batch.target[i] = std::cos(static_cast<double>(i));
      trained.losses.push_back(trial.run(batch));
      trial.commit_batch();
    }
  } catch (const LocalityBroken& broken) {
    trained.offence = broken.offence();
  }
  trained.ledger = door.ledger();
  return trained;
}

enum class Looks : std::uint8_t { kNobody, kEveryTick, kAtOutputs };

/// kEveryTick: with an observer; sweeps still handle several ticks together. kAtOutputs: as with
/// recorded outputs; each phase is then separate.
Trained over_batched(const RunCase& c, Locality budget, Looks looks) {
  return train(c, budget, looks == Looks::kEveryTick,
               [&](Network<double>& network, const Learning& learning, const TrialShape& shape, Door& door) {
                 const Horizon horizon{.trial = shape, .outputs_are_seen = looks == Looks::kAtOutputs};
                 Columns<double> transport(network, learning, horizon, Executor{}, door);
                 EXPECT_EQ(transport.fuses() != Fuses::kNothing, looks != Looks::kAtOutputs && !c.memory && !c.spiking)
                     << "no ticks are taken at once, so that nothing is compared";
                 return transport;
               });
}

Trained over_mailbox(const RunCase& c, Locality budget) {
  return train(c, budget, false, [](Network<double>& network, const Learning& learning, const TrialShape&, Door& door) {
    return Mailbox<double>(network, learning, place(*network.topology, 2), Executor{}, door);
  });
}

/// To `tolerance`, relative for numbers above 1; 0 means to the last bit.
void expect_same(const Trained& actual, const Trained& expected, double tolerance, const std::string& what) {
  EXPECT_EQ(actual.ledger, expected.ledger) << what;
  ASSERT_EQ(actual.losses.size(), expected.losses.size()) << what;
  for (std::size_t k = 0; k < actual.losses.size(); ++k)
    EXPECT_NEAR(actual.losses[k], expected.losses[k], tolerance * std::max(1.0, expected.losses[k])) << what;
  for (std::size_t p = 0; p < actual.made.network.synapses.size(); ++p) {
    for (std::size_t k = 0; k < actual.made.network.synapses[p].weight.size(); ++k) {
      const double weight = expected.made.network.synapses[p].weight[k];
      EXPECT_NEAR(actual.made.network.synapses[p].weight[k], weight, tolerance * std::max(1.0, std::abs(weight)))
          << what << ", projection " << p;
    }
  }
}

class Runs : public testing::TestWithParam<RunCase> {};

TEST_P(Runs, AreTheirTicksOneByOne) {
  const Trained at_once = over_batched(GetParam(), Locality::kAny, Looks::kNobody);
  expect_same(at_once, over_batched(GetParam(), Locality::kAny, Looks::kEveryTick), 0, "beside tick by tick");
  expect_same(at_once, over_batched(GetParam(), Locality::kAny, Looks::kAtOutputs), 0, "beside phase by phase");
  expect_same(at_once, over_mailbox(GetParam(), Locality::kAny), 1e-12, "beside the mailbox");
  double moved = 0;
  const HandNetwork before = make_network(GetParam());
  for (std::size_t p = GetParam().alone ? 2 : 3; p < before.network.synapses.size(); ++p)
    moved = std::max(moved, std::abs(at_once.made.network.synapses[p].weight[0] - before.network.synapses[p].weight[0]));
  EXPECT_GT(moved, 1e-6) << "nothing was learnt, so nothing was compared";
}

INSTANTIATE_TEST_SUITE_P(
    Every, Runs,
    testing::Values(RunCase{"rflo_shared", RuleKind::kRflo, Activation::kIdentity, 20, 1},
                    RunCase{"rflo_shared_window", RuleKind::kRflo, Activation::kIdentity, 20, 3},
                    RunCase{"rflo_tanh", RuleKind::kRflo, Activation::kTanh, 20, 1},
                    RunCase{"rflo_relu", RuleKind::kRflo, Activation::kRelu, 20, 4},
                    RunCase{"eprop", RuleKind::kEprop, Activation::kIdentity, 20, 1},
                    RunCase{"eprop_tanh", RuleKind::kEprop, Activation::kTanh, 20, 2},
                    RunCase{"eprop_random", RuleKind::kEpropRandom, Activation::kRelu, 20, 1},
                    RunCase{"bptt", RuleKind::kBptt, Activation::kIdentity, 20, 1, 20, 20},
                    RunCase{"bptt_tanh", RuleKind::kBptt, Activation::kTanh, 20, 20, 20, 20},
                    RunCase{"bptt_relu", RuleKind::kBptt, Activation::kRelu, 20, 20, 20, 20},
                    RunCase{"bptt_window", RuleKind::kBptt, Activation::kRelu, 21, 5, 21, 21},
                    RunCase{"bptt_static", RuleKind::kBptt, Activation::kTanh, 20, 20, 20, 20, 6, true, true},
                    RunCase{"tbptt_one", RuleKind::kTbptt, Activation::kRelu, 20, 1, 1, 1},
                    RunCase{"tbptt_1_10", RuleKind::kTbptt, Activation::kTanh, 24, 24, 1, 10},
                    RunCase{"tbptt_5_5", RuleKind::kTbptt, Activation::kRelu, 23, 23, 5, 5},
                    RunCase{"tbptt_9_2", RuleKind::kTbptt, Activation::kTanh, 20, 7, 9, 2},
                    RunCase{"tbptt_commits", RuleKind::kTbptt, Activation::kTanh, 20, 20, 4, 3, 6, true, false, true},
                    RunCase{"tbptt_static", RuleKind::kTbptt, Activation::kRelu, 20, 20, 3, 3, 6, false, true},
                    RunCase{"chunks_of_inputs", RuleKind::kBptt, Activation::kTanh, 70, 70, 70, 70, 130},
                    RunCase{"eprop_every", RuleKind::kEprop, Activation::kTanh, 20, 20},
                    RunCase{"rflo_every", RuleKind::kRflo, Activation::kTanh, 20, 20}),
    [](const testing::TestParamInfo<RunCase>& instance) { return std::string(instance.param.name); });

/// One population, whose runs are single loops: with numbers of neurons that fill registers, that
/// do not, and that make blocks of each kind.
std::vector<RunCase> alone() {
  const std::vector<RunCase> rules = {
      {"rflo", RuleKind::kRflo, Activation::kIdentity, 20, 1},
      {"rflo_tanh", RuleKind::kRflo, Activation::kTanh, 20, 20},
      {"eprop", RuleKind::kEprop, Activation::kIdentity, 20, 3},
      {"eprop_tanh", RuleKind::kEprop, Activation::kTanh, 20, 20},
      {"eprop_random", RuleKind::kEpropRandom, Activation::kRelu, 20, 2},
      {"bptt", RuleKind::kBptt, Activation::kIdentity, 20, 1, 20, 20},
      {"bptt_relu", RuleKind::kBptt, Activation::kRelu, 20, 20, 20, 20},
      {"tbptt_1_10", RuleKind::kTbptt, Activation::kTanh, 24, 24, 1, 10},
      {"tbptt_9_2", RuleKind::kTbptt, Activation::kTanh, 20, 7, 9, 2},
      {"rflo_static", RuleKind::kRflo, Activation::kTanh, 20, 5, 0, 0, 6, true, true},
      {"eprop_static", RuleKind::kEprop, Activation::kIdentity, 20, 5, 0, 0, 6, true, true},
      {"tbptt_static", RuleKind::kTbptt, Activation::kRelu, 20, 20, 3, 3, 6, false, true},
      {"tbptt_commits", RuleKind::kTbptt, Activation::kTanh, 20, 20, 4, 3, 6, true, false, true}};
  std::vector<RunCase> cases;
  for (RunCase c : rules) {
    for (const std::int32_t units : {1, 4, 5, 16, 37, 130}) {
      c.units = units;
      c.alone = true;
      cases.push_back(c);
    }
  }
  for (const RuleKind kind : {RuleKind::kBptt, RuleKind::kEprop}) {
    cases.push_back({"beside_memory", kind, Activation::kTanh, 20, 20, 20, 20});
    cases.back().units = kind == RuleKind::kBptt ? 4 : 5;
    cases.back().alone = cases.back().memory = true;
    cases.push_back({"beside_spikes", kind, Activation::kTanh, 20, 20, 20, 20});
    cases.back().units = kind == RuleKind::kBptt ? 4 : 5;
    cases.back().alone = cases.back().spiking = true;
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Alone, Runs, testing::ValuesIn(alone()), [](const testing::TestParamInfo<RunCase>& instance) {
  return std::string(instance.param.name) + "_" + std::to_string(instance.param.units);
});

/// Symmetric feedback is a message of lag 0 over a non-local wire: in the first tick with an error.
TEST(Runs, EndWhereTheBudgetDoesWithoutASweep) {
  const RunCase c{"", RuleKind::kEprop, Activation::kTanh, 20, 12};
  const Trained at_once = over_batched(c, Locality::kSpatial, Looks::kNobody);
  const Trained expected = over_mailbox(c, Locality::kSpatial);
  ASSERT_TRUE(at_once.offence && expected.offence);
  EXPECT_EQ(at_once.offence->tick, (Tick{9}));
  EXPECT_EQ(at_once.offence->tick, expected.offence->tick);
  EXPECT_EQ(at_once.offence->channel, Channel::kTransport);
  EXPECT_EQ(at_once.offence->channel, expected.offence->channel);
  EXPECT_EQ(at_once.offence->ends.sender, expected.offence->ends.sender);
  EXPECT_EQ(at_once.offence->ends.receiver, expected.offence->ends.receiver);
}

/// A budget that lags break: the same message ends the rule, and the door has counted the messages
/// before it.
TEST(Runs, EndWhereTheBudgetDoes) {
  const RunCase c{"", RuleKind::kTbptt, Activation::kRelu, 20, 12, 3, 2};
  for (const Locality budget : {Locality::kTemporal, Locality::kSpatial, Locality::kStrict}) {
    const Trained at_once = over_batched(c, budget, Looks::kNobody);
    const Trained expected = over_mailbox(c, budget);
    ASSERT_TRUE(at_once.offence && expected.offence);
    EXPECT_EQ(at_once.offence->tick, expected.offence->tick);
    EXPECT_EQ(at_once.offence->channel, expected.offence->channel);
    EXPECT_EQ(at_once.offence->lag, expected.offence->lag);
    EXPECT_EQ(at_once.offence->ends.sender, expected.offence->ends.sender);
    EXPECT_EQ(at_once.offence->ends.receiver, expected.offence->ends.receiver);
  }
}

}  // namespace
}  // namespace locus
