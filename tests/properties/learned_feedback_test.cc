// Feedback that learns beside the readouts, and feedback that begins with their signs: both
// transports agree with the oracle, A - R shrinks by the decay alone whatever the data, and from
// R = A the rule is the one with the readouts' own weights.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "core/protocol/closed_form.h"
#include "sim/model/learning.h"
#include "sim/model/realise.h"
#include "sim/model/wire.h"
#include "tests/support/agreement.h"
#include "tests/support/optimizers.h"
#include "tests/support/random_model.h"
#include "tests/support/spiking_model.h"

namespace locus {
namespace {

/// True if some plastic projection leads from the population to a readout.
bool is_read(const Spec& spec, std::int32_t population) {
  return std::ranges::any_of(spec.network.projections, [&](const ProjectionSpec& projection) {
    const auto onto = static_cast<std::size_t>(projection.target);
    return projection.plastic && !projection.is_bias && projection.source == population &&
           spec.network.populations[onto].kind == PopulationKind::kReadout;
  });
}

/// The model under its rules with feedback alone, which learns; of some populations it stays fixed.
Spec with_learning(Spec spec, std::uint64_t seed) {
  Dice dice(seed);
  for (ProjectionSpec& projection : spec.network.projections) {
    const auto onto = static_cast<std::size_t>(projection.target);
    if (spec.network.populations[onto].kind == PopulationKind::kReadout) projection.delay.reset();
  }
  spec.compare.reset();
  spec.training.optimizer.norm.reset();
  std::erase_if(spec.rules, [](const RuleSpec& rule) { return rule.feedback.empty(); });
  for (RuleSpec& rule : spec.rules) {
    if (rule.optimizer) rule.optimizer->norm.reset();
    for (FeedbackSpec& feedback : rule.feedback) {
      const double decay = dice.chance(30) ? 0 : dice.between(1, 40) / 100.0;
      if (is_read(spec, feedback.population) && dice.chance(80)) feedback.learn = LearnSpec{decay};
    }
  }
  return spec;
}

bool has_learning(const RuleSpec& rule) {
  return std::ranges::any_of(rule.feedback, [](const FeedbackSpec& feedback) { return feedback.learn.has_value(); });
}

TEST(LearnedFeedback, BothTransportsAgreeWithTheOracle) {
  int learning = 0;
  for (std::uint64_t seed = 8001; seed <= 8060; ++seed) {
    Spec spec = odd_model(seed);
    if (seed % 2 == 0) spec = with_optimizers(spec, seed);
    spec = with_learning(spec, seed);
    for (const TransportKind transport : kTransports) {
      const RunResult result = run_with(spec, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        learning += has_learning(spec.rules[k]) ? 1 : 0;
        ASSERT_TRUE(agrees(spec, result.outcomes[k], oracle::solve(spec, spec.rules[k]), 1e-10))
            << name(transport) << ", " << spec.rules[k].name << " of " << describe(spec);
      }
    }
  }
  EXPECT_GT(learning, 200);
}

TEST(LearnedFeedback, AgreesWithTheOracleInFloat32) {
  for (std::uint64_t seed = 8101; seed <= 8120; ++seed) {
    Spec spec = with_learning(odd_model(seed), seed);
    spec.precision = Precision::kFloat32;
    for (const TransportKind transport : kTransports) {
      const RunResult result = run_with(spec, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        ASSERT_TRUE(agrees(spec, result.outcomes[k], oracle::solve(spec, spec.rules[k]), 2e-4))
            << name(transport) << ", " << spec.rules[k].name << " of " << describe(spec);
      }
    }
  }
}

TEST(LearnedFeedback, IsTheSameBitsForAnyNumberOfThreads) {
  for (std::uint64_t seed = 8201; seed <= 8212; ++seed) {
    const Spec spec = with_learning(seed % 3 == 0 ? odd_spiking_model(seed) : odd_model(seed), seed);
    ASSERT_TRUE(same_for_threads(spec, {2, 5})) << describe(spec);
  }
}

/// A dense A and R of one population, readout by readout; all readouts together.
Spec one_population(std::uint64_t seed, bool spiking) {
  Style style;
  style.activation = Activation::kTanh;
  style.leak = 0.5;
  style.loss = Loss::kSequence;
  Spec spec = spiking ? small_spiking_model(seed) : small_model({3, 8, 2, 15}, style, seed);
  spec.training.updates = 5;
  spec.training.learning_rate = 0.05;
  return spec;
}

/// The projection onto the readouts.
std::size_t reading(const Spec& spec) {
  for (std::size_t p = 0; p < spec.network.projections.size(); ++p) {
    const ProjectionSpec& projection = spec.network.projections[p];
    if (is_read(spec, projection.source) &&
        spec.network.populations[static_cast<std::size_t>(projection.target)].kind == PopulationKind::kReadout)
      return p;
  }
  ADD_FAILURE() << "no projection onto the readouts learns";
  return 0;
}

DenseMatrix dense(const Weights& weights) {
  if (const auto* matrix = std::get_if<DenseMatrix>(&weights)) return *matrix;
  const auto& sparse = std::get<SparseMatrix>(weights);
  DenseMatrix full{sparse.rows, sparse.cols, std::vector<double>(static_cast<std::size_t>(sparse.rows * sparse.cols), 0.0)};
  for (std::size_t k = 0; k < sparse.values.size(); ++k)
    full.values[static_cast<std::size_t>(sparse.row[k] * sparse.cols + sparse.col[k])] = sparse.values[k];
  return full;
}

RuleSpec learning_rule(const Spec& spec, RuleKind kind, DenseMatrix feedback, double decay) {
  RuleSpec rule =
      rule_spec(kind, {{spec.network.projections[reading(spec)].source, std::move(feedback), LearnSpec{decay}}});
  return rule;
}

/// R as the rule ends, row by row.
std::vector<double> ended_feedback(const Outcome& outcome) {
  const auto found = std::ranges::find(outcome.kept, Kept::What::kFeedback, &Kept::what);
  if (found == outcome.kept.end()) {
    ADD_FAILURE() << "no feedback is kept";
    return {};
  }
  return found->values;
}

/// Whatever the data, A and R change alike, so that their difference shrinks by the decay alone.
TEST(LearnedFeedback, DiffersFromTheReadoutByWhatTheDecayLeaves) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    for (const bool spiking : {false, true}) {
      for (const double decay : {0.0, 0.1}) {
        Spec spec = one_population(seed, spiking);
        if (seed % 2 == 0) spec.training.optimizer.momentum = 0.5;
        const std::size_t p = reading(spec);
        const DenseMatrix a = dense(network_weights(spec)[p]);
        Dice dice(seed);
        DenseMatrix r = a;
        for (double& value : r.values) value = dice.value();
        for (const RuleKind kind : {RuleKind::kRflo, RuleKind::kEpropRandom}) {
          spec.rules = {learning_rule(spec, kind, r, decay)};
          for (const TransportKind transport : kTransports) {
            const RunResult result = run_with(spec, transport);
            const Outcome& outcome = result.outcomes[0];
            const DenseMatrix ended = dense(outcome.weights[p].matrix);
            const std::vector<double> feedback = ended_feedback(outcome);
            ASSERT_EQ(feedback.size(), r.values.size());
            const double left = std::pow(1 - decay, spec.training.updates);
            double moved = 0;
            for (std::size_t k = 0; k < feedback.size(); ++k) {
              EXPECT_NEAR(ended.values[k] - feedback[k], left * (a.values[k] - r.values[k]), 1e-12) << seed;
              moved = std::max(moved, std::abs(ended.values[k] - std::pow(1 - decay, 5) * a.values[k]));
            }
            EXPECT_TRUE(spiking || moved > 1e-4) << "the readout has learnt nothing";
          }
        }
      }
    }
  }
}

