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
  const PopulationSpec* first = nullptr;
  for (PopulationSpec& population : spec.network.populations) {
    if (population.kind != PopulationKind::kReadout) continue;
    if (first == nullptr) first = &population;
    population.memory = first->memory;
  }
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

TEST(LearnedFeedback, BothTransportsAgreeWithTheOracle) {
  int learning = 0;
  for (std::uint64_t seed = 8001; seed <= 8060; ++seed) {
    Spec spec = odd_model(seed);
    if (seed % 2 == 0) spec = with_optimizers(spec, seed);
    spec = with_learning(spec, seed);
    for (const TransportKind transport : kTransports) {
      const RunResult result = run_with(spec, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        learning += feedback_learns(spec.rules[k]) ? 1 : 0;
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

/// A small model whose readouts read every rate population, all with one memory.
Spec small_setting(std::uint64_t seed, bool spiking) {
  Style style;
  style.activation = Activation::kTanh;
  style.leak = 0.5;
  style.loss = Loss::kSequence;
  Spec spec = spiking ? small_spiking_model(seed) : small_model({3, 8, 2, 15}, style, seed);
  spec.training.updates = 5;
  spec.training.learning_rate = 0.05;
  return spec;
}

/// The projections from rate populations onto the readouts.
std::vector<std::size_t> readings(const Spec& spec) {
  std::vector<std::size_t> found;
  for (std::size_t p = 0; p < spec.network.projections.size(); ++p) {
    const ProjectionSpec& projection = spec.network.projections[p];
    if (is_read(spec, projection.source) &&
        spec.network.populations[static_cast<std::size_t>(projection.target)].kind == PopulationKind::kReadout)
      found.push_back(p);
  }
  return found;
}

DenseMatrix dense(const Weights& weights) {
  if (const auto* matrix = std::get_if<DenseMatrix>(&weights)) return *matrix;
  const auto& sparse = std::get<SparseMatrix>(weights);
  DenseMatrix full{sparse.rows, sparse.cols, std::vector<double>(static_cast<std::size_t>(sparse.rows * sparse.cols), 0.0)};
  for (std::size_t k = 0; k < sparse.values.size(); ++k)
    full.values[static_cast<std::size_t>(sparse.row[k] * sparse.cols + sparse.col[k])] = sparse.values[k];
  return full;
}

/// A rule whose feedback learns, from R = feedback_of(A) of each population.
template <class FeedbackOf>
RuleSpec learning_rule(const Spec& spec, RuleKind kind, double decay, FeedbackOf feedback_of) {
  const std::vector<Weights> weights = network_weights(spec);
  std::vector<FeedbackSpec> feedback;
  for (const std::size_t p : readings(spec))
    feedback.push_back({spec.network.projections[p].source, feedback_of(dense(weights[p])), LearnSpec{decay}});
  return rule_spec(kind, std::move(feedback));
}

DenseMatrix itself(DenseMatrix matrix) { return matrix; }

/// R as the rule ends, readout by readout, of a population (its wires are neurons x readouts).
std::vector<double> ended_feedback(const Outcome& outcome, const std::string& population) {
  for (const ProjectionWeights& wires : outcome.feedback) {
    if (wires.projection != "feedback/" + population) continue;
    const auto& matrix = std::get<DenseMatrix>(wires.matrix);
    std::vector<double> values;
    for (std::int64_t k = 0; k < matrix.cols; ++k) {
      for (std::int64_t i = 0; i < matrix.rows; ++i)
        values.push_back(matrix.values[static_cast<std::size_t>(i * matrix.cols + k)]);
    }
    return values;
  }
  ADD_FAILURE() << "no feedback onto " << population << " has learnt";
  return {};
}

/// The largest |A - R - left (A_0 - R_0)| of a run over the largest weight of A and R, or 1 if that
/// is larger: rounding is relative to them. And the largest change of A beside its decay.
std::pair<double, double> apart(const Spec& spec, const Outcome& outcome, double left) {
  double off = 0, moved = 0, largest = 1;
  const std::vector<Weights> weights = network_weights(spec);
  const std::vector<std::size_t> read = readings(spec);
  for (std::size_t k = 0; k < read.size(); ++k) {
    const DenseMatrix a = dense(weights[read[k]]);
    const DenseMatrix r = dense(feedback_weights(spec, spec.rules[0])[k]);
    const DenseMatrix ended = dense(outcome.weights[read[k]].matrix);
    const auto population = static_cast<std::size_t>(spec.network.projections[read[k]].source);
    const std::vector<double> feedback = ended_feedback(outcome, spec.network.populations[population].name);
    EXPECT_EQ(feedback.size(), a.values.size());
    for (std::size_t i = 0; i < feedback.size(); ++i) {
      off = std::max(off, std::abs(ended.values[i] - feedback[i] - left * (a.values[i] - r.values[i])));
      moved = std::max(moved, std::abs(ended.values[i] - left * a.values[i]));
      largest = std::max({largest, std::abs(ended.values[i]), std::abs(feedback[i])});
    }
  }
  return {off / largest, moved};
}

/// Whatever the data, A and R change alike, so that their difference shrinks by the decay alone.
TEST(LearnedFeedback, DiffersFromTheReadoutByWhatTheDecayLeaves) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    for (const bool spiking : {false, true}) {
      for (const double decay : {0.0, 0.1}) {
        Spec spec = small_setting(seed, spiking);
        if (seed % 2 == 0) spec.training.optimizer.momentum = 0.5;
        Dice dice(seed);
        const auto drawn = [&](DenseMatrix matrix) {
          for (double& value : matrix.values) value = dice.value();
          return matrix;
        };
        for (const RuleKind kind : {RuleKind::kRflo, RuleKind::kEpropRandom}) {
          spec.rules = {learning_rule(spec, kind, decay, drawn)};
          for (const TransportKind transport : kTransports) {
            const RunResult result = run_with(spec, transport);
            const auto [off, moved] = apart(spec, result.outcomes[0], std::pow(1 - decay, spec.training.updates));
            EXPECT_LT(off, 1e-12) << seed;
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
      Spec spec = small_setting(seed, spiking);
      spec.training.updates = 2;  // the second learns over what the first has made of R
      spec.rules = {rule_spec(RuleKind::kEprop), learning_rule(spec, RuleKind::kEpropRandom, 0, itself)};
      for (const TransportKind transport : kTransports) {
        const RunResult result = run_with(spec, transport);
        EXPECT_TRUE(close(weights_of(result.outcomes[1]), weights_of(result.outcomes[0]), 1e-12)) << seed;
        EXPECT_EQ(result.outcomes[1].ledger.violations(), 0);
      }
    }
  }
}

/// R has all bits where synapses have few: with A on its levels at the start, the first commit
/// changes R as it would without bits.
TEST(LearnedFeedback, IsNotRounded) {
  Spec spec = small_setting(3, false);
  spec.training.updates = 1;
  for (ProjectionSpec& projection : spec.network.projections) {
    for (double& value : std::get<DenseMatrix>(projection.weights).values) value = std::round(value * 8) / 8;
  }
  spec.rules = {learning_rule(spec, RuleKind::kRflo, 0, [](DenseMatrix matrix) {
    for (double& value : matrix.values) value = value / 3 + 0.01;
    return matrix;
  })};
  const std::string population = spec.network.populations[1].name;
  for (const TransportKind transport : kTransports) {
    Spec narrow = spec;
    narrow.training.synapses.weight = Grid{.bits = 6, .range = 4};
    const RunResult plain = run_with(spec, transport), rounded = run_with(narrow, transport);
    EXPECT_EQ(ended_feedback(rounded.outcomes[0], population), ended_feedback(plain.outcomes[0], population));
    EXPECT_NE(weights_of(rounded.outcomes[0]), weights_of(plain.outcomes[0])) << "A is rounded";
    EXPECT_NE(rounded.outcomes[0].fingerprint, plain.outcomes[0].fingerprint);
  }
}

/// POST to feedback is counted as the closed form says where no activity is 0.
TEST(LearnedFeedback, CountsFollowTheClosedForm) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Spec spec = small_setting(seed, false);
    spec.training.updates = 1;
    const std::int64_t o = 2, n = 8, ticks = 15;
    spec.rules = {learning_rule(spec, RuleKind::kRflo, 0.1, itself)};
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
    Spec spec = small_setting(seed, false);
    const DenseMatrix a = dense(network_weights(spec)[readings(spec)[0]]);
    RuleSpec rule = learning_rule(spec, RuleKind::kRflo, 0, itself);
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
