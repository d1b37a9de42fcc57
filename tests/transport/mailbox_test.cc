// The mailbox visits a synapse when a message reaches it, and not otherwise: what its ticks go over
// grows with messages, and traces that nobody visited have the bits of a visit a tick.
#include "core/transport/mailbox/mailbox.h"

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/place/place.h"
#include "tests/support/hand_network.h"
#include "tests/transport/open_door.h"

namespace locus {
namespace {

constexpr std::int32_t kInputs = 5;
constexpr std::int32_t kReadouts = 2;
constexpr ProjectionId kB{0}, kW{1}, kA{2};

LifParameters adaptive() {
  return {.decay = 0.9,
          .gain = 0.75,
          .threshold = 0.5,
          .refractory = 2,
          .adaptation_decay = 0.95,
          .adaptation = 0.3,
          .height = 0.4,
          .width = 0.3};
}

/// Inputs, neurons, readouts with memory, and feedback.
HandNetwork network_of(HandPopulation neurons, std::int32_t lanes) {
  HandNetwork made;
  const PopulationId in = made.population(Layer::kInput, {.name = "in", .size = kInputs});
  const PopulationId rec = made.population(Layer::kRate, std::move(neurons));
  const PopulationId out = made.population(Layer::kReadout, {.name = "out", .size = kReadouts, .decay = 0.8, .gain = 0.5});
  const auto wave = [](double height, double shift) {
    return [=](std::int64_t k) { return height * std::sin(1.7 * static_cast<double>(k) + shift); };
  };
  made.connect(in, rec, true, 0.01, wave(0.5, 0.3));
  made.connect(rec, rec, true, 0.02, wave(0.2, 0.1));
  made.connect(rec, out, true, 0.03, wave(0.4, 0.7));
  made.feedback(out, rec, wave(0.9, 0.2));
  made.finish(lanes);
  return made;
}

/// x_1 .. x_T: each input spikes at a few ticks of the first half, in each lane at other ones.
std::vector<double> spikes(std::int32_t ticks, std::int32_t lanes) {
  std::vector<double> inputs(static_cast<std::size_t>(ticks * kInputs * lanes), 0.0);
  for (std::int32_t cell = 0; cell < kInputs * lanes; ++cell) {
    for (std::int32_t t = cell % 4; t < ticks / 2; t += 3 + cell)
      inputs[static_cast<std::size_t>(t * kInputs * lanes + cell)] = 1;
  }
  return inputs;
}

/// A tick as the conductor has it. With `learns` readouts are compared with 0.3 where has_error.
void run_tick(Mailbox<double>& transport, std::int32_t t, bool learns, bool has_error) {
  const std::vector<double> targets(transport.network().readouts.error.size(), 0.3);
  transport.tick(Tick{t});
  transport.deliver(phase::Axons{kB});
  transport.deliver(phase::Axons{kW});
  transport.step(Layer::kRate);
  transport.deliver(phase::Axons{kA});
  transport.step(Layer::kReadout);
  if (!learns) return;
  if (has_error) transport.deliver(phase::Targets<double>{targets.data(), 1.0});
  transport.deliver(phase::Errors<double>{});
  if (has_error) transport.deliver(phase::Feedbacks{});
  transport.deliver(phase::Posts{has_error});
}

Learning learning_of(RuleKind kind) {
  Learning learning{.kind = kind};
  if (kind == RuleKind::kEpropRandom) learning.filter = 0.7;
  if (kind == RuleKind::kRflo) learning.trace_decay = 0.85;
  return learning;
}

/// The equations of all synapses, each visited in every tick. With a POST that says psi = 0 and
/// signal = 0 a synapse does what it does by the clock.
class EveryTick {
 public:
  EveryTick(const Network<double>& network, const Learning& learning) : network_(network), learning_(learning) {
    for (const Projection& projection : network.projections()) {
      synapses_.emplace_back(static_cast<std::size_t>(projection.size() * network.lanes));
      weights_.emplace_back(network.synapses[synapses_.size() - 1].weight.begin(),
                            network.synapses[synapses_.size() - 1].weight.end());
    }
  }

