// Every kind of spiking neuron (current, reset, threshold, integration, constants of each neuron, a
// cut gradient): against the oracle, tangents, loops by hand and figures by hand.
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "tests/support/agreement.h"
#include "tests/support/records.h"
#include "tests/support/spiking_model.h"
#include "tests/support/spiking_oracle.h"

namespace locus {
namespace {

/// Calls visit(kind, a number of it) for each of the 96 kinds.
template <class Visit>
void each_kind(Visit visit) {
  for (int k = 0; k < kLifKinds; ++k) visit(lif_kind(k), static_cast<std::uint64_t>(k) + 1);
}

std::string shown(const LifKind& kind) {
  return std::string(name(kind.reset)) + (kind.current ? ", current" : "") + (kind.above ? ", above" : "") +
         (kind.integration == Integration::kEuler ? ", EULER" : "") + (kind.differ ? ", neurons differ" : "") +
         (kind.cut ? ", CUT" : "");
}

RuleSpec low_passed(double filter_tau, bool with_rate) {
  RuleSpec rule = rule_spec(RuleKind::kEprop);
  rule.filter_tau = filter_tau;
  if (with_rate) rule.firing_rate = FiringRateSpec{100, 5};
  rule.name += std::to_string(filter_tau) + (with_rate ? "_rate" : "");
  return rule;
}

std::vector<RuleSpec> rules_of_kinds() {
  const std::vector<FeedbackSpec> feedback = {{1, DenseMatrix{2, 3, {0.5, -1, 0.75, 0.25, 1, -0.5}}},
                                              {2, DenseMatrix{2, 3, {-0.5, 1, 0.5, 0.75, -1, 0.25}}}};
  RuleSpec decay = rule_spec(RuleKind::kRflo, feedback, 0.75);
  decay.name += "_decay";
  return {rule_spec(RuleKind::kBptt),
          truncated(1, 1),
          truncated(6, 4),
          rule_spec(RuleKind::kRflo, feedback),
          decay,
          low_passed(0, false),
          low_passed(8, true),
          rule_spec(RuleKind::kEpropRandom, feedback),
          rule_spec(RuleKind::kNone)};
}

/// Losses, weights, counts and memory of three updates of two lanes each, under every rule.
TEST(Kinds, DoWhatTheOracleDoes) {
  std::int64_t spikes = 0;
  each_kind([&](const LifKind& kind, std::uint64_t seed) {
    Spec spec = small_spiking_model(seed, kind);
    spec.training.learning_rate = 1.0 / 32;
    spec.training.batch = 2;
    spec.training.updates = 2;
    spec.training.carry_state = seed % 4 == 0;
    spec.rules = rules_of_kinds();
    for (const TransportKind transport : kTransports) {
      const RunResult result = run_with(spec, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        spiking::Spikes all;
        const oracle::Answer answer = spiking::solve(spec, spec.rules[k], spiking::Mutation::kNone, &all);
        for (const auto& trial : all) spikes += std::ssize(trial);
        EXPECT_TRUE(agrees(spec, result.outcomes[k], answer, 1e-11))
            << name(transport) << ", " << spec.rules[k].name << ", " << shown(kind);
      }
    }
  });
  EXPECT_GT(spikes, 50000) << "networks that are silent show nothing";
}

oracle::ByProjection changed_by(Spec spec, const RuleSpec& rule, TransportKind transport) {
  spec.rules = {rule};
  return change(spec, run_with(spec, transport).outcomes.at(0));
}

TEST(Kinds, HaveTheGradientOfTheTangents) {
  each_kind([&](const LifKind& kind, std::uint64_t seed) {
    const Spec spec = small_spiking_model(seed, kind);
    const RuleSpec bptt = rule_spec(RuleKind::kBptt);
    const oracle::ByProjection wanted = spiking::tangents(spec, bptt);
    for (const TransportKind transport : kTransports) {
      EXPECT_TRUE(close(changed_by(spec, bptt, transport), wanted, 1e-10)) << name(transport) << ", " << shown(kind);
      EXPECT_TRUE(close(changed_by(spec, truncated(20, 7), transport), wanted, 1e-10))
          << name(transport) << ", tbptt, " << shown(kind);
    }
  });
}

/// e-prop cuts W^T del and all of the reset, whatever the reset is.
TEST(Kinds, HaveEpropsGradientWithPathsCut) {
  each_kind([&](const LifKind& kind, std::uint64_t seed) {
    const Spec spec = small_spiking_model(seed, kind);
    for (const double tau : {0.0, 10.0}) {
      const RuleSpec rule = low_passed(tau, false);
      const oracle::ByProjection wanted =
          spiking::backward(spec, rule, {.recurrent = false, .reset = false, .signals = true});
      for (const TransportKind transport : kTransports)
        EXPECT_TRUE(close(changed_by(spec, rule, transport), wanted, 1e-11)) << name(transport) << ", " << shown(kind);
    }
  });
}

/// A cut reset is another gradient, and all else is the same.
TEST(Kinds, CutTheResetsPathInSweepsOnly) {
  for (const Reset reset : {Reset::kSubtractNextTick, Reset::kSubtract, Reset::kZero}) {
    const Spec kept = small_spiking_model(11, {.current = true, .reset = reset});
    const Spec cut = small_spiking_model(11, {.current = true, .reset = reset, .cut = true});
    for (const TransportKind transport : kTransports) {
      const RuleSpec bptt = rule_spec(RuleKind::kBptt);
      EXPECT_FALSE(close(changed_by(cut, bptt, transport), changed_by(kept, bptt, transport), 1e-3)) << name(reset);
      EXPECT_TRUE(close(changed_by(cut, low_passed(5, false), transport),
                        changed_by(kept, low_passed(5, false), transport), 0));
    }
  }
}

TEST(Kinds, AreTheSameBitsForAnyNumberOfThreads) {
  each_kind([&](const LifKind& kind, std::uint64_t seed) {
    if (seed % 7 != 0) return;
    Spec spec = small_spiking_model(seed, kind);
    spec.rules = rules_of_kinds();
    ASSERT_TRUE(same_for_threads(spec, {3})) << shown(kind);
  });
}

/// The voltage, spikes and current of neurons without synapses among them, in a loop by hand.
struct ByHand {
  std::vector<double> voltage, spike, current;
};
ByHand by_hand(const LifSpec& lif, std::size_t neuron, const std::vector<double>& arrived, double dt) {
  const auto of = [&](const PerNeuron& all) { return all.values.size() == 1 ? all.values[0] : all.values[neuron]; };
  const auto decay = [&](double tau) {
    return lif.integration == Integration::kEuler ? 1 - dt / tau : std::exp(-dt / tau);
  };
  const double alpha = decay(of(lif.leak.tau_m));
  const double zeta = lif.leak.normalise_input ? 1 - alpha : 1;
  const double threshold = of(lif.threshold);
  double v = 0, i = 0, a = 0;
  int z = 0, waits = 0;
  ByHand told;
  for (const double input : arrived) {
    waits = std::max(waits - 1, 0);
    i = lif.current_tau ? decay(of(*lif.current_tau)) * i + input : input;
    v = zeta * i + alpha * v + (1 - alpha) * of(lif.rest) - (lif.reset == Reset::kSubtractNextTick ? threshold * z : 0);
    a = lif.adapts() ? std::exp(-dt / of(lif.adaptation_tau)) * a + z : 0;
    const double d = v - threshold - of(lif.adaptation) * a;
    z = (lif.above ? d > 0 : d >= 0) && waits == 0 ? 1 : 0;
    if (z == 1) waits = static_cast<int>(std::lround(lif.refractory / dt));
    told.voltage.push_back(v);
    told.spike.push_back(z);
    told.current.push_back(i);
    if (z == 1 && lif.reset == Reset::kSubtract) v -= threshold;
    if (z == 1 && lif.reset == Reset::kZero) v = of(lif.reset_to);
  }
  return told;
}

TEST(Kinds, ShowTheVoltageAndCurrentOfALoopByHand) {
  double spikes = 0;
  each_kind([&](const LifKind& kind, std::uint64_t seed) {
    Spec spec = small_spiking_model(seed, kind);
    std::erase_if(spec.network.projections, [](const ProjectionSpec& p) { return p.source == 1 || p.source == 2; });
    spec.network.projections[0].weights = ConstantWeights{0.25};  // onto "lif"
    spec.network.projections[1].weights = ConstantWeights{0.25};  // onto "alif"
    DenseMatrix input{20, 3, {}};
    std::vector<double> arrived;
    for (int t = 0; t < 20; ++t) {
      double sum = 0;
      for (int j = 0; j < 3; ++j) {
        input.values.push_back((t * (j + 2) + static_cast<int>(seed)) % 5 < 3 ? 1 : 0);
        sum += 0.25 * input.values.back();
      }
      arrived.push_back(sum);
    }
    std::get<RecordedTask>(spec.task).trials[0].input = input;
    spec.rules = {rule_spec(RuleKind::kNone), rule_spec(RuleKind::kBptt)};
    spec.records = every_record(spec);
    for (const TransportKind transport : kTransports) {
      const Recorded recorded = record(spec, transport);
      for (std::size_t rule = 0; rule < 2; ++rule) {
        for (const std::int32_t population : {1, 2}) {
          for (std::size_t neuron = 0; neuron < 3; ++neuron) {
            const LifSpec& lif = *spec.network.populations[static_cast<std::size_t>(population)].lif;
            const ByHand wanted = by_hand(lif, neuron, arrived, spec.training.dt);
            for (std::size_t t = 0; t < 20; ++t) {
              const auto seen = [&](Quantity quantity) {
                return recorded.at(rule, record_of(spec, quantity, population), 0,
                                   static_cast<std::int32_t>(t) + 1)[neuron];
              };
              ASSERT_NEAR(seen(Quantity::kVoltage), wanted.voltage[t], 1e-13) << shown(kind) << ", tick " << t + 1;
              ASSERT_NEAR(seen(Quantity::kCurrent), wanted.current[t], 1e-13) << shown(kind) << ", tick " << t + 1;
              ASSERT_EQ(seen(Quantity::kActivity), wanted.spike[t]) << shown(kind) << ", tick " << t + 1;
              spikes += wanted.spike[t];
            }
          }
        }
      }
    }
  });
  EXPECT_GT(spikes, 5000);
}

/// One neuron with a decay of 0.5 and threshold 1 under a current of 0.75, its voltages by hand.
TEST(Kinds, ResetAsTheirDefinitionsSay) {
  const std::pair<const char*, std::vector<double>> cases[] = {
      // 0.75, 1.125 spikes, 0.75 + 0.5625 - 1, ...
      {"reset: SUBTRACT_NEXT_TICK", {0.75, 1.125, 0.3125, 0.90625, 1.203125, 0.3515625}},
      // after the spike of tick 2, 0.125 is left to the leak
      {"reset: SUBTRACT", {0.75, 1.125, 0.8125, 1.15625, 0.828125, 1.1640625}},
      {"reset: ZERO", {0.75, 1.125, 0.75, 1.125, 0.75, 1.125}},
      {"reset: ZERO reset_to: -0.5", {0.75, 1.125, 0.5, 1, 0.5, 1}},
      {"reset: ZERO reset_to: -0.5 above: true", {0.75, 1.125, 0.5, 1, 1.25, 0.5}},
      // (1 - 0.5) 0.5 more in every tick
      {"reset: ZERO rest: 0.5", {1, 1, 1, 1, 1, 1}},
      // the current is 0.75, 1.125, 1.3125, ...
      {"reset: ZERO current { tau: 2 } threshold: 2", {0.75, 1.5, 2.0625, 1.40625, 2.15625, 1.4765625}}};
  for (const auto& [fields, wanted] : cases) {
    std::string text = "name: \"m\" network { populations { name: \"in\" size: 1 input {} } ";
    text += "populations { name: \"n\" size: 1 lif { integration: EULER tau_m: 2 " + std::string(fields);
    if (text.find("threshold") == std::string::npos) text += " threshold: 1";
    text += " } } projections { name: \"B\" source: \"in\" target: \"n\" weights { constant { value: 0.75 } } } } ";
    text += "task { drawn { inputs { white_noise { mean: 1 stddev: 0 } } } } training { loss: SUM ticks: 6 } ";
    text += "rules { name: \"none\" none {} } record { quantity: VOLTAGE population: \"n\" }";
    std::vector<Fault> warnings;
    const Spec spec = load_bytes(text, "m.txtpb", warnings);
    for (const TransportKind transport : kTransports) {
      const Recorded recorded = record(spec, transport);
      for (std::size_t t = 0; t < wanted.size(); ++t)
        EXPECT_EQ(recorded.at(0, 0, 0, static_cast<std::int32_t>(t) + 1)[0], wanted[t]) << fields << ", tick " << t + 1;
    }
  }
}

}  // namespace
}  // namespace locus
