// The verdicts: which rules fit Loihi 1, Loihi 2 and ReckOn, what the others lack, and how often.
//
// Expected counts are sums over the sizes of the network, written here once more.
#include <algorithm>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "tests/engine/models.h"

namespace locus::engines {
namespace {

constexpr int kOntoNeurons = kInputs * kNeurons + kNeurons * kNeurons;
constexpr int kOntoReadouts = kNeurons * kReadouts;
constexpr int kPlastic = kOntoNeurons + kOntoReadouts;

const std::string kPair = R"(local {
  trace { name: "x" next: "0.9*x + pre" at: SOURCE }
  trace { name: "y" next: "0.9*y + spike" at: TARGET }
  change_on_post_spike: "-x"
  change_on_pre_spike: "1.05*y"
})";
const std::string kTriplet = R"text(local {
  trace { name: "x" next: "0.9*x + pre" at: SOURCE }
  trace { name: "slow_x" next: "0.99*slow_x + pre" at: SOURCE }
  trace { name: "y" next: "0.9*y + spike" at: TARGET }
  trace { name: "slow_y" next: "0.99*slow_y + spike" at: TARGET }
  change_on_post_spike: "-x*(0.5 + 0.6*slow_y)" change_on_pre_spike : "y*(0.7 + 0.2*slow_x)"
})text";

std::string told(const Fit& fit) {
  std::string text = fit.rule + (fit.fits ? " fits " : " does not fit ") + fit.engine + "\n";
  for (const Shortfall& lack : fit.lacks) {
    text += lack.what + " (";
    for (const std::string& of : lack.of) text += of + " ";
    text += ") " + std::to_string(lack.count) + "\n";
  }
  return text;
}

void expect_fits(const Spec& spec, const char* engine, std::size_t products) {
  const Fit found = fit_on(spec, shipped(engine));
  ASSERT_TRUE(found.fits) << told(found);
  EXPECT_EQ(found.bindings.front().products.size(), products) << told(found);
}

/// What fits Loihi 1: rules of spikes, their traces and a reward.
TEST(Loihi1, HoldsStdpOfPairsAndTriplets) {
  expect_fits(network(kLif, kSpikes, kPair), "loihi1", 2);
  expect_fits(network(kLif, kSpikes, kTriplet), "loihi1", 4);
}

TEST(Loihi1, HoldsRewardModulatedStdpInATag) {
  const Fit found = fit_on(load(LOCUS_MODELS "/rules/rewarded.txtpb"), shipped("loihi1"));
  ASSERT_TRUE(found.fits) << told(found);
  const Binding& bound = found.bindings.front();
  ASSERT_EQ(bound.variables.size(), 2U);
  EXPECT_EQ(bound.variables[1].variable, "tag");
  EXPECT_EQ(bound.products.size(), 4U);  // the reward's, the decay, a product an order of spikes
  EXPECT_FALSE(found.gives_up_delays);
}

/// The shipped texts: those of spikes fit both chips.
TEST(ShippedRules, OfSpikesFitBothLoihis) {
  for (const char* model : {"stdp", "triplet_stdp", "rewarded"}) {
    const Spec spec = load(LOCUS_MODELS "/rules/" + std::string(model) + ".txtpb");
    for (const char* engine : {"loihi1", "loihi2"}) {
      const Fit found = fit_on(spec, shipped(engine));
      EXPECT_TRUE(found.fits) << model << "\n" << told(found);
    }
  }
}

/// RFLO and e-prop of spiking neurons miss one access a synapse and tick: values of the target.
TEST(Loihi1, MissesOneAccessASynapseAndTickForRfloAndEprop) {
  for (const char* rule : {"rflo {}", "eprop { random {} }", "eprop { random {} filter_tau: 10 }"}) {
    const Fit found = fit_on(network(kLif, kSpikes, rule), shipped("loihi1"));
    ASSERT_EQ(found.lacks.size(), 1U) << told(found);
    const Shortfall& lack = found.lacks.front();
    EXPECT_EQ(lack.what, "a value of the target neuron that is no trace of its spikes");
    EXPECT_EQ(lack.of.size(), 2U) << told(found);  // gain and signal
    EXPECT_EQ(lack.count, kPlastic * kTicks) << told(found);
    EXPECT_EQ(lack.each, "a synapse and tick");
  }
}

TEST(Loihi2, HoldsRflo) {
  const Fit found = fit_on(network(kRate, kNoise, "rflo {}"), shipped("loihi2"));
  ASSERT_TRUE(found.fits) << told(found);
  EXPECT_FALSE(found.gives_up_delays);
  const Binding& bound = found.bindings.front();
  ASSERT_EQ(bound.products.size(), 3U);  // dw = signal tag; dt = -leak tag + gain pre
  EXPECT_EQ(bound.target.size(), 2U);
  EXPECT_EQ(bound.source.size(), 1U);
  const auto signal = std::ranges::find(bound.target, "signal", &BoundAccess::reads);
  ASSERT_NE(signal, bound.target.end());
  EXPECT_EQ(signal->offset, 64);  // (y - 64) of seven bits without a sign
}