  /// After a tick; before: h of the tick before.
  void visit(const Column<double>& before) {
    for (std::int32_t p = 0; p < 3; ++p) {
      const Projection& projection = network_.projections()[ProjectionId{p}];
      const Column<double>& pre = p == 0 ? network_.inputs.activity : p == 1 ? before : network_.rate.activity;
      for (std::int64_t k = 0; k < projection.size(); ++k) {
        for (std::int32_t lane = 0; lane < network_.lanes; ++lane) {
          const std::size_t source = cell(projection.source_of(k), lane);
          const std::size_t target = cell(projection.target_of(k), lane);
          State& own = synapses_[static_cast<std::size_t>(p)][cell(k, lane)];
          if (p == 2) {
            visit_readout(own, pre[source], network_.readouts.epsilon[target]);
          } else {
            visit_neuron(own, pre[source], network_.rate.gain[target], network_.rate.signal[target]);
          }
        }
      }
    }
  }

  double trace(ProjectionId p, std::int64_t k, std::int32_t lane) const {
    const State& own = synapses_[static_cast<std::size_t>(p.value)][cell(k, lane)];
    return eprop() && p != kA ? own.low_pass : own.trace;
  }

  /// The lanes' changes in their order, then the weight.
  void commit() {
    for (std::size_t p = 0; p < 3; ++p) {
      for (std::size_t k = 0; k < weights_[p].size(); ++k) {
        double change = 0;
        for (std::int32_t lane = 0; lane < network_.lanes; ++lane) {
          double& delta = synapses_[p][cell(static_cast<std::int64_t>(k), lane)].delta;
          change = lane == 0 ? delta : change + delta;
          delta = 0;
        }
        weights_[p][k] -= network_.synapses[p].learning_rate * change;
      }
    }
  }

  const std::vector<double>& weights(std::size_t p) const { return weights_[p]; }

 private:
  struct State {
    double trace = 0, adapted = 0, low_pass = 0, delta = 0;
  };

  bool eprop() const { return learning_.kind == RuleKind::kEpropRandom; }
  std::size_t cell(std::int64_t index, std::int32_t lane) const {
    return static_cast<std::size_t>(index * network_.lanes + lane);
  }

  static void visit_readout(State& own, double pre, double epsilon) {
    own.trace = 0.8 * own.trace + 0.5 * pre;
    own.delta += epsilon * own.trace;
  }

  void visit_neuron(State& own, double pre, double gain, double signal) const {
    const Neurons& neurons = network_.rate.populations.front();
    if (eprop()) {
      const LifParameters& lif = *neurons.lif;
      own.trace = lif.decay * own.trace + lif.gain * pre;
      const double e = gain * (own.trace - lif.adaptation * own.adapted);
      own.adapted = lif.adaptation_decay * own.adapted + e;
      own.low_pass = 0.7 * own.low_pass + (1.0 - 0.7) * e;
      own.delta += signal * own.low_pass;
      return;
    }
    own.trace = 0.85 * own.trace + (neurons.lif ? gain * neurons.lif->gain : gain) * pre;
    own.delta += signal * own.trace;
  }