/// From R = A the two stay the same, so that random e-prop is symmetric e-prop, to rounding.
TEST(LearnedFeedback, FromTheReadoutsOwnWeightsIsSymmetric) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    for (const bool spiking : {false, true}) {
      Spec spec = one_population(seed, spiking);
      spec.rules = {rule_spec(RuleKind::kEprop),
                    learning_rule(spec, RuleKind::kEpropRandom, dense(network_weights(spec)[reading(spec)]), 0)};
      for (const TransportKind transport : kTransports) {
        const RunResult result = run_with(spec, transport);
        EXPECT_TRUE(close(weights_of(result.outcomes[1]), weights_of(result.outcomes[0]), 1e-12)) << seed;
        EXPECT_EQ(result.outcomes[1].ledger.violations(), 0);
      }
    }
  }
}

/// POST to feedback is counted as the closed form says where no activity is 0.
TEST(LearnedFeedback, CountsFollowTheClosedForm) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Spec spec = one_population(seed, false);
    spec.training.updates = 1;
    const std::int64_t o = 2, n = 8, ticks = 15;
    spec.rules = {learning_rule(spec, RuleKind::kRflo, dense(network_weights(spec)[reading(spec)]), 0.1)};
    RuleSpec fixed = spec.rules[0];
    fixed.feedback[0].learn.reset();
    fixed.name = "fixed";
    spec.rules.push_back(fixed);
    const Topology topology = topology_of(spec);
    const auto expected = [&](const RuleSpec& rule) {
      return closed_form(learning_of(rule, spec.training), topology, feedback_of(topology, rule), trial_shape_of(spec), 8);
    };
    EXPECT_EQ(expected(spec.rules[0]).messages(Channel::kPost) - expected(spec.rules[1]).messages(Channel::kPost),
              o * n * ticks);
    for (const TransportKind transport : kTransports) {
      const RunResult result = run_with(spec, transport);
      for (std::size_t k = 0; k < 2; ++k) EXPECT_EQ(result.outcomes[k].ledger, expected(spec.rules[k]));
    }
  }
}

TEST(ConcordantFeedback, HasTheSignsOfTheReadoutAndItsOwnSizes) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Spec spec = one_population(seed, false);
    const DenseMatrix a = dense(network_weights(spec)[reading(spec)]);
    RuleSpec rule = learning_rule(spec, RuleKind::kRflo, a, 0);
    Dice dice(seed);
    for (double& value : std::get<DenseMatrix>(rule.feedback[0].weights).values) value = dice.value();
    const DenseMatrix drawn = dense(feedback_weights(spec, rule)[0]);
    rule.feedback[0].concordant = true;
    const DenseMatrix found = dense(feedback_weights(spec, rule)[0]);
    int turned = 0;
    for (std::size_t k = 0; k < a.values.size(); ++k) {
      EXPECT_EQ(std::abs(found.values[k]), std::abs(drawn.values[k]));
      EXPECT_GE(found.values[k] * a.values[k], 0);
      turned += found.values[k] != drawn.values[k] ? 1 : 0;
    }
    EXPECT_GT(turned, 0);
  }
}

}  // namespace
}  // namespace locus