TEST(Loihi2, HoldsEpropOfLifNeuronsWithItsFilterInATag) {
  const Spec plain = network(kLif, kSpikes, "eprop { random {} }");
  EXPECT_EQ(fit_on(plain, shipped("loihi2")).bindings.front().variables.size(), 1U);
  expect_fits(plain, "loihi2", 1);
  const Fit filtered = fit_on(network(kLif, kSpikes, "eprop { random {} filter_tau: 10 }"), shipped("loihi2"));
  ASSERT_TRUE(filtered.fits) << told(filtered);
  EXPECT_EQ(filtered.bindings.front().variables.back().variable, "tag");
  EXPECT_FALSE(filtered.gives_up_delays);
  EXPECT_TRUE(fit_on(network(kRate, kNoise, "eprop { random {} }"), shipped("loihi2")).fits);
}

TEST(Loihi2, HoldsEpropOfAdaptingNeuronsOnlyWhereDelaysAreGivenUp) {
  const std::string rule = "eprop { random {} filter_tau: 10 }";
  const Fit found = fit_on(network(kAlif, kSpikes, rule), shipped("loihi2"));
  ASSERT_TRUE(found.fits) << told(found);
  EXPECT_TRUE(found.gives_up_delays);
  EXPECT_EQ(found.bindings.front().products.size(), 7U);
  const Fit delayed = fit_on(network(kAlif, kSpikes, rule, "delay: 3"), shipped("loihi2"));
  ASSERT_EQ(delayed.lacks.size(), 1U) << told(delayed);
  EXPECT_EQ(delayed.lacks.front().what, "a variable of a synapse");
  EXPECT_EQ(delayed.lacks.front().count, kNeurons * kNeurons);
}

/// Where the tag holds the filter and delays are kept, or both variables are taken, the sum for the
/// firing rate has none.
TEST(Loihi2, MissesOneVariableASynapseForFiringRates) {
  const std::string rule = "eprop { random {} filter_tau: 10 firing_rate { target_hz: 10 strength: 1 } }";
  const Fit adapting = fit_on(network(kAlif, kSpikes, rule), shipped("loihi2"));
  ASSERT_EQ(adapting.lacks.size(), 1U) << told(adapting);
  EXPECT_EQ(adapting.lacks.front().what, "a variable of a synapse");
  EXPECT_EQ(adapting.lacks.front().count, kOntoNeurons);
  const Fit delayed = fit_on(network(kLif, kSpikes, rule, "delay: 3"), shipped("loihi2"));
  ASSERT_EQ(delayed.lacks.size(), 1U) << told(delayed);
  EXPECT_EQ(delayed.lacks.front().count, kNeurons * kNeurons);
  EXPECT_TRUE(fit_on(network(kLif, kSpikes, rule), shipped("loihi2")).gives_up_delays);
}

TEST(Loihi2, HoldsNeitherSymmetricFeedbackNorThePastNorSensitivities) {
  const Fit symmetric = fit_on(network(kRate, kNoise, "eprop {}"), shipped("loihi2"));
  ASSERT_EQ(symmetric.lacks.size(), 1U) << told(symmetric);
  EXPECT_EQ(symmetric.lacks.front().what, "channel TRANSPORT");
  EXPECT_EQ(symmetric.lacks.front().count, kOntoReadouts * kTicks);
  for (const char* rule : {"bptt {}", "tbptt { depth: 4 }"}) {
    const Fit found = fit_on(network(kRate, kNoise, rule), shipped("loihi2"));
    EXPECT_FALSE(found.fits);
    EXPECT_NE(lack_of(found, "ticks of the past"), nullptr) << told(found);
    EXPECT_NE(lack_of(found, "TRANSPORT"), nullptr) << told(found);
  }
  const Fit rtrl = fit_on(network(kRate, kNoise, "rtrl {}"), shipped("loihi2"));
  ASSERT_NE(lack_of(rtrl, "INFLUENCE"), nullptr) << told(rtrl);
  EXPECT_EQ(lack_of(rtrl, "INFLUENCE")->count, kNeurons * kNeurons * (kTicks - 1));
  EXPECT_NE(lack_of(rtrl, "GATHER"), nullptr);
}

/// R has a binding of its own, and it and A shrink.
TEST(Loihi2, HoldsLearnedFeedback) {
  const Spec spec = network(kRate, kNoise, R"(rflo { feedback { population: "rec" learn { decay: 0.01 } } })");
  const Fit found = fit_on(spec, shipped("loihi2"));
  ASSERT_TRUE(found.fits) << told(found);
  ASSERT_EQ(found.bindings.size(), 4U);  // B, W, A, R
  EXPECT_EQ(found.bindings[3].projections.front(), "feedback onto rec");
  EXPECT_EQ(found.bindings[3].products.size(), 2U);
  EXPECT_EQ(found.bindings[2].products.size(), 2U);
  EXPECT_EQ(found.bindings[1].products.size(), 3U);
  EXPECT_FALSE(fit_on(spec, shipped("loihi1")).fits);
}

