// Optimizers, paces of rules and limits of projections: compared with the oracle, with PyTorch's
// documented formulas, and with what each of them promises.
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/agreement.h"
#include "tests/support/optimizers.h"
#include "tests/support/random_model.h"
#include "tests/support/spiking_model.h"
#include "tests/support/spiking_oracle.h"

namespace locus {
namespace {

bool has_spiking(const Spec& spec) {
  return std::ranges::any_of(spec.network.populations, [](const PopulationSpec& p) { return p.lif.has_value(); });
}

oracle::Answer expected_of(const Spec& spec, const RuleSpec& rule) {
  return has_spiking(spec) ? spiking::solve(spec, rule) : oracle::solve(spec, rule);
}

Spec optimized_model(int model) {
  const auto seed = static_cast<std::uint64_t>(9000 + model);
  Spec spec = model % 4 == 3 ? odd_spiking_model(seed) : odd_model(seed);
  if (model % 3 == 1) spec = with_delays(spec, seed);
  return with_optimizers(spec, seed);
}

TEST(Optimizers, AgreeWithTheOracle) {
  int moments_in_ticks = 0;
  for (int model = 0; model < 120; ++model) {
    const Spec spec = optimized_model(model);
    for (const TransportKind transport : kTransports) {
      const RunResult result = run_with(spec, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        ASSERT_TRUE(agrees(spec, result.outcomes[k], expected_of(spec, spec.rules[k]), 1e-10))
            << name(transport) << ", " << spec.rules[k].name << " of " << describe(spec);
        const Optimizer how = oracle::optimizer_of(spec, spec.rules[k]);
        moments_in_ticks += how.momentum && spec.training.commit == CommitWhen::kEveryTick ? 1 : 0;
      }
    }
  }
  EXPECT_GT(moments_in_ticks, 20);
}

/// Adam divides by the root of small numbers, which float32 has none of; a spike is all or nothing.
TEST(Optimizers, AgreeWithTheOracleInFloat32) {
  int compared = 0;
  for (int model = 0; model < 60; ++model) {
    Spec spec = optimized_model(model);
    if (has_spiking(spec)) continue;
    spec.precision = Precision::kFloat32;
    std::erase_if(spec.rules, [&](const RuleSpec& rule) { return oracle::optimizer_of(spec, rule).adam.has_value(); });
    for (const TransportKind transport : kTransports) {
      const RunResult result = run_with(spec, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k, ++compared) {
        ASSERT_TRUE(agrees(spec, result.outcomes[k], expected_of(spec, spec.rules[k]), 1e-4))
            << name(transport) << ", " << spec.rules[k].name << " of " << describe(spec);
      }
    }
  }
  EXPECT_GT(compared, 300);
}

Spec wide_and_optimized(CommitWhen commit) {
  Style style;
  style.activation = Activation::kTanh;
  style.leak = 0.5;
  style.loss = Loss::kSequence;
  Spec spec = wide_model(90, style, commit, commit == CommitWhen::kEveryTick ? 1 : 3);
  spec.training.optimizer.momentum = 0.75;
  spec.training.optimizer.weight_decay = 0.125;
  spec.network.projections[1].limits = {.sign = 1};
  auto& w = std::get<DenseMatrix>(spec.network.projections[1].weights);
  for (double& value : w.values) value = std::abs(value);
  return spec;
}

TEST(Optimizers, OfAWideNetworkAreTheSameBitsForAnyThreadsAndTheOracles) {
  for (const CommitWhen commit : {CommitWhen::kEndOfBatch, CommitWhen::kEveryTick}) {
    const Spec spec = wide_and_optimized(commit);
    EXPECT_TRUE(same_for_threads(spec, {2, 5}));
    for (const TransportKind transport : kTransports) {
      const RunResult result = run_with(spec, transport, 1);
      for (std::size_t k = 0; k < spec.rules.size(); ++k)
        EXPECT_TRUE(agrees(spec, result.outcomes[k], oracle::solve(spec, spec.rules[k]), 1e-11)) << spec.rules[k].name;
    }
  }
}

/// One parameter of torch.optim, as its documentation defines the step; `t` counts from 1.
struct Torch {
  double buffer = 0, m = 0, v = 0;

  /// torch.optim.SGD(lr, momentum, weight_decay), dampening 0, nesterov False.
  void sgd(double& theta, double gradient, double lr, double momentum, double weight_decay, int t) {
    double g = gradient;
    if (weight_decay != 0) g = g + weight_decay * theta;
    if (momentum != 0) {
      buffer = t > 1 ? momentum * buffer + g : g;
      g = buffer;
    }
    theta = theta - lr * g;
  }

