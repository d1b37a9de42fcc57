// Comparisons of the changes of rules, held against the oracle's changes at the same weights and on
// the same data; and they change nothing else in a run.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "sim/run/comparator.h"
#include "sim/run/run.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"
#include "tests/support/spiking_model.h"

namespace locus {
namespace {

/// The weights of every rule before every update, and after the last.
std::vector<std::vector<oracle::ByProjection>> weights_by_update(const Spec& spec) {
  std::vector<std::vector<oracle::ByProjection>> weights(spec.rules.size());
  run(spec, {.threads = 1, .watch = [&](const Moment& moment) {
               if (moment.present != nullptr) weights[moment.done.outcomes.size()].push_back(moment.state().weights);
             }});
  return weights;
}

/// The model with these weights, and with one update of the batch of update `update`.
Spec at_update(Spec spec, const oracle::ByProjection& weights, std::int64_t update) {
  for (std::size_t p = 0; p < weights.size(); ++p) {
    WeightsSpec& form = spec.network.projections[p].weights;
    if (auto* sparse = std::get_if<SparseMatrix>(&form)) {
      sparse->values = weights[p];
      continue;
    }
    const auto size_of = [&](std::int32_t population) {
      return std::int64_t{spec.network.populations[static_cast<std::size_t>(population)].size};
    };
    form =
        DenseMatrix{size_of(spec.network.projections[p].target), size_of(spec.network.projections[p].source), weights[p]};
  }
  auto& recorded = std::get<RecordedTask>(spec.task);
  std::vector<RecordedTrial> shown;
  for (std::int64_t lane = 0; lane < spec.training.batch; ++lane) {
    const auto number = static_cast<std::size_t>(update * spec.training.batch + lane);
    shown.push_back(recorded.trials[number % recorded.trials.size()]);
  }
  recorded.trials = shown;
  spec.training.updates = 1;
  spec.training.commit = CommitWhen::kEndOfBatch;
  return spec;
}

/// The oracle's change of a rule, plastic projection after plastic projection; empty for static
/// ones. `update`: whose trials the model has, with the noise of their numbers.
oracle::ByProjection change_of(const Spec& spec, const RuleSpec& rule, std::int64_t update) {
  oracle::ByProjection change = oracle::solve(spec, rule, false, update * spec.training.batch).delta;
  for (std::size_t p = 0; p < change.size(); ++p) {
    if (!spec.network.projections[p].plastic) change[p].clear();
  }
  return change;
}

std::vector<double> joined(const oracle::ByProjection& parts) {
  std::vector<double> all;
  for (const std::vector<double>& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

double norm(const std::vector<double>& a) {
  double sum = 0;
  for (const double value : a) sum += value * value;
  return std::sqrt(sum);
}

/// |a - b| <= tolerance, or both are missing. A value may be missing where a norm is rounding.
void expect_near(const std::optional<double>& actual, const std::optional<double>& expected, double tolerance) {
  ASSERT_EQ(actual.has_value(), expected.has_value());
  if (!expected) return;
  ASSERT_NEAR(*actual, *expected, tolerance * std::max(1.0, std::abs(*expected)));
}

void expect_alignment(const Alignment& found, const std::vector<double>& a, const std::vector<double>& b) {
  std::optional<double> cosine;
  std::optional<double> ratio;
  std::optional<double> agreement;
  const double lengths = norm(a) * norm(b);
  if (norm(b) > 0) ratio = norm(a) / norm(b);
  double product = 0;
  double alike = 0;
  double counted = 0;
  double unsure = 0;  // values that are nothing but rounding in one of the two
  for (std::size_t k = 0; k < a.size(); ++k) {
    product += a[k] * b[k];
    if (a[k] == 0 || b[k] == 0) continue;
    if (std::abs(a[k]) < 1e-12 * norm(a) || std::abs(b[k]) < 1e-12 * norm(b)) ++unsure;
    ++counted;
    if (std::signbit(a[k]) == std::signbit(b[k])) ++alike;
  }
  if (lengths > 0) cosine = product / lengths;
  if (counted > 0) agreement = alike / counted;
  expect_near(found.cosine, cosine, 1e-9);
  expect_near(found.norm_ratio, ratio, 1e-9);
  if (unsure == 0) expect_near(found.sign_agreement, agreement, 1e-12);
}

Spec compared(std::uint64_t seed, std::int64_t every, std::int64_t batches = 1) {
  Spec spec = odd_model(seed);
  spec.training.updates = 5;
  spec.compare = CompareSpec{every, {}, batches, false};
  return spec;
}

TEST(Comparison, HasTheChangesOfTheOracleAtItsUpdates) {
  int unequal = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const Spec spec = compared(seed, 2);
    const std::vector<RuleSpec> rules = compared_rules(spec);
    ASSERT_EQ(rules.front().kind, RuleKind::kBptt);
    const RunResult result = run_with(spec, TransportKind::kBatched);
    const auto weights = weights_by_update(spec);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      const std::vector<Alignment>& found = result.outcomes[k].comparisons.alignment;
      if (result.outcomes[k].kind == RuleKind::kNone) {
        EXPECT_TRUE(found.empty());
        continue;
      }
      std::size_t next = 0;
      for (const std::int64_t update : {0, 2, 4, 5}) {
        const Spec there = at_update(spec, weights[k].at(static_cast<std::size_t>(update)), update);
        std::vector<oracle::ByProjection> changes;
        for (const RuleSpec& rule : rules) changes.push_back(change_of(there, rule, update));
        for (std::size_t i = 1; i < rules.size(); ++i) {
          for (std::size_t j = 0; j < i; ++j) {
            const auto expect = [&](const std::string& projection, const std::vector<double>& a,
                                    const std::vector<double>& b) {
              ASSERT_LT(next, found.size());
              const Alignment& one = found[next++];
              ASSERT_EQ(one.update, update);
              ASSERT_EQ(one.rule, rules[i].name);
              ASSERT_EQ(one.with, rules[j].name);
              ASSERT_EQ(one.projection, projection);
              expect_alignment(one, a, b);
              if (one.cosine && *one.cosine < 0.9) ++unequal;
            };
            expect("", joined(changes[i]), joined(changes[j]));
            for (std::size_t p = 0; p < changes[i].size(); ++p) {
              if (spec.network.projections[p].plastic)
                expect(spec.network.projections[p].name, changes[i][p], changes[j][p]);
            }
            ASSERT_FALSE(testing::Test::HasFailure()) << result.outcomes[k].rule << ": " << rules[i].name << " with "
                                                      << rules[j].name << " of " << describe(spec);
          }
        }
      }
      EXPECT_EQ(next, found.size());
    }
  }
  EXPECT_GT(unequal, 100);
}

TEST(Comparison, ChangesNoCountAndNoBit) {
  for (std::uint64_t seed = 11; seed <= 18; ++seed) {
    Spec spec = compared(seed, 1, 2);
    spec.training.carry_state = seed % 2 == 0;
    spec.precision = seed % 3 == 0 ? Precision::kFloat32 : Precision::kFloat64;
    spec.compare->curvature = seed % 4 == 0;
    Spec plain = spec;
    plain.compare.reset();
    for (const TransportKind transport : kTransports) {
      const RunResult with = run_with(spec, transport, 2);
      const RunResult without = run_with(plain, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        ASSERT_TRUE(identical(with.outcomes[k], without.outcomes[k])) << describe(spec);
        EXPECT_TRUE(without.outcomes[k].comparisons.empty());
      }
    }
  }
}

TEST(Comparison, IsTheSameForThreadsTransportsAndNearlyForPrecisions) {
  for (std::uint64_t seed = 21; seed <= 26; ++seed) {
    Spec spec = compared(seed, 5, 2);
    spec.training.learning_rate = 0.001;
    const RunResult one = run_with(spec, TransportKind::kBatched, 1);
    const RunResult three = run_with(spec, TransportKind::kBatched, 3);
    const RunResult mailbox = run_with(spec, TransportKind::kMailbox, 2);
    spec.precision = Precision::kFloat32;
    const RunResult narrow = run_with(spec, TransportKind::kBatched, 2);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      EXPECT_EQ(one.outcomes[k].comparisons, three.outcomes[k].comparisons);
      const std::vector<Alignment>& wanted = one.outcomes[k].comparisons.alignment;
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        const Alignment& other = mailbox.outcomes[k].comparisons.alignment.at(i);
        const Alignment& rounded = narrow.outcomes[k].comparisons.alignment.at(i);
        ASSERT_EQ(other.rule, wanted[i].rule);
        if (!wanted[i].cosine || !other.cosine) continue;
        EXPECT_NEAR(*other.cosine, *wanted[i].cosine, 1e-9);
        ASSERT_TRUE(rounded.cosine);
        EXPECT_NEAR(*rounded.cosine, *wanted[i].cosine, 1e-3) << describe(spec);
      }
    }
  }
}

