// Comparisons of rules whose feedback learns: along the rule's own run, with R as the run has made
// it by then. The reference is the oracle's change of the rule with fixed feedback at the weights
// and with the feedback that a run so many updates long ends with.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "sim/model/realise.h"
#include "sim/run/comparator.h"
#include "sim/run/run.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

constexpr std::int64_t kReadouts = 2;

/// A tanh network of three projections, four trials, batches of two.
Spec mirrored_setting(std::uint64_t seed, RuleKind kind, double decay) {
  Style style;
  style.activation = Activation::kTanh;
  style.leak = 0.5;
  style.loss = Loss::kSequence;
  Spec spec = small_model({3, 8, kReadouts, 10}, style, seed);
  auto& trials = std::get<RecordedTask>(spec.task).trials;
  Dice dice(seed);
  while (trials.size() < 4) {
    RecordedTrial next = trials[0];
    for (double& value : std::get<DenseMatrix>(next.input).values) value = dice.value();
    trials.push_back(next);
  }
  spec.training.batch = 2;
  spec.training.updates = 4;
  spec.training.learning_rate = 0.05;
  DenseMatrix drawn{kReadouts, 8, std::vector<double>(kReadouts * 8)};
  for (double& value : drawn.values) value = dice.value();
  spec.rules = {rule_spec(kind, {{1, drawn, LearnSpec{decay}}}), rule_spec(RuleKind::kBptt)};
  spec.rules[0].name = "mirror";
  return spec;
}

/// The model at the weights of an outcome, with the batch of the update that comes next.
Spec as_left(Spec spec, const Outcome& outcome, std::int64_t update) {
  for (std::size_t p = 0; p < outcome.weights.size(); ++p)
    spec.network.projections[p].weights = std::get<DenseMatrix>(outcome.weights[p].matrix);
  auto& trials = std::get<RecordedTask>(spec.task).trials;
  std::rotate(trials.begin(), trials.begin() + update * spec.training.batch % std::ssize(trials), trials.end());
  spec.training.updates = 1;
  return spec;
}

/// The rule with fixed feedback: that which an outcome has learnt (neurons x readouts).
RuleSpec fixed_as_left(RuleSpec rule, const Outcome& outcome) {
  const auto& learnt = std::get<DenseMatrix>(outcome.feedback.at(0).matrix);
  DenseMatrix turned{learnt.cols, learnt.rows, std::vector<double>(learnt.values.size())};
  for (std::int64_t i = 0; i < learnt.rows; ++i) {
    for (std::int64_t k = 0; k < learnt.cols; ++k)
      turned.values[static_cast<std::size_t>(k * learnt.rows + i)] =
          learnt.values[static_cast<std::size_t>(i * learnt.cols + k)];
  }
  rule.feedback[0].weights = turned;
  rule.feedback[0].learn.reset();
  return rule;
}

double cosine_between(const oracle::ByProjection& a, const oracle::ByProjection& b) {
  double aa = 0, bb = 0, ab = 0;
  for (std::size_t p = 0; p < a.size(); ++p) {
    for (std::size_t k = 0; k < a[p].size(); ++k) {
      aa += a[p][k] * a[p][k];
      bb += b[p][k] * b[p][k];
      ab += a[p][k] * b[p][k];
    }
  }
  return ab / std::sqrt(aa * bb);
}

/// The cosine of "mirror" with the exact gradient, of all synapses, in the run of rule k.
std::optional<double> found_cosine(const RunResult& result, std::size_t k, std::int64_t update) {
  for (const Alignment& one : result.outcomes[k].comparisons.alignment) {
    if (one.update == update && one.rule == "mirror" && one.with == "bptt" && one.projection.empty()) return one.cosine;
  }
  return std::nullopt;
}