  const Network<double>& network_;
  Learning learning_;
  std::vector<std::vector<State>> synapses_;
  std::vector<std::vector<double>> weights_;
};

struct TraceCase {
  std::string name;
  RuleKind kind;
  bool spiking;
  bool commits_every_tick;
};

class MailboxTraces : public testing::TestWithParam<TraceCase> {};

/// Two trials of two lanes, the errors in their last ticks; every trace of every tick, and all
/// weights.
TEST_P(MailboxTraces, HaveTheBitsOfAVisitATick) {
  const auto& [name, kind, spiking, commits_every_tick] = GetParam();
  constexpr std::int32_t kLanes = 2, kTicks = 60, kWindow = 20;
  HandPopulation neurons{.name = "rec", .size = 7, .leak = 0.4};
  if (spiking) neurons.lif = adaptive();
  HandNetwork hand = network_of(neurons, kLanes);
  const Network<double>& network = hand.network;
  const Learning learning = learning_of(kind);
  Door door = open_door(learning);
  Mailbox<double> transport(hand.network, learning, place(*hand.topology, 2), Executor{}, door);
  const std::vector<double> inputs = spikes(kTicks, kLanes);
  std::int64_t moved = 0;
  for (int trial = 0; trial < 2; ++trial) {
    EveryTick expected(network, learning);
    transport.begin_trial(inputs.data());
    for (std::int32_t t = 1; t <= kTicks; ++t) {
      const Column<double> before = network.rate.activity;
      run_tick(transport, t, true, t > kTicks - kWindow);
      expected.visit(before);
      for (std::int32_t p = 0; p < 3; ++p) {
        for (std::int64_t k = 0; k < network.projections()[ProjectionId{p}].size(); ++k) {
          for (std::int32_t lane = 0; lane < kLanes; ++lane) {
            const double trace = transport.trace(ProjectionId{p}, SynapseId{k}, Lane{lane});
            ASSERT_EQ(trace, expected.trace(ProjectionId{p}, k, lane))
                << "projection " << p << ", synapse " << k << ", lane " << lane << ", tick " << t;
            moved += trace != 0 ? 1 : 0;
          }
        }
      }
      if (!commits_every_tick && t < kTicks) continue;
      transport.commit(1);
      expected.commit();
      for (std::size_t p = 0; p < 3; ++p) {
        for (std::size_t k = 0; k < expected.weights(p).size(); ++k)
          ASSERT_EQ(network.synapses[p].weight[k], expected.weights(p)[k]) << "projection " << p << ", synapse " << k;
      }
    }
  }
  EXPECT_GT(moved, 5000) << "traces of 0 show nothing";
}

INSTANTIATE_TEST_SUITE_P(Rules, MailboxTraces,
                         testing::Values(TraceCase{"Eprop", RuleKind::kEpropRandom, true, false},
                                         TraceCase{"EpropCommitsEveryTick", RuleKind::kEpropRandom, true, true},
                                         TraceCase{"RfloOfSpikes", RuleKind::kRflo, true, false},
                                         TraceCase{"RfloOfSpikesCommitsEveryTick", RuleKind::kRflo, true, true},
                                         TraceCase{"RfloOfLinearNeurons", RuleKind::kRflo, false, false}),
                         [](const auto& instance) { return instance.param.name; });

class MailboxCost : public testing::TestWithParam<RuleKind> {};

/// Forty thousand synapses, whose sources are silent in most ticks. What is gone over: a source's
/// synapses when it sends, they again when they fall silent and when their trace takes the clock,
/// and a target's synapses when it sends POST. A commit goes over those that have heard POST.
TEST_P(MailboxCost, IsThatOfMessages) {
  constexpr std::int32_t kTicks = 200;
  const bool learns = GetParam() != RuleKind::kNone;
  HandPopulation neurons{.name = "rec", .size = 200};
  neurons.lif = adaptive();
  neurons.lif->width = 0.01;
  HandNetwork hand = network_of(neurons, 1);
  const Learning learning = learning_of(GetParam());
  Door door = open_door(learning);
  Mailbox<double> transport(hand.network, learning, place(*hand.topology, 3), Executor{}, door);
  const std::vector<double> inputs = spikes(kTicks, 1);
  const auto seen = [&] { return transport.visits(); };
  const auto sent = [&] { return door.ledger().messages(); };
  transport.begin_trial(inputs.data());
  const std::int64_t begin = seen();
  std::int64_t silent_ticks = 0;  // in a row
  for (std::int32_t t = 1; t <= kTicks; ++t) {
    const std::int64_t visits = seen(), messages = sent();
    run_tick(transport, t, learns, false);
    if (learns) transport.commit(1);
    silent_ticks = sent() == messages ? silent_ticks + 1 : 0;
    // in the first of them synapses forget what they heard in the tick before
    if (silent_ticks > 1) {
      ASSERT_EQ(seen(), visits) << "tick " << t;
    }
  }
  EXPECT_GT(silent_ticks, 10);
  const std::int64_t axons = door.ledger().messages(Channel::kAxon);
  EXPECT_GT(axons, 1000) << "a network that says nothing costs nothing";
  EXPECT_LE(seen() - begin, 3 * axons + 2 * door.ledger().messages(Channel::kPost));
  EXPECT_LT(seen() - begin, hand.topology->synapses() * kTicks / 4);
}

INSTANTIATE_TEST_SUITE_P(Rules, MailboxCost, testing::Values(RuleKind::kNone, RuleKind::kRflo, RuleKind::kEpropRandom),
                         [](const auto& instance) {
                           return instance.param == RuleKind::kNone   ? "None"
                                  : instance.param == RuleKind::kRflo ? "Rflo"
                                                                      : "Eprop";
                         });

}  // namespace
}  // namespace locus
