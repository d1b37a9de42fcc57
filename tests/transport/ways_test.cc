// Every way of the batched transport against the mailbox: one network, several trials, with the
// ways that the horizon selects.
//
// Weights after a few commits agree to 1e-12 and every count is equal for every way.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "core/transport/columns/columns.h"
#include "core/transport/mailbox/mailbox.h"
#include "sim/place/place.h"
#include "sim/run/trial.h"
#include "tests/support/hand_network.h"
#include "tests/transport/open_door.h"

namespace locus {
namespace {

constexpr std::int32_t kTicks = 5;

HandNetwork make_network(Activation activation, std::int32_t lanes) {
  HandNetwork made;
  const PopulationId in = made.population(Layer::kInput, {.name = "in", .size = 3});
  const PopulationId rec =
      made.population(Layer::kRate, {.name = "rec", .size = 6, .activation = activation, .leak = 0.5});
  const PopulationId out = made.population(Layer::kReadout, {.name = "out", .size = 2});
  const auto from = [](std::int32_t sources) {
    return [=](std::int64_t k) { return 0.4 * std::sin(3.0 * static_cast<double>(k) + sources); };
  };
  made.connect(in, rec, true, 0.05, from(3));
  made.connect(rec, rec, true, 0.05, from(6));
  made.connect(rec, out, true, 0.05, from(6));
  made.feedback(out, rec, from(2));
  made.finish(lanes);
  return made;
}

/// Three updates over a transport that `make` builds.
template <class T>
void train(T& transport, const Learning& learning, const TrialShape& shape) {
  TrainingSpec training;
  if (shape.window > 1) training.loss = Loss::kSequence;
  Trial<double, T> trial(transport, learning, shape, training);
  Batch<double> batch = make_batch<double>(kTicks, 3, 2, transport.network().lanes);
  for (int update = 0; update < 3; ++update) {
    for (std::size_t i = 0; i < batch.input.size(); ++i)
      batch.input[i] = std::sin(1.7 * static_cast<double>(i) + update);
    for (std::size_t i = 0; i < batch.target.size(); ++i) batch.target[i] = std::cos(static_cast<double>(i));
    trial.run(batch);
    trial.commit_batch();
  }
}

struct Case {
  RuleKind kind;
  Activation activation;
  bool every_error;
  bool every_tick;  // commits
  std::int32_t lanes;
  std::int64_t tape_floor;
  Way way;  // of W
};

class Ways : public testing::TestWithParam<Case> {};

TEST_P(Ways, AgreeWithTheMailbox) {
  const Case& c = GetParam();
  const Learning learning{.kind = c.kind, .depth = 0, .stride = 0, .trace_decay = {}};
  const TrialShape shape{.ticks = kTicks, .window = c.every_error ? kTicks : 1, .commits_every_tick = c.every_tick};
  HandNetwork made = make_network(c.activation, c.lanes);
  Network<double>& network = made.network;
  Network<double> reference = network;
  const Network<double> before = network;

  Door door = open_door(learning);
  const Horizon horizon{.trial = shape, .tape_floor = c.tape_floor};
  Columns<double> batched(network, learning, horizon, Executor{}, door);
  EXPECT_EQ(batched.plan().projections[1].learns, c.way);
  train(batched, learning, shape);

  Door reference_door = open_door(learning);
  Mailbox<double> mailbox(reference, learning, place(*reference.topology, 2), Executor{}, reference_door);
  train(mailbox, learning, shape);

  EXPECT_EQ(door.ledger(), reference_door.ledger());
  for (std::size_t p = 0; p < network.synapses.size(); ++p) {
    double moved = 0;
    for (std::size_t k = 0; k < network.synapses[p].weight.size(); ++k) {
      const double expected = reference.synapses[p].weight[k];
      EXPECT_NEAR(network.synapses[p].weight[k], expected, 1e-12 * std::max(1.0, std::abs(expected)));
      moved = std::max(moved, std::abs(expected - before.synapses[p].weight[k]));
    }
    EXPECT_GT(moved, 1e-6) << "projection " << p << " learnt nothing, so nothing was compared";
  }
}

constexpr std::int64_t kRoomy = std::int64_t{64} << 20;

INSTANTIATE_TEST_SUITE_P(
    Every, Ways,
    testing::Values(Case{RuleKind::kRflo, Activation::kTanh, true, true, 1, kRoomy, Way::kFused},
                    Case{RuleKind::kEprop, Activation::kTanh, true, true, 1, kRoomy, Way::kFused},
                    Case{RuleKind::kRflo, Activation::kIdentity, false, true, 1, kRoomy, Way::kFused},
                    Case{RuleKind::kRflo, Activation::kTanh, true, false, 3, 0, Way::kLoop},
                    Case{RuleKind::kRflo, Activation::kIdentity, false, false, 1, 0, Way::kLoop},
                    Case{RuleKind::kEprop, Activation::kSigmoid, true, false, 2, 0, Way::kLoop},
                    Case{RuleKind::kEpropRandom, Activation::kTanh, false, false, 2, 0, Way::kLoop},
                    Case{RuleKind::kRflo, Activation::kTanh, true, false, 3, kRoomy, Way::kDeferred},
                    Case{RuleKind::kEprop, Activation::kTanh, false, false, 2, kRoomy, Way::kDeferred},
                    Case{RuleKind::kRflo, Activation::kIdentity, true, false, 3, kRoomy, Way::kShared},
                    Case{RuleKind::kRflo, Activation::kIdentity, false, false, 2, kRoomy, Way::kShared},
                    Case{RuleKind::kRtrl, Activation::kTanh, true, false, 2, kRoomy, Way::kSummed},
                    Case{RuleKind::kRtrl, Activation::kTanh, true, true, 1, kRoomy, Way::kSummed}));

}  // namespace
}  // namespace locus