TEST(ComparedFeedback, IsThatOfItsOwnRunAtThatMoment) {
  int moved = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    for (const RuleKind kind : {RuleKind::kRflo, RuleKind::kEpropRandom}) {
      Spec spec = mirrored_setting(seed, kind, seed % 3 == 0 ? 0 : 0.1);
      if (seed % 2 == 0) spec.training.optimizer.momentum = 0.5;
      const std::int64_t updates = spec.training.updates;
      const RuleSpec at_start = [&] {
        RuleSpec rule = spec.rules[0];
        rule.feedback[0].learn.reset();
        return rule;
      }();
      Spec with = spec;
      with.compare = CompareSpec{1, {}, 1, false};
      const RunResult result = run_with(with, TransportKind::kBatched, 2);
      EXPECT_FALSE(found_cosine(result, 1, 0).has_value()) << "the run of BPTT has no such feedback";
      EXPECT_TRUE(result.outcomes[1].comparisons.alignment.empty());
      for (std::int64_t update = 1; update <= updates; ++update) {
        Spec part = spec;
        part.training.updates = update;
        const Outcome left = run_with(part, TransportKind::kMailbox).outcomes[0];
        const Spec there = as_left(spec, left, update);
        const oracle::ByProjection exact = oracle::solve(there, spec.rules[1]).delta;
        const double wanted = cosine_between(oracle::solve(there, fixed_as_left(spec.rules[0], left)).delta, exact);
        const auto found = found_cosine(result, 0, update);
        ASSERT_TRUE(found.has_value());
        EXPECT_NEAR(*found, wanted, 1e-10) << "seed " << seed << ", update " << update;
        moved += std::abs(wanted - cosine_between(oracle::solve(there, at_start).delta, exact)) > 1e-3 ? 1 : 0;
      }
    }
  }
  EXPECT_GT(moved, 24) << "what feedback has learnt hardly shows";
}

/// Over several batches a comparison begins each with the R of the run, whatever the batch before
/// has made of it: with the same trials in all batches there is no noise.
TEST(ComparedFeedback, IsTheSameInEveryBatch) {
  Spec spec = mirrored_setting(7, RuleKind::kRflo, 0.1);
  auto& trials = std::get<RecordedTask>(spec.task).trials;
  trials.resize(2);
  spec.compare = CompareSpec{2, {}, 3, false};
  const RunResult result = run_with(spec, TransportKind::kBatched);
  int seen = 0;
  for (const Scatter& one : result.outcomes[0].comparisons.scatter) {
    if (one.rule != "mirror" || !one.projection.empty()) continue;
    ++seen;
    EXPECT_GT(one.bias.value(), 1e-3);
    EXPECT_LT(one.noise.value(), 1e-12);
  }
  EXPECT_EQ(seen, 3);
}

TEST(ComparedFeedback, ChangesNoCountAndNoBit) {
  for (std::uint64_t seed = 11; seed <= 14; ++seed) {
    Spec spec = mirrored_setting(seed, seed % 2 == 0 ? RuleKind::kRflo : RuleKind::kEpropRandom, 0.05);
    if (seed > 12) spec.training.optimizer.momentum = 0.9;
    spec.precision = seed % 3 == 0 ? Precision::kFloat32 : Precision::kFloat64;
    Spec with = spec;
    with.compare = CompareSpec{1, {}, 2, true};
    for (const TransportKind transport : kTransports) {
      const RunResult compared = run_with(with, transport, 2);
      const RunResult plain = run_with(spec, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k)
        EXPECT_TRUE(identical(compared.outcomes[k], plain.outcomes[k]));
      EXPECT_EQ(std::get<DenseMatrix>(compared.outcomes[0].feedback.at(0).matrix).values,
                std::get<DenseMatrix>(plain.outcomes[0].feedback.at(0).matrix).values);
      EXPECT_FALSE(compared.outcomes[0].comparisons.alignment.empty());
    }
  }
}

/// Of two rules whose feedback learns each is compared along its own run.
TEST(ComparedFeedback, OfAnotherRuleIsLeftOut) {
  Spec spec = mirrored_setting(21, RuleKind::kRflo, 0);
  spec.rules.push_back(spec.rules[0]);
  spec.rules.back().name = "other";
  spec.compare = CompareSpec{1, {}, 1, false};
  const auto names = [&](std::size_t k) {
    std::vector<std::string> all;
    for (const RuleSpec& rule : compared_rules(spec, spec.rules[k])) all.push_back(rule.name);
    return all;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names(0), (Names{"bptt", "mirror"}));
  EXPECT_EQ(names(1), (Names{"bptt"}));
  EXPECT_EQ(names(2), (Names{"bptt", "other"}));
}

}  // namespace
}  // namespace locus
