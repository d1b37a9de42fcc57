// Delays of projections: spiking networks compared with the oracle, gradients with tangents, and
// the way of one spike from neuron to neuron.
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

constexpr int kLateSeeds = 60;

Spec late_spiking_model(std::uint64_t seed) { return with_delays(odd_spiking_model(seed), seed); }

TEST(Delays, OfSpikingNetworksDoWhatTheOracleDoes) {
  for (std::uint64_t seed = 1; seed <= kLateSeeds; ++seed) {
    const Spec spec = late_spiking_model(seed);
    for (const TransportKind transport : kTransports) {
      const RunResult result = run_with(spec, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        ASSERT_TRUE(agrees(spec, result.outcomes[k], spiking::solve(spec, spec.rules[k]), 1e-11))
            << name(transport) << ", " << spec.rules[k].name << ", seed " << seed << ", " << describe(spec);
      }
    }
  }
}

TEST(Delays, AreTheSameBitsForAnyNumberOfThreads) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const Spec spec = late_spiking_model(seed);
    ASSERT_TRUE(same_for_threads(spec, {3})) << describe(spec);
  }
}

/// In float32 rounding may move a current across a threshold. The test therefore compares the two
/// transports, which add in the same order.
TEST(Delays, InFloat32AreTheSameUnderBothTransports) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Spec spec = late_spiking_model(seed);
    spec.precision = Precision::kFloat32;
    spec.training.updates = 1;
    const RunResult single = run_with(spec, TransportKind::kMailbox);
    const RunResult bulk = run_with(spec, TransportKind::kBatched);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      EXPECT_EQ(single.outcomes[k].ledger, bulk.outcomes[k].ledger) << spec.rules[k].name << ", " << describe(spec);
      ASSERT_TRUE(close(weights_of(single.outcomes[k]), weights_of(bulk.outcomes[k]), 1e-4)) << describe(spec);
    }
  }
}

TEST(Delays, SendNoMoreThanTheClosedForms) {
  for (std::uint64_t seed = 1; seed <= kLateSeeds; ++seed) {
    const Spec spec = late_spiking_model(seed);
    const RunResult result = run_with(spec, TransportKind::kBatched);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      const Ledger bound = forecast(spec, topology_of(spec), spec.rules[k]);
      const Ledger& ledger = result.outcomes[k].ledger;
      for (const LedgerEntry& entry : ledger.entries()) {
        EXPECT_LE(entry.tally.messages, bound.at(entry.channel, entry.lag).messages * ledger.trials())
            << name(entry.channel) << " lag " << entry.lag << ", " << spec.rules[k].name << ", " << describe(spec);
      }
      EXPECT_EQ(ledger.history_bytes(), bound.history_bytes()) << spec.rules[k].name << ", " << describe(spec);
      EXPECT_EQ(ledger.trace_bytes(), bound.trace_bytes());
    }
  }
}

TEST(Delays, AreLoadedFromTheirText) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Spec spec = late_spiking_model(seed);
    std::erase_if(spec.rules, [](const RuleSpec& rule) { return rule.kind != RuleKind::kBptt; });
    std::vector<Fault> warnings;
    const Spec read = load_bytes(model_text(spec), "model.txtpb", warnings);
    const RunResult one = run_with(spec, TransportKind::kBatched);
    const RunResult other = run_with(read, TransportKind::kBatched);
    ASSERT_TRUE(identical(one.outcomes[0], other.outcomes[0])) << describe(spec);
  }
}

/// The change of every synapse in the program's update: with a learning rate of 1, the change of
/// the weight.
oracle::ByProjection moves(Spec spec, const RuleSpec& rule, TransportKind transport) {
  spec.rules = {rule};
  return change(spec, run_with(spec, transport).outcomes.at(0));
}

TEST(Delays, LeaveBpttTheGradientOfTheTangents) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const Spec spec = with_delays(small_spiking_model(seed), seed);
    const RuleSpec bptt = rule_spec(RuleKind::kBptt);
    const oracle::ByProjection wanted = spiking::tangents(spec, bptt);
    for (const TransportKind transport : kTransports) {
      ASSERT_TRUE(close(moves(spec, bptt, transport), wanted, 1e-10)) << name(transport) << ", seed " << seed;
      ASSERT_TRUE(close(moves(spec, truncated(20, 20), transport), wanted, 1e-10)) << name(transport) << ", seed " << seed;
    }
  }
}

/// A chain of two neurons: an input spike in tick 2, delays of 3 over B, 4 over W and 2 over A. By
/// hand: the first neuron spikes in tick 5, the second in tick 9, and the spike arrives at the
/// readout in tick 11, after the end of a trial of 10 ticks.
TEST(Delays, CarryASpikeFromNeuronToNeuron) {
  const auto model = [](int ticks) {
    return R"(network {
  populations { name: "in" size: 1 input {} }
  populations { name: "one" size: 1 lif { tau_m: 1 threshold: 1 } }
  populations { name: "two" size: 1 lif { tau_m: 1 threshold: 1 } }
  populations { name: "out" size: 1 readout {} }
  projections { name: "B" source: "in" target: "one" delay: 3 weights { constant { value: 1 } } }
  projections { name: "W" source: "one" target: "two" delay: 4 weights { constant { value: 1 } } }
  projections { name: "A" source: "two" target: "out" delay: 2 weights { constant { value: 1 } } }
}
task { recorded { trials { spikes { neuron: [0] tick: [2] } } } }
rules { name: "none" none {} }
training { loss: SUM ticks: )" +
           std::to_string(ticks) + " }";
  };
  std::vector<Fault> warnings;
  for (const TransportKind transport : kTransports) {
    for (const auto& [ticks, arrivals] : {std::pair{4, 0}, {5, 1}, {8, 1}, {9, 2}, {10, 2}, {11, 3}, {20, 3}}) {
      const Ledger ledger = run_with(load_bytes(model(ticks), "chain.txtpb", warnings), transport).outcomes.at(0).ledger;
      EXPECT_EQ(ledger.at(Channel::kAxon, 0).messages, arrivals) << name(transport) << ", " << ticks << " ticks";
      EXPECT_EQ(ledger.max_lag(), 0) << "what is delayed revisits nothing";
      EXPECT_EQ(ledger.history_bytes(), (64 * 3 + 3 + 2 + 7) / 8)
          << "one neuron each: 3, 4 - 1 and 2 ticks on the axons, where a spike is a bit";
    }
  }
}

}  // namespace
}  // namespace locus