/// The cosine of `rule` with the exact gradient, of all synapses, at the first comparison.
double cosine_of(const RunResult& result, const std::string& rule) {
  for (const Alignment& one : result.outcomes[0].comparisons.alignment) {
    if (one.rule == rule && one.with == "bptt" && one.projection.empty()) return one.cosine.value();
  }
  ADD_FAILURE() << "no " << rule;
  return 0;
}

TEST(Comparison, ExactRulesAreTheGradient) {
  for (const Activation activation : {Activation::kIdentity, Activation::kTanh}) {
    for (const Loss loss : {Loss::kFinal, Loss::kSequence}) {
      Spec spec = smooth_model({2, 5, 2, 6}, {.activation = activation, .leak = 0.5, .loss = loss}, 31);
      RuleSpec whole = truncated(6, 6);
      whole.name = "whole";
      spec.rules = {rule_spec(RuleKind::kEprop)};
      spec.compare = CompareSpec{1, {whole, rule_spec(RuleKind::kRtrl), rule_spec(RuleKind::kEprop)}, 1, false};
      const RunResult full = run(spec, {.threads = 1});
      EXPECT_NEAR(cosine_of(full, "whole"), 1, 1e-12);
      EXPECT_NEAR(cosine_of(full, "rtrl"), 1, 1e-12);
      EXPECT_LT(cosine_of(full, "eprop"), 0.9999);
      // where W is diagonal, e-prop leaves nothing out
      auto& w = std::get<DenseMatrix>(spec.network.projections[1].weights);
      for (std::int64_t k = 0; k < std::ssize(w.values); ++k) {
        if (k / w.cols != k % w.cols) w.values[static_cast<std::size_t>(k)] = 0;
      }
      EXPECT_NEAR(cosine_of(run(spec, {.threads = 1}), "eprop"), 1, 1e-12);
    }
  }
}

