// RTRL that keeps and sends only some sensitivities: of limited reach, over drawn paths, within
// cores. Both transports agree with the oracle, and where a restriction leaves nothing out, or all
// but a neuron's own, it is another rule.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "sim/model/network_size.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

using oracle::ByProjection;

std::vector<RuleSpec> restrictions() {
  std::vector<RuleSpec> rules;
  for (const std::int32_t reach : {1, 2, 3, 9}) rules.push_back(restricted(RuleKind::kRtrlReach, reach));
  for (const std::int32_t paths : {0, 1, 2, 99}) rules.push_back(restricted(RuleKind::kRtrlPaths, paths));
  return rules;
}

/// A model of several populations on three cores, under every restriction.
Spec odd_restricted(std::uint64_t seed) {
  Spec spec = with_cores(odd_model(seed), seed);
  spec.seed = seed;
  std::erase_if(spec.rules, [](const RuleSpec& rule) { return rule.kind != RuleKind::kRtrlCore; });
  std::ranges::copy(restrictions(), std::back_inserter(spec.rules));
  return spec;
}

TEST(Restricted, BothTransportsAgreeWithTheOracle) {
  for (std::uint64_t seed = 5001; seed <= 5060; ++seed) {
    Spec spec = odd_restricted(seed);
    spec.precision = seed % 3 == 0 ? Precision::kFloat32 : Precision::kFloat64;
    const double tolerance = spec.precision == Precision::kFloat32 ? 1e-4 : 1e-11;
    for (const TransportKind transport : kTransports) {
      const RunResult result = run_with(spec, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        ASSERT_TRUE(agrees(spec, result.outcomes[k], oracle::solve(spec, spec.rules[k]), tolerance))
            << name(transport) << ", " << spec.rules[k].name << " of " << describe(spec);
      }
    }
  }
}

TEST(Restricted, IsTheSameBitsForAnyNumberOfThreads) {
  for (std::uint64_t seed = 5001; seed <= 5012; ++seed) {
    const Spec spec = odd_restricted(seed);
    ASSERT_TRUE(same_for_threads(spec, {2, 5})) << describe(spec);
  }
}

/// One update of a sparse network of ten tanh neurons, whose diagonal is dense: each neuron has its
/// autapse, and a ring leads from each to every other one.
Spec ring_model(std::uint64_t seed) {
  Style style;
  style.activation = Activation::kTanh;
  style.leak = 0.5;
  style.loss = Loss::kSequence;
  style.exact = false;
  Spec spec = small_model({3, 10, 2, 12}, style, seed);
  Dice dice(seed);
  SparseMatrix ring{10, 10, {}, {}, {}};
  for (std::int32_t i = 0; i < 10; ++i) {
    for (std::int32_t j = 0; j < 10; ++j) {
      if (i != j && j != (i + 9) % 10 && !dice.chance(8)) continue;
      ring.row.push_back(i);
      ring.col.push_back(j);
      ring.values.push_back(dice.value());
    }
  }
  spec.network.projections[1].weights = ring;
  return spec;
}

/// The change of each rule in one update.
std::vector<ByProjection> changes(Spec spec, const std::vector<RuleSpec>& rules, TransportKind transport) {
  spec.rules = rules;
  std::vector<ByProjection> found;
  for (const Outcome& outcome : run_with(spec, transport).outcomes) found.push_back(change(spec, outcome));
  return found;
}

TEST(Restricted, OfReachOneIsEprop) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    for (const TransportKind transport : kTransports) {
      const auto both =
          changes(ring_model(seed), {rule_spec(RuleKind::kEprop), restricted(RuleKind::kRtrlReach, 1)}, transport);
      EXPECT_TRUE(close(both[1], both[0], 1e-12)) << seed;
    }
  }
}

TEST(Restricted, OfTheLongestPathAndOverAllPathsIsExact) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    for (const TransportKind transport : kTransports) {
      Spec spec = ring_model(seed);
      const std::vector<RuleSpec> rules = {rule_spec(RuleKind::kBptt), rule_spec(RuleKind::kRtrl),
                                           restricted(RuleKind::kRtrlReach, 10), restricted(RuleKind::kRtrlPaths, 10)};
      const auto all = changes(spec, rules, transport);
      EXPECT_EQ(all[2], all[1]) << seed << ": the same numbers in the same order";
      EXPECT_EQ(all[3], all[1]) << seed;
      EXPECT_TRUE(close(all[1], all[0], 1e-12)) << seed;
      spec.rules = rules;
      const RunResult result = run_with(spec, transport);
      for (const std::size_t k : {std::size_t{2}, std::size_t{3}})
        EXPECT_EQ(result.outcomes[k].ledger, result.outcomes[1].ledger) << "nothing is left out";
    }
  }
}

/// A chip of `cores` cores in a row, on which the first neurons fill the first core and so on.
Spec on_cores(Spec spec, std::int32_t neurons_per_core) {
  const std::int32_t neurons = 12;
  spec.chip = ChipSpec{};
  spec.chip->neurons_per_core = neurons_per_core;
  spec.chip->width = (neurons + neurons_per_core - 1) / neurons_per_core;
  return spec;
}

TEST(Restricted, ToOneCoreIsExactAndToOneNeuronACoreIsEprop) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    for (const TransportKind transport : kTransports) {
      const RuleSpec within = rule_spec(RuleKind::kRtrlCore);
      const auto whole = changes(on_cores(ring_model(seed), 12), {rule_spec(RuleKind::kRtrl), within}, transport);
      EXPECT_EQ(whole[1], whole[0]) << seed;
      const auto apart = changes(on_cores(ring_model(seed), 1), {rule_spec(RuleKind::kEprop), within}, transport);
      EXPECT_TRUE(close(apart[1], apart[0], 1e-12)) << seed;
    }
  }
}

