// Spiking networks of every kind against the oracle: losses, weights, every count and the memory,
// with both transports; gradients against tangents.
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "sim/model/wire.h"
#include "sim/report/forecast.h"
#include "tests/support/agreement.h"
#include "tests/support/model_text.h"
#include "tests/support/spiking_model.h"
#include "tests/support/spiking_oracle.h"

namespace locus {
namespace {

constexpr int kSeeds = 120;

TEST(SpikingNetworks, DoWhatTheOracleDoes) {
  std::int64_t spikes = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Spec spec = odd_spiking_model(seed);
    const RunResult single = run_with(spec, TransportKind::kMailbox);
    const RunResult bulk = run_with(spec, TransportKind::kBatched);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      spiking::Spikes all;
      const oracle::Answer answer = spiking::solve(spec, spec.rules[k], spiking::Mutation::kNone, &all);
      for (const auto& trial : all) spikes += std::ssize(trial);
      ASSERT_TRUE(agrees(spec, single.outcomes[k], answer, 1e-11))
          << "mailbox, " << spec.rules[k].name << ", seed " << seed << ", " << describe(spec);
      ASSERT_TRUE(agrees(spec, bulk.outcomes[k], answer, 1e-11))
          << "batched, " << spec.rules[k].name << ", seed " << seed << ", " << describe(spec);
    }
  }
  EXPECT_GT(spikes, 10000) << "networks that are silent show nothing";
}

/// With infinite time constants nothing decays: neurons and readouts add up what arrives, and a
/// threshold that has risen stays.
TEST(SpikingNetworks, DoWhatTheOracleDoesWithoutLeak) {
  std::int64_t spikes = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Spec spec = odd_spiking_model(seed);
    for (PopulationSpec& population : spec.network.populations) {
      if (population.lif) {
        population.lif->leak = {.tau_m = INFINITY};
        if (population.lif->adapts() && seed % 2 == 0) population.lif->adaptation_tau = INFINITY;
      }
      if (population.memory) population.memory = LeakSpec{.tau_m = INFINITY};
    }
    const RunResult single = run_with(spec, TransportKind::kMailbox);
    const RunResult bulk = run_with(spec, TransportKind::kBatched);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      spiking::Spikes all;
      const oracle::Answer answer = spiking::solve(spec, spec.rules[k], spiking::Mutation::kNone, &all);
      for (const auto& trial : all) spikes += std::ssize(trial);
      ASSERT_TRUE(agrees(spec, single.outcomes[k], answer, 1e-11)) << spec.rules[k].name << ", " << describe(spec);
      ASSERT_TRUE(agrees(spec, bulk.outcomes[k], answer, 1e-11)) << spec.rules[k].name << ", " << describe(spec);
    }
  }
  EXPECT_GT(spikes, 3000);
}

/// A perfect integrator of a constant current of 0.25 with threshold 1: it spikes in every fourth
/// tick from the fourth on, since a spike takes 1 off in the next tick.
TEST(SpikingNetworks, IntegrateWithoutLeak) {
  std::string text =
      "name: \"integrator\" network { populations { name: \"in\" size: 1 input {} } populations { name: \"n\" size: 1 ";
  text += "lif { tau_m: inf threshold: 1 } } populations { name: \"o\" size: 1 readout { tau_m: inf } } ";
  text += "projections { name: \"B\" source: \"in\" target: \"n\" weights { constant { value: 0.25 } } } ";
  text += "projections { name: \"A\" source: \"n\" target: \"o\" weights { constant { value: 1 } } } } ";
  text += "task { drawn { inputs { white_noise { mean: 1 stddev: 0 } } } } training { loss: SUM ticks: 24 } ";
  text += "rules { name: \"none\" none {} }";
  std::vector<Fault> warnings;
  const Spec spec = load_bytes(text, "m.txtpb", warnings);
  for (const TransportKind transport : {TransportKind::kMailbox, TransportKind::kBatched}) {
    const RunResult result = run_with(spec, transport);
    // over A: a message in each of the six ticks with a spike; over B one in each of the 24 ticks
    EXPECT_EQ(result.outcomes[0].ledger.messages(Channel::kAxon), 24 + 6);
  }
  for (const char* wrong : {"lif { tau_m: -inf threshold: 1 }", "lif { tau_m: nan threshold: 1 }",
                            "lif { tau_m: inf normalise_input: true threshold: 1 }"}) {
    std::string bad = text;
    bad.replace(bad.find("lif {"), std::string("lif { tau_m: inf threshold: 1 }").size(), wrong);
    EXPECT_THROW(load_bytes(bad, "m.txtpb", warnings), ModelError) << wrong;
  }
}