/// One input x, one linear neuron without leak, one readout; T = 2, the final loss. By hand:
/// h1 = b x1, h2 = w h1 + b x2, eps = a h2 - y. RFLO with decay l and feedback r:
/// dA = eps h2, dW = r eps h1, dB = r eps (x2 + l x1); BPTT: dA the same, dW = a eps h1,
/// dB = a eps (x2 + w x1).
TEST(Comparison, OfRfloIsAsByHand) {
  const double a = 0.75, b = 1.5, w = 0.5, l = 0.25, r = -2, x1 = 1, x2 = -0.25, y = 2;
  Spec spec = small_model({1, 1, 1, 2}, {}, 1);
  spec.network.projections[0].weights = DenseMatrix{1, 1, {b}};
  spec.network.projections[1].weights = DenseMatrix{1, 1, {w}};
  spec.network.projections[2].weights = DenseMatrix{1, 1, {a}};
  spec.task = RecordedTask{{RecordedTrial{DenseMatrix{2, 1, {x1, x2}}, DenseMatrix{2, 1, {0, y}}}}};
  spec.rules = {rule_spec(RuleKind::kRflo, {{1, DenseMatrix{1, 1, {r}}}}, l)};
  spec.compare = CompareSpec{};
  const RunResult result = run(spec, {.threads = 1});
  const double h1 = b * x1, h2 = w * h1 + b * x2, eps = a * h2 - y;
  const std::vector<double> rflo = {r * eps * (x2 + l * x1), r * eps * h1, eps * h2};
  const std::vector<double> bptt = {a * eps * (x2 + w * x1), a * eps * h1, eps * h2};
  const std::vector<Alignment>& found = result.outcomes[0].comparisons.alignment;
  ASSERT_EQ(found.size(), 2U * 4U);  // before and after the update; all, B, W, A
  double product = 0;
  for (std::size_t k = 0; k < 3; ++k) product += rflo[k] * bptt[k];
  EXPECT_NEAR(found[0].cosine.value(), product / norm(rflo) / norm(bptt), 1e-12);
  EXPECT_NEAR(found[0].norm_ratio.value(), norm(rflo) / norm(bptt), 1e-12);
  EXPECT_NEAR(found[2].norm_ratio.value(), std::abs(r / a), 1e-12);
  EXPECT_EQ(found[2].projection, "W");
  EXPECT_EQ(found[2].cosine, -1.0);
  EXPECT_EQ(found[2].sign_agreement, 0.0);
  EXPECT_EQ(found[3].cosine, 1.0);
  EXPECT_FALSE(found[1].cosine.has_value()) << "x2 + l x1 is 0: RFLO's change of B has no direction";
  EXPECT_EQ(found[1].norm_ratio, 0.0);
  EXPECT_EQ(found[4].update, 1);
}

