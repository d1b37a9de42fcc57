// Several projections between two populations: two of equal delay are the one of their sum, and
// whatever their delays, BPTT is the gradient. Odd models (tests/support/random_model.h) have some,
// so the oracle holds their numbers and counts in every other test of this folder.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "sim/model/wire.h"
#include "sim/report/forecast.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"
#include "tests/support/spiking_model.h"

namespace locus {
namespace {

/// Projection p as two whose weights are its own in sum; each moves at half the rate, so that their
/// sum moves as it did.
Spec split(Spec spec, std::size_t p, Dice& dice) {
  ProjectionSpec& first = spec.network.projections[p];
  first.learning_rate = first.learning_rate.value_or(*spec.training.learning_rate) / 2;
  ProjectionSpec second = first;
  second.name += "_too";
  const auto share = [&](std::vector<double>& one, std::vector<double>& other) {
    for (std::size_t k = 0; k < one.size(); ++k) {
      const double part = dice.between(-8, 8) / 4.0;
      other[k] = one[k] - part;
      one[k] = part;
    }
  };
  if (auto* dense = std::get_if<DenseMatrix>(&first.weights)) {
    share(dense->values, std::get<DenseMatrix>(second.weights).values);
  } else {
    auto& sparse = std::get<SparseMatrix>(first.weights);
    share(sparse.values, std::get<SparseMatrix>(second.weights).values);
  }
  spec.network.projections.push_back(second);
  return spec;
}

/// The weights of projection p, and those of the last one added, which stands beside it.
std::vector<double> sum_of(const oracle::ByProjection& weights, std::size_t p) {
  std::vector<double> sum = weights[p];
  for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += weights.back()[k];
  return sum;
}

void expect_sum(const Spec& whole, std::size_t p, std::uint64_t seed) {
  Dice dice(seed ^ 0x5917);
  const Spec parts = split(whole, p, dice);
  const oracle::ByProjection before = initial_weights(parts);
  for (const TransportKind transport : kTransports) {
    const RunResult one = run_with(whole, transport);
    const RunResult two = run_with(parts, transport);
    for (std::size_t k = 0; k < whole.rules.size(); ++k) {
      const std::string what = std::string(name(transport)) + ", " + whole.rules[k].name + ", projection " +
                               std::to_string(p) + " of " + describe(whole);
      const std::vector<double>& losses = one.outcomes[k].losses;
      ASSERT_EQ(two.outcomes[k].losses.size(), losses.size()) << what;
      for (std::size_t u = 0; u < losses.size(); ++u)
        ASSERT_NEAR(two.outcomes[k].losses[u], losses[u], 1e-12 * (1 + losses[u])) << what;
      const oracle::ByProjection after = weights_of(two.outcomes[k]);
      ASSERT_TRUE(close({sum_of(after, p)}, {weights_of(one.outcomes[k])[p]}, 1e-12)) << what;
      for (std::size_t q = 0; q < after[p].size(); ++q) {  // each moves by the same
        const double moved = after[p][q] - before[p][q];
        ASSERT_NEAR(after.back()[q] - before.back()[q], moved, 1e-12 * (4 + std::abs(moved))) << what;
      }
    }
  }
}

TEST(Multapses, OfEqualDelayAreTheirSum) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Style style;
    style.activation = static_cast<Activation>(seed % 4);
    style.leak = seed % 2 == 0 ? 1 : 0.5;
    style.loss = seed % 3 == 0 ? Loss::kFinal : Loss::kSequence;
    style.sparse = seed % 5 == 0;
    Spec spec = small_model({2, 4, 2, 5}, style, seed);
    spec.training.learning_rate = 0.0625;
    spec.training.updates = 2;
    if (seed % 2 == 0) spec.training.commit = CommitWhen::kEveryTick;
    // which paths are drawn depends on the number of synapses, and UORO's factors on the norm of
    // their traces
    std::erase_if(spec.rules, [](const RuleSpec& rule) {
      return rule.kind == RuleKind::kUoro || locus::rule(rule.kind).keeps == Keeps::kPaths;
    });
    for (std::size_t p = 0; p < 3; ++p) expect_sum(spec, p, seed);
  }
}

TEST(Multapses, OfSpikingNetworksAreTheirSum) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Spec spec = small_spiking_model(seed);
    spec.training.learning_rate = 0.0625;
    Dice dice(seed);
    for (RuleSpec& rule : every_rule(spec, dice)) {
      if (!locus::rule(rule.kind).spiking.empty() && rule.kind != RuleKind::kTbptt) spec.rules.push_back(rule);
    }
    for (std::size_t p = 0; p < spec.network.projections.size(); ++p) expect_sum(spec, p, seed);
  }
}

TEST(Multapses, DoubleTheCountsOfTheirPair) {
  Style style;
  style.activation = Activation::kTanh;
  Spec spec = small_model({2, 3, 2, 4}, style, 3);
  Dice dice(5);
  for (std::size_t p = 0; p < 3; ++p) spec = split(spec, p, dice);
  const Topology topology = topology_of(spec);
  for (const RuleSpec& rule : spec.rules) {
    Spec once = spec;
    once.network.projections.resize(3);
    const Ledger two = forecast(spec, topology, rule);
    const Ledger one = forecast(once, topology_of(once), rule);
    for (const Channel channel : {Channel::kAxon, Channel::kDendrite, Channel::kTransport, Channel::kInfluence}) {
      // the number of drawn paths does not follow that of synapses
      if (channel == Channel::kInfluence && locus::rule(rule.kind).keeps == Keeps::kPaths) continue;
      EXPECT_EQ(two.messages(channel), 2 * one.messages(channel)) << rule.name;
    }
  }
}

TEST(Multapses, LeaveBpttTheGradientOfTheLoss) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    Style style;
    style.activation = Activation::kTanh;
    style.leak = 0.375;
    style.loss = seed % 2 == 0 ? Loss::kSequence : Loss::kFinal;
    Spec spec = small_model({2, 3, 2, 7}, style, seed);
    Dice dice(seed);
    for (std::size_t p = 0; p < 3; ++p) spec = split(spec, p, dice);
    for (ProjectionSpec& projection : spec.network.projections) projection.learning_rate.reset();
    if (seed % 3 > 0) spec = with_delays(spec, seed);
    spec.rules = {rule_spec(RuleKind::kBptt)};
    if (seed % 3 == 0) spec.rules.push_back(rule_spec(RuleKind::kRtrl));
    const oracle::ByProjection slopes = oracle::central_differences(spec);
    for (const TransportKind transport : kTransports) {
      for (const Outcome& outcome : run_with(spec, transport).outcomes)
        EXPECT_TRUE(close(change(spec, outcome), slopes, 1e-8)) << name(transport) << ", " << describe(spec);
    }
  }
}

}  // namespace
}  // namespace locus