/// Spiking neurons together with rate neurons, under every rule, some of them with a signal only
/// over static wires: the transports agree.
TEST(SpikingNetworks, LiveBesideRateNeurons) {
  int mixed = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Spec spec = odd_spiking_model(seed);
    std::vector<std::size_t> neurons;  // indices of their populations
    for (std::size_t p = 0; p < spec.network.populations.size(); ++p)
      if (spec.network.populations[p].lif) neurons.push_back(p);
    if (neurons.size() < 2) continue;
    ++mixed;
    PopulationSpec& rate = spec.network.populations[neurons[seed % neurons.size()]];
    rate.lif.reset();
    rate.activation = seed % 3 == 0 ? Activation::kIdentity : Activation::kTanh;
    rate.leak = seed % 2 == 0 ? 1 : 0.25;
    for (ProjectionSpec& projection : spec.network.projections) {
      const bool spiking = spec.network.populations[static_cast<std::size_t>(projection.target)].lif.has_value();
      if (spiking && seed % 4 < 2) projection.plastic = false;
    }
    const RunResult single = run_with(spec, TransportKind::kMailbox);
    const RunResult bulk = run_with(spec, TransportKind::kBatched);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      EXPECT_EQ(single.outcomes[k].ledger, bulk.outcomes[k].ledger) << spec.rules[k].name << ", seed " << seed;
      EXPECT_TRUE(close(weights_of(bulk.outcomes[k]), weights_of(single.outcomes[k]), 1e-11))
          << spec.rules[k].name << ", seed " << seed << ", " << describe(spec);
    }
  }
  EXPECT_GT(mixed, 20) << "few networks have two populations of neurons";
}

TEST(SpikingNetworks, AreTheSameBitsForAnyNumberOfThreads) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const Spec spec = odd_spiking_model(seed);
    ASSERT_TRUE(same_for_threads(spec, {3})) << describe(spec);
  }
}

/// A trial has no more messages of any channel and lag than `locus info` says; history, traces and
/// stalls are exactly as it says.
TEST(SpikingNetworks, SendNoMoreThanTheClosedForms) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Spec spec = odd_spiking_model(seed);
    const RunResult result = run_with(spec, TransportKind::kBatched);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      const Ledger bound = forecast(spec, topology_of(spec), spec.rules[k]);
      const Ledger& ledger = result.outcomes[k].ledger;
      for (const LedgerEntry& entry : ledger.entries()) {
        EXPECT_LE(entry.tally.messages, bound.at(entry.channel, entry.lag).messages * ledger.trials())
            << name(entry.channel) << " lag " << entry.lag << ", " << spec.rules[k].name << ", " << describe(spec);
      }
      EXPECT_EQ(ledger.history_bytes(), bound.history_bytes());
      EXPECT_EQ(ledger.trace_bytes(), bound.trace_bytes());
      EXPECT_EQ(ledger.stalled_ticks(), bound.stalled_ticks() * ledger.trials());
      EXPECT_EQ(ledger.messages(Channel::kTarget), bound.messages(Channel::kTarget) * ledger.trials());
      EXPECT_EQ(ledger.messages(Channel::kNorm), bound.messages(Channel::kNorm) * ledger.trials());
      EXPECT_EQ(ledger.messages(Channel::kAdjoint), bound.messages(Channel::kAdjoint) * ledger.trials());
    }
  }
}