TEST(ReckOn, HoldsEpropOfLifNeuronsWithoutAFilterAlone) {
  const Fit found = fit_on(network(kLif, kSpikes, "eprop {}", "autapses: false"), shipped("reckon"));
  ASSERT_TRUE(found.fits) << told(found);
  const Binding& bound = found.bindings.front();
  ASSERT_EQ(bound.products.size(), 1U);
  EXPECT_EQ(bound.products.front().factors.size(), 3U);  // L h p
  const Fit adapting = fit_on(network(kAlif, kSpikes, "eprop {}"), shipped("reckon"));
  EXPECT_NE(lack_of(adapting, "adaptive threshold"), nullptr) << told(adapting);
  EXPECT_NE(lack_of(adapting, "a variable of a synapse"), nullptr) << told(adapting);
  const Fit rate = fit_on(
      network(kLif, kSpikes, "eprop { firing_rate { target_hz: 10 strength: 1 } }", "autapses: false"), shipped("reckon"));
  ASSERT_NE(lack_of(rate, "a variable of a synapse"), nullptr) << told(rate);
  EXPECT_EQ(lack_of(rate, "a variable of a synapse")->count, kInputs * kNeurons + kNeurons * (kNeurons - 1));
  EXPECT_NE(lack_of(fit_on(network(kLif, kSpikes, "rflo {}"), shipped("reckon")), "FEEDBACK"), nullptr);
  EXPECT_NE(lack_of(fit_on(network(kLif, kSpikes, "eprop { filter_tau: 10 }"), shipped("reckon")), "a variable"), nullptr);
}

/// Without one of its accesses an engine no longer holds a rule, and the answer names it.
TEST(Mutants, OfAnEngineAreNamed) {
  const auto without = [](const Spec& spec, const char* name, auto change) {
    EngineSpec engine = shipped(name);
    EXPECT_TRUE(fit_on(spec, engine).fits);
    change(engine);
    return fit_on(spec, engine);
  };
  const Spec rflo = network(kRate, kNoise, "rflo {}");
  const Spec pair = network(kLif, kSpikes, kPair);
  const auto named = [](const Fit& found, const char* part) {
    EXPECT_FALSE(found.fits);
    EXPECT_NE(lack_of(found, part), nullptr) << part << "\n" << told(found);
  };
  named(without(rflo, "loihi2", [](EngineSpec& e) { e.source.accesses.clear(); }), "a value of the source neuron");
  named(without(rflo, "loihi2", [](EngineSpec& e) { e.target.accesses.resize(1); }), "one more value of the target neuron");
  named(without(rflo, "loihi2", [](EngineSpec& e) { e.variables.resize(1); }), "a variable of a synapse");
  named(without(rflo, "loihi2", [](EngineSpec& e) { e.channels = {}; }), "channel FEEDBACK");
  named(without(rflo, "loihi2", [](EngineSpec& e) { e.update.every_tick = false; }), "a change in ticks without a spike");
  named(without(rflo, "loihi2", [](EngineSpec& e) { e.update.offsets = false; }), "a signed access");
  named(without(rflo, "loihi2", [](EngineSpec& e) { e.update.products = 2; }), "more than 2 products");
  named(without(rflo, "loihi2", [](EngineSpec& e) { e.update.factors = 1; }), "products of more than 1 factors");
  named(without(rflo, "loihi2", [](EngineSpec& e) { e.neurons = {NeuronKind::kLif}; }), "rate neurons");
  named(without(rflo, "loihi2", [](EngineSpec& e) { e.room = {.cores = 1, .neurons = 2}; }), "more than 1 core");
  named(without(rflo, "loihi2", [](EngineSpec& e) { e.update.least_exponent = 7; }), "scales of less than");
  const auto keeps_nothing = [](EngineSpec& e) {
    e.source.accesses.clear();  // the trace goes into the tag, and there is none
    e.variables.resize(1);
  };
  named(without(pair, "loihi1", keeps_nothing), "a variable of a synapse");
  named(without(pair, "loihi1", [](EngineSpec& e) { e.target.accesses.clear(); }), "a value of the target neuron");
  named(without(pair, "loihi1", [](EngineSpec& e) { e.target.spike = false; }), "a value of the target neuron");
}

/// Scales are the nearest that the mantissa allows: at most half of its last place off.
TEST(Scales, AreTheNearestOfTheirMantissas) {
  const Fit found = fit_on(network(kRate, kNoise, "rflo {}"), shipped("loihi2"));
  for (const Binding& bound : found.bindings) {
    for (const BoundProduct& product : bound.products) {
      EXPECT_LE(std::abs(product.mantissa), 7);
      double nearest = 1e300;
      for (int exponent = -40; exponent <= 10; ++exponent) {
        for (int mantissa = -7; mantissa <= 7; ++mantissa)
          nearest = std::min(nearest, std::abs(std::ldexp(mantissa, exponent) / product.exact - 1));
      }
      EXPECT_NEAR(product.error(), nearest, 1e-12);
    }
  }
}

}  // namespace
}  // namespace locus::engines