TEST(Comparison, HasBiasAndNoiseOverBatches) {
  constexpr std::int64_t kBatches = 3;
  for (std::uint64_t seed = 41; seed <= 44; ++seed) {
    Spec spec = compared(seed, 10, kBatches);
    const std::vector<RuleSpec> rules = compared_rules(spec);
    const auto weights = weights_by_update(spec);
    const RunResult result = run(spec, {.threads = 1});
    const std::size_t learner = spec.rules[0].kind == RuleKind::kNone ? 1 : 0;
    std::vector<std::vector<double>> mean;
    std::vector<double> noise;
    for (const RuleSpec& rule : rules) {
      std::vector<std::vector<double>> changes;
      for (std::int64_t b = 0; b < kBatches; ++b)
        changes.push_back(joined(change_of(at_update(spec, weights[learner].front(), b), rule, b)));
      std::vector<double>& sum = mean.emplace_back(changes[0].size(), 0);
      for (const auto& change : changes) {
        for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += change[k] / kBatches;
      }
      double squares = 0;
      for (const auto& change : changes) {
        for (std::size_t k = 0; k < sum.size(); ++k) squares += (change[k] - sum[k]) * (change[k] - sum[k]);
      }
      noise.push_back(std::sqrt(squares / (kBatches - 1)));
    }
    std::size_t seen = 0;
    for (const Scatter& one : result.outcomes[learner].comparisons.scatter) {
      if (one.update != 0 || !one.projection.empty()) continue;
      ASSERT_EQ(one.rule, rules[seen].name);
      if (norm(mean[0]) == 0) continue;
      std::vector<double> off = mean[seen];
      for (std::size_t k = 0; k < off.size(); ++k) off[k] -= mean[0][k];
      EXPECT_NEAR(one.bias.value(), norm(off) / norm(mean[0]), 1e-9 * std::max(1.0, norm(off) / norm(mean[0])));
      EXPECT_NEAR(one.noise.value(), noise[seen] / norm(mean[0]), 1e-9 * std::max(1.0, noise[seen] / norm(mean[0])));
      ++seen;
    }
    EXPECT_TRUE(seen == rules.size() || norm(mean[0]) == 0);
  }
}

TEST(Comparison, BeginsInTheStateThatNeuronsCarry) {
  // the second trial has no input: without the first one's state nothing would change
  Spec spec = smooth_model({1, 3, 1, 2}, {.activation = Activation::kTanh, .leak = 0.5}, 51);
  auto& recorded = std::get<RecordedTask>(spec.task);
  recorded.trials.push_back(recorded.trials[0]);
  std::ranges::fill(std::get<DenseMatrix>(recorded.trials[1].input).values, 0.0);
  spec.training.updates = 2;
  spec.training.learning_rate = 0.001;
  spec.rules = {rule_spec(RuleKind::kEprop)};
  spec.compare = CompareSpec{1, {}, 1, false};
  const auto cosine_at_1 = [&] {
    std::optional<double> cosine;
    const RunResult result = run(spec, {.threads = 1});
    for (const Alignment& one : result.outcomes[0].comparisons.alignment) {
      if (one.update == 1 && one.projection == "W") cosine = one.cosine;
    }
    return cosine;
  };
  EXPECT_FALSE(cosine_at_1().has_value());
  spec.training.carry_state = true;
  EXPECT_TRUE(cosine_at_1().has_value());
}

TEST(Comparison, OfSpikingNetworksHasTheSweepAsItsReference) {
  Spec spec = odd_spiking_model(3);
  spec.training.updates = 2;
  spec.compare = CompareSpec{1, {}, 1, false};
  Spec plain = spec;
  plain.compare.reset();
  const RunResult with = run(spec, {.threads = 1});
  const RunResult without = run(plain, {.threads = 1});
  int values = 0;
  for (std::size_t k = 0; k < spec.rules.size(); ++k) {
    EXPECT_TRUE(identical(with.outcomes[k], without.outcomes[k]));
    for (const Alignment& one : with.outcomes[k].comparisons.alignment) values += one.cosine ? 1 : 0;
  }
  EXPECT_GT(values, 0);
}

TEST(ComparedRules, HaveTheExactGradientFirst) {
  Spec spec = small_model({1, 2, 1, 2}, {}, 1);
  const RuleSpec rflo = rule_spec(RuleKind::kRflo, {{1, DenseMatrix{1, 2, {1, 1}}}});
  const auto names = [&] {
    std::vector<std::string> all;
    for (const RuleSpec& rule : compared_rules(spec)) all.push_back(rule.name);
    return all;
  };
  using Names = std::vector<std::string>;
  spec.rules = {rflo, rule_spec(RuleKind::kNone)};
  EXPECT_EQ(names(), Names{}) << "nothing is compared";
  spec.compare = CompareSpec{};
  EXPECT_EQ(names(), (Names{"bptt", "rflo"}));
  spec.rules = {rflo, rule_spec(RuleKind::kRtrl), rule_spec(RuleKind::kBptt)};
  spec.rules[2].name = "mine";
  EXPECT_EQ(names(), (Names{"mine", "rflo", "rtrl"}));
  spec.compare->rules = {rflo};
  EXPECT_EQ(names(), (Names{"mine", "rflo"})) << "the model's name of it";
  spec.compare->rules[0].name = "mine";
  EXPECT_EQ(names(), (Names{"mine (exact)", "mine"}));
  spec.rules = {rule_spec(RuleKind::kNone)};
  EXPECT_EQ(names(), Names{});
}

}  // namespace
}  // namespace locus