/// If every neuron spikes and has an error in every tick, the numbers are exactly those.
TEST(SpikingNetworks, SendExactlyTheClosedFormsWhereEveryNeuronFires) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Spec spec = odd_spiking_model(seed);
    for (PopulationSpec& population : spec.network.populations) {
      population.noise.reset();
      if (population.constant) population.constant = 1;
      if (!population.lif) continue;
      population.lif->refractory = 0;
      population.lif->threshold = 1e-3;
      population.lif->adaptation = population.lif->adapts() ? 1e-9 : 0;
      population.lif->reset_to = population.lif->rest = 0;
      population.lif->surrogate = Surrogate::kArctan;  // non-zero everywhere
    }
    for (ProjectionSpec& projection : spec.network.projections) {
      const PopulationSpec& target = spec.network.populations[static_cast<std::size_t>(projection.target)];
      std::visit(
          [&]<class W>(W& weights) {
            if constexpr (requires { weights.values; }) {
              for (double& value : weights.values) value = target.lif ? 1 + std::abs(value) : value + 1.5;
            }
          },
          projection.weights);
      if (std::holds_alternative<ConstantWeights>(projection.weights)) projection.weights = ConstantWeights{1.5};
    }
    std::vector<bool> driven(spec.network.populations.size(), false);  // true: with an input
    for (const ProjectionSpec& projection : spec.network.projections) {
      const bool input =
          spec.network.populations[static_cast<std::size_t>(projection.source)].kind == PopulationKind::kInput;
      const bool whole = !std::holds_alternative<SparseMatrix>(projection.weights);
      if (input && whole) driven[static_cast<std::size_t>(projection.target)] = true;
    }
    bool all_driven = true;
    for (std::size_t p = 0; p < driven.size(); ++p)
      all_driven = all_driven && (driven[p] || !spec.network.populations[p].lif);
    if (!all_driven) continue;
    auto& trials = std::get<RecordedTask>(spec.task).trials;
    std::int64_t inputs = 0;
    for (const PopulationSpec& population : spec.network.populations)
      inputs += population.kind == PopulationKind::kInput && !population.constant ? population.size : 0;
    for (RecordedTrial& trial : trials) {
      DenseMatrix input{spec.training.ticks, inputs, {}};
      input.values.assign(static_cast<std::size_t>(input.rows * input.cols), 1);
      trial.input = input;
      for (double& value : trial.target.values) value = 0.25 + std::abs(value);
    }
    spec.training.updates = 1;
    const RunResult result = run_with(spec, TransportKind::kBatched);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      const Ledger wanted = forecast(spec, topology_of(spec), spec.rules[k]);
      const Ledger& ledger = result.outcomes[k].ledger;
      for (const LedgerEntry& entry : wanted.entries()) {
        const bool errs = entry.channel == Channel::kPost || entry.channel == Channel::kTransport ||
                          entry.channel == Channel::kFeedback;
        if (errs && spec.rules[k].kind != RuleKind::kNone)
          // an error may be 0 because there are no synapses; the bound above and the oracle check
          // this case
          continue;
        EXPECT_EQ(ledger.at(entry.channel, entry.lag).messages, entry.tally.messages * ledger.trials())
            << name(entry.channel) << " lag " << entry.lag << ", " << spec.rules[k].name << ", " << describe(spec);
      }
    }
  }
}

TEST(SpikingNetworks, AreLoadedFromTheirText) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Spec spec = odd_spiking_model(seed);
    // a file without feedback has a different meaning: symmetric or random feedback
    std::erase_if(spec.rules, [](const RuleSpec& rule) {
      return locus::rule(rule.kind).signal == SignalSource::kFeedback && rule.feedback.empty();
    });
    for (RuleSpec& rule : spec.rules) {
      if (rule.kind == RuleKind::kTbptt && rule.depth == 0)
        rule.depth = spec.training.ticks;  // a file cannot express this depth by 0
    }
    std::vector<Fault> warnings;
    const Spec read = load_bytes(model_text(spec), "model.txtpb", warnings);
    const RunResult one = run_with(spec, TransportKind::kBatched);
    const RunResult other = run_with(read, TransportKind::kBatched);
    for (std::size_t k = 0; k < spec.rules.size(); ++k)
      ASSERT_TRUE(identical(one.outcomes[k], other.outcomes[k])) << describe(spec);
  }
}

RuleSpec symmetric(double filter_tau) {
  RuleSpec rule = rule_spec(RuleKind::kEprop);
  rule.filter_tau = filter_tau;
  return rule;
}