  /// torch.optim.Adam(lr, (beta1, beta2), eps, weight_decay), amsgrad False.
  void adam(double& theta, double gradient, double lr, double beta1, double beta2, double eps, double weight_decay, int t) {
    double g = gradient;
    if (weight_decay != 0) g = g + weight_decay * theta;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    const double m_hat = m / (1 - std::pow(beta1, t));
    const double v_hat = v / (1 - std::pow(beta2, t));
    theta = theta - lr * m_hat / (std::sqrt(v_hat) + eps);
  }
};

using Step = std::function<void(Torch&, double& theta, double gradient, int t)>;

/// Updates of BPTT by the program end where the documented steps end with the oracle's gradients.
void expect_torch(const Optimizer& optimizer, const Step& step) {
  constexpr int kUpdates = 6;
  Style style;
  style.activation = Activation::kTanh;
  style.leak = 0.5;
  style.loss = Loss::kSequence;
  Spec spec = small_model({2, 4, 2, 5}, style, 21);
  spec.rules = {rule_spec(RuleKind::kBptt)};
  spec.training.learning_rate = 0.125;
  Spec at = spec;  // the weights so far
  std::map<std::pair<std::size_t, std::size_t>, Torch> states;
  for (int t = 1; t <= kUpdates; ++t) {
    const oracle::ByProjection gradient = oracle::solve(at, at.rules[0]).delta;
    for (std::size_t p = 0; p < gradient.size(); ++p) {
      auto& values = std::get<DenseMatrix>(at.network.projections[p].weights).values;
      for (std::size_t k = 0; k < values.size(); ++k) step(states[{p, k}], values[k], gradient[p][k], t);
    }
  }
  spec.training.updates = kUpdates;
  spec.training.optimizer = optimizer;
  for (const TransportKind transport : kTransports) {
    const Outcome outcome = run_with(spec, transport).outcomes.at(0);
    EXPECT_TRUE(close(weights_of(outcome), initial_weights(at), 1e-12)) << name(transport);
  }
}

TEST(Optimizers, AreThoseOfTorch) {
  expect_torch({.momentum = 0.875}, [](Torch& s, double& w, double g, int t) { s.sgd(w, g, 0.125, 0.875, 0, t); });
  expect_torch({.weight_decay = 0.25}, [](Torch& s, double& w, double g, int t) { s.sgd(w, g, 0.125, 0, 0.25, t); });
  expect_torch({.momentum = 0.5, .weight_decay = 0.25},
               [](Torch& s, double& w, double g, int t) { s.sgd(w, g, 0.125, 0.5, 0.25, t); });
  // Epsilon stands elsewhere in torch, where one so small makes no difference.
  expect_torch({.adam = Optimizer::Adam{0.75, 0.875, 1e-40}, .weight_decay = 0.25},
               [](Torch& s, double& w, double g, int t) { s.adam(w, g, 0.125, 0.75, 0.875, 1e-40, 0.25, t); });
}

/// A place without a synapse stays one. Bounds that exclude 0 leave the diagonal without autapses
/// alone.
void expect_mask(const Spec& spec, const Outcome& outcome) {
  for (std::size_t p = 0; p < spec.network.projections.size(); ++p) {
    const ProjectionSpec& projection = spec.network.projections[p];
    if (const auto* given = std::get_if<SparseMatrix>(&projection.weights)) {
      const auto& learnt = std::get<SparseMatrix>(outcome.weights[p].matrix);
      EXPECT_EQ(learnt.row, given->row) << projection.name;
      EXPECT_EQ(learnt.col, given->col) << projection.name;
      continue;
    }
    if (projection.autapses) continue;
    const auto& learnt = std::get<DenseMatrix>(outcome.weights[p].matrix);
    for (std::int64_t i = 0; i < learnt.rows; ++i)
      EXPECT_EQ(learnt.values[static_cast<std::size_t>(i * learnt.cols + i)], 0) << projection.name;
  }
}

TEST(Optimizers, KeepMasksUnderEveryRule) {
  const Optimizer all[] = {{},
                           {.momentum = 0.5},
                           {.adam = Optimizer::Adam{}},
                           {.momentum = 0.25, .weight_decay = 0.5},
                           {.weight_min = 0.25, .weight_max = 0.5}};
  int masks = 0;
  for (int model = 0; model < 40; ++model) {
    const auto seed = static_cast<std::uint64_t>(700 + model);
    Spec spec = model % 3 == 0 ? odd_spiking_model(seed) : odd_model(seed);
    for (ProjectionSpec& projection : spec.network.projections) {
      if (projection.source == projection.target && std::holds_alternative<DenseMatrix>(projection.weights))
        projection.autapses = false;
      masks += std::holds_alternative<SparseMatrix>(projection.weights) || !projection.autapses ? 1 : 0;
    }
    spec.training.optimizer = all[model % 5];
    for (const TransportKind transport : kTransports) {
      for (const Outcome& outcome : run_with(spec, transport).outcomes) expect_mask(spec, outcome);
    }
    ASSERT_FALSE(testing::Test::HasFailure()) << describe(spec);
  }
  EXPECT_GT(masks, 60);
}

/// Dale's law: each weight keeps the sign of its projection under every rule, however large the
/// steps; where one would cross, it is exactly 0.
TEST(Optimizers, KeepSigns) {
  int constrained = 0;
  int stopped = 0;
  for (int model = 0; model < 40; ++model) {
    Spec spec = optimized_model(model);
    spec.training.learning_rate = 2;
    const oracle::ByProjection before = initial_weights(spec);
    for (const TransportKind transport : kTransports) {
      for (const Outcome& outcome : run_with(spec, transport).outcomes) {
        const oracle::ByProjection after = weights_of(outcome);
        for (std::size_t p = 0; p < after.size(); ++p) {
          const ProjectionSpec& projection = spec.network.projections[p];
          if (projection.limits.sign == 0) continue;
          ++constrained;
          for (std::size_t k = 0; k < after[p].size(); ++k) {
            ASSERT_GE(projection.limits.sign * after[p][k], 0) << outcome.rule << " of " << describe(spec);
            stopped += after[p][k] == 0 && before[p][k] != 0 ? 1 : 0;
          }
        }
      }
    }
  }
  EXPECT_GT(constrained, 500);
  EXPECT_GT(stopped, 100);
}

/// A rule with a pace of its own learns as it would alone, with this pace as the training's.
TEST(Pace, OfARuleIsThatOfATrainingOfItsOwn) {
  for (int model = 0; model < 30; ++model) {
    Spec spec = optimized_model(model);
    spec.training.updates = 3;
    for (std::size_t k = 0; k < spec.rules.size(); k += 2) {
      if (spec.rules[k].kind != RuleKind::kNone)
        spec.rules[k].schedule = ScheduleSpec{.warmup = 2, .decay = ScheduleSpec::Decay::kExponential, .factor = 0.5};
    }
    const RunResult together = run_with(spec, TransportKind::kBatched);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      Spec alone = spec;
      RuleSpec& rule = alone.rules[k];
      if (rule.learning_rate) alone.training.learning_rate = rule.learning_rate;
      if (rule.optimizer) alone.training.optimizer = *rule.optimizer;
      if (rule.schedule) alone.training.schedule = rule.schedule;
      rule.learning_rate.reset();
      rule.optimizer.reset();
      rule.schedule.reset();
      alone.rules = {rule};
      const RunResult one = run_with(alone, TransportKind::kBatched);
      ASSERT_TRUE(identical(one.outcomes[0], together.outcomes[k])) << describe(spec);
    }
  }
}

/// A projection's own rate goes before the rule's, and that before the training's.
TEST(Pace, OfAProjectionGoesBeforeThatOfARule) {
  Spec spec = small_model({2, 3, 2, 4}, {}, 5);
  spec.rules = {rule_spec(RuleKind::kBptt)};
  spec.training.learning_rate = 1;
  const oracle::ByProjection one = change(spec, run_with(spec, TransportKind::kBatched).outcomes[0]);
  spec.rules[0].learning_rate = 4;
  spec.network.projections[1].learning_rate = 0.5;
  const oracle::ByProjection paced = change(spec, run_with(spec, TransportKind::kBatched).outcomes[0]);
  const double factors[] = {4, 0.5, 4};
  for (std::size_t p = 0; p < one.size(); ++p) {
    for (std::size_t k = 0; k < one[p].size(); ++k)
      EXPECT_NEAR(paced[p][k], factors[p] * one[p][k], 1e-12 * (1 + std::abs(one[p][k])));
  }
}

}  // namespace
}  // namespace locus