/// A restriction that leaves something out changes what is learnt: neither of the rules above is
/// met by chance.
TEST(Restricted, InBetweenIsNeither) {
  const Spec spec = on_cores(ring_model(3), 3);
  const auto all = changes(spec,
                           {rule_spec(RuleKind::kRtrl), rule_spec(RuleKind::kEprop), restricted(RuleKind::kRtrlReach, 2),
                            restricted(RuleKind::kRtrlPaths, 1), rule_spec(RuleKind::kRtrlCore)},
                           TransportKind::kBatched);
  for (std::size_t k = 2; k < all.size(); ++k) {
    EXPECT_FALSE(close(all[k], all[0], 1e-6)) << k;
    EXPECT_FALSE(close(all[k], all[1], 1e-6)) << k;
  }
}

/// Within cores no sensitivity leaves a core, wherever the neurons are; these messages are
/// core-local, and of all violations only the weights that carry the error are left.
TEST(Restricted, WithinCoresNothingLeavesACore) {
  int met = 0;
  for (std::uint64_t seed = 6001; seed <= 6040; ++seed) {
    const Spec spec = odd_restricted(seed);
    for (const TransportKind transport : kTransports) {
      const RunResult result = run_with(spec, transport);
      for (const Outcome& outcome : result.outcomes) {
        const Ledger& ledger = outcome.ledger;
        const std::int64_t sent = ledger.messages(Channel::kInfluence) + ledger.messages(Channel::kGather);
        if (outcome.kind != RuleKind::kRtrlCore) {
          EXPECT_EQ(ledger.core_local(), 0) << outcome.rule;
          continue;
        }
        met += sent > 0 ? 1 : 0;
        EXPECT_EQ(ledger.core_local(), sent);
        EXPECT_EQ(ledger.spatial_violations(), ledger.messages(Channel::kTransport));
        EXPECT_EQ(ledger.violations(), ledger.spatial_violations());
        for (const ChipEntry& entry : outcome.chip->report.entries) {
          if (!ledger.is_core_local(entry.channel)) continue;
          EXPECT_EQ(entry.counts.packets, 0) << describe(spec);
          EXPECT_EQ(entry.counts.unicast_packets, 0);
          EXPECT_EQ(entry.counts.on_core, ledger.messages(entry.channel));
        }
      }
    }
  }
  EXPECT_GT(met, 20);
}

/// No budget forbids what stays on a core: under `spatial` the rule ends at the first weight that
/// carries an error, not before.
TEST(Restricted, NoBudgetForbidsWhatStaysOnACore) {
  Spec spec = on_cores(ring_model(1), 4);
  spec.training.loss = Loss::kFinal;
  spec.rules = {rule_spec(RuleKind::kRtrlCore), restricted(RuleKind::kRtrlReach, 2)};
  for (const Locality budget : {Locality::kSpatial, Locality::kStrict}) {
    spec.training.locality = budget;
    for (const TransportKind transport : kTransports) {
      const RunResult result = run_with(spec, transport);
      EXPECT_EQ(result.outcomes[0].status, Status::kLocalityBroken);
      EXPECT_NE(result.outcomes[0].message.find("TRANSPORT"), std::string::npos) << result.outcomes[0].message;
      EXPECT_GT(result.outcomes[0].ledger.core_local(), 0);
      EXPECT_NE(result.outcomes[1].message.find("INFLUENCE"), std::string::npos) << result.outcomes[1].message;
    }
  }
}

double dot(const ByProjection& a, const ByProjection& b) {
  double sum = 0;
  for (const std::size_t p : {std::size_t{0}, std::size_t{1}}) {  // B and W
    for (std::size_t k = 0; k < a[p].size(); ++k) sum += a[p][k] * b[p][k];
  }
  return sum;
}

/// On a sparse network a short reach is nearly the gradient, and each step comes nearer.
TEST(Restricted, EachStepOfReachComesNearerToTheGradient) {
  Style style;
  style.activation = Activation::kTanh;
  style.leak = 0.6;
  style.loss = Loss::kSequence;
  style.exact = false;
  double sums[5] = {};
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Spec spec = small_model({4, 32, 3, 20}, style, seed);
    Dice dice(seed);
    SparseMatrix sparse{32, 32, {}, {}, {}};
    for (std::int32_t i = 0; i < 32; ++i) {
      for (std::int32_t j = 0; j < 32; ++j) {
        if (i != j && !dice.chance(6)) continue;
        sparse.row.push_back(i);
        sparse.col.push_back(j);
        sparse.values.push_back(0.6 * dice.value());
      }
    }
    spec.network.projections[1].weights = sparse;
    std::vector<RuleSpec> rules = {rule_spec(RuleKind::kBptt)};
    for (const std::int32_t reach : {1, 2, 3, 4, 32}) rules.push_back(restricted(RuleKind::kRtrlReach, reach));
    const auto all = changes(spec, rules, TransportKind::kBatched);
    for (std::size_t k = 1; k < all.size(); ++k)
      sums[k - 1] += dot(all[k], all[0]) / std::sqrt(dot(all[k], all[k]) * dot(all[0], all[0])) / 5;
  }
  EXPECT_GT(sums[0], 0.8);
  for (int k = 1; k < 5; ++k) EXPECT_GT(sums[k], sums[k - 1]) << "reach " << k + 1;
  EXPECT_GT(sums[3], 0.99);
  EXPECT_NEAR(sums[4], 1, 1e-12);
}

}  // namespace
}  // namespace locus