/// The change of every synapse in the program's update: with a learning rate of 1, the change of
/// the weight.
oracle::ByProjection changes(Spec spec, const RuleSpec& rule, TransportKind transport) {
  spec.rules = {rule};
  return change(spec, run_with(spec, transport).outcomes.at(0));
}

TEST(Gradient, OfBpttIsThatOfTheTangents) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Spec spec = small_spiking_model(seed);
    const RuleSpec bptt = rule_spec(RuleKind::kBptt);
    const oracle::ByProjection wanted = spiking::tangents(spec, bptt);
    for (const TransportKind transport : kTransports)
      ASSERT_TRUE(close(changes(spec, bptt, transport), wanted, 1e-10)) << name(transport) << ", seed " << seed;
  }
}

TEST(Gradient, OfTruncatedSweepsOverTheWholeTrialIsThatOfBptt) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Spec spec = small_spiking_model(seed);
    const oracle::ByProjection wanted = spiking::tangents(spec, rule_spec(RuleKind::kBptt));
    for (const std::int32_t stride : {1, 7}) {
      for (const TransportKind transport : kTransports)
        ASSERT_TRUE(close(changes(spec, truncated(20, stride), transport), wanted, 1e-10))
            << name(transport) << ", stride " << stride;
    }
  }
}

/// e-prop is BPTT without W^T del and -V_th del, and with (1 - kappa) sum kappa^(u-t) L_u instead
/// of the readouts' adjoints.
TEST(Gradient, OfEpropIsThatOfBpttWithPathsCut) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Spec spec = small_spiking_model(seed);
    for (const double tau : {0.0, 10.0}) {
      const RuleSpec eprop = symmetric(tau);
      const oracle::ByProjection wanted =
          spiking::backward(spec, eprop, {.recurrent = false, .reset = false, .signals = true});
      for (const TransportKind transport : kTransports)
        ASSERT_TRUE(close(changes(spec, eprop, transport), wanted, 1e-11))
            << name(transport) << ", seed " << seed << ", tau " << tau;
    }
  }
}

/// Without the path through the reset the gradient is different, so the program has that path.
TEST(Gradient, OfBpttHasTheResetsPath) {
  const Spec spec = small_spiking_model(3);
  const RuleSpec bptt = rule_spec(RuleKind::kBptt);
  const oracle::ByProjection cut = spiking::backward(spec, bptt, {.recurrent = true, .reset = false, .signals = false});
  EXPECT_FALSE(close(changes(spec, bptt, TransportKind::kBatched), cut, 1e-3));
}

/// Neurons with too high rates approach the target rate without any error.
TEST(FiringRate, MovesToItsTarget) {
  Spec spec = small_spiking_model(5);
  for (PopulationSpec& population : spec.network.populations) {
    if (!population.lif) continue;
    population.lif->refractory = 0;
    population.lif->width = 4;
  }
  spec.training.ticks = 20;
  spec.training.updates = 400;
  spec.training.learning_rate = 0.02;
  for (RecordedTrial& trial : std::get<RecordedTask>(spec.task).trials) {
    DenseMatrix input{20, 3, std::vector<double>(60, 1)};
    trial.input = input;
  }
  RuleSpec rule = rule_spec(RuleKind::kEpropRandom, {{1, ConstantWeights{0}}, {2, ConstantWeights{0}}});
  rule.firing_rate = FiringRateSpec{100, 5};
  spiking::Spikes spikes;
  spiking::solve(spec, rule, spiking::Mutation::kNone, &spikes);
  const auto rate_hz = [&](std::size_t first) {
    double count = 0;
    for (std::size_t k = first; k < first + 20; ++k) count += static_cast<double>(spikes.at(k).size());
    return count / 20 / 6 / 20 * 1000;
  };
  EXPECT_GT(std::abs(rate_hz(0) - 100), 60) << "it starts elsewhere";
  EXPECT_NEAR(rate_hz(380), 100, 20);
  spec.rules = {rule};
  EXPECT_TRUE(agrees(spec, run_with(spec, TransportKind::kBatched).outcomes.at(0), spiking::solve(spec, rule), 1e-8));
}

}  // namespace
}  // namespace locus
