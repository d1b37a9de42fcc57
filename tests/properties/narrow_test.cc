// Narrow, lossy and slow wires, and synapses of few bits: against loops of their own, in the mean
// over many seeds, over both transports and any number of threads.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/run/session.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"

namespace locus::narrow_test {
namespace {

constexpr int kInputs = 2, kUnits = 5, kReadouts = 3, kTicks = 7;

/// One rule with feedback of its own; B, W and A are dense and learn.
Spec model_of(RuleKind kind, const Style& style, std::uint64_t seed) {
  Spec spec = small_model({kInputs, kUnits, kReadouts, kTicks}, style, seed);
  Dice dice(seed + 77);
  DenseMatrix feedback{kReadouts, kUnits, {}};
  for (int k = 0; k < kReadouts * kUnits; ++k) feedback.values.push_back(dice.value());
  std::optional<double> decay;
  if (kind == RuleKind::kRflo) decay = 0.6;
  spec.rules = {rule_spec(kind, {{1, feedback}}, decay)};
  return spec;
}

Style style_of(Activation activation, Loss loss) {
  Style style;
  style.activation = activation;
  style.loss = loss;
  style.leak = activation == Activation::kIdentity ? 1 : 0.5;
  return style;
}

Spec with_delay(Spec spec, std::int32_t delay) {
  spec.training.wires = {{.channel = Channel::kFeedback, .grid = {}, .drop = 0, .delay = delay}};
  return spec;
}

/// Narrow in every way.
Spec narrowed(Spec spec, Rounding rounding) {
  const std::int32_t delay = spec.training.loss == Loss::kFinal ? 0 : 2;
  spec.training.wires = {{.channel = Channel::kFeedback, .grid = Grid{4, 0.5, rounding}, .drop = 0.3, .delay = delay}};
  spec.training.synapses = {.weight = Grid{8, 2, rounding}, .trace = Grid{6, 4, rounding}};
  return spec;
}

/// Wires that do nothing, named: the same bits as without them.
TEST(Narrow, WiresThatDoNothingChangeNoBit) {
  for (const Activation activation : {Activation::kIdentity, Activation::kTanh}) {
    for (const Loss loss : {Loss::kFinal, Loss::kSequence}) {
      Spec spec = model_of(RuleKind::kRflo, style_of(activation, loss), 4);
      spec.training.updates = 3;
      spec.training.learning_rate = 0.125;
      for (const TransportKind transport : kTransports) {
        const Outcome ideal = run_with(spec, transport).outcomes[0];
        EXPECT_TRUE(identical(run_with(with_delay(spec, 0), transport).outcomes[0], ideal)) << name(transport);
      }
    }
  }
}

/// RFLO is linear in what FEEDBACK brings: messages that are lost with probability p leave (1 - p)
/// of the change of W and B in the mean, and all of that of A. The mean over n seeds is within 4.9
/// of its standard deviations but for one entry in a million; there are 35 entries.
TEST(Narrow, LossesScaleTheMeanChange) {
  constexpr double kDrop = 0.3;
  constexpr int kSeeds = 600;
  Spec spec = model_of(RuleKind::kRflo, style_of(Activation::kTanh, Loss::kFinal), 9);
  spec.training.learning_rate = 1;
  for (const TransportKind transport : kTransports) {
    const oracle::ByProjection whole = change(spec, run_with(spec, transport).outcomes[0]);
    Spec lossy = spec;
    lossy.training.wires = {{.channel = Channel::kFeedback, .grid = {}, .drop = kDrop, .delay = 0}};
    oracle::ByProjection sum, squares;
    for (const std::vector<double>& projection : whole) {
      sum.emplace_back(projection.size(), 0.0);
      squares.emplace_back(projection.size(), 0.0);
    }
    for (int seed = 0; seed < kSeeds; ++seed) {
      lossy.seed = static_cast<std::uint64_t>(seed);
      const Outcome outcome = run_with(lossy, transport).outcomes[0];
      ASSERT_EQ(outcome.ledger.messages(Channel::kFeedback), kReadouts * kUnits) << "what is lost was sent";
      const oracle::ByProjection one = change(lossy, outcome);
      for (std::size_t p = 0; p < one.size(); ++p) {
        for (std::size_t k = 0; k < one[p].size(); ++k) {
          sum[p][k] += one[p][k] / kSeeds;
          squares[p][k] += one[p][k] * one[p][k] / kSeeds;
        }
      }
    }
    double spread = 0;
    for (std::size_t p = 0; p < whole.size(); ++p) {
      const bool of_readouts = spec.network.projections[p].name == "A";
      for (std::size_t k = 0; k < whole[p].size(); ++k) {
        const double variance = std::max(0.0, squares[p][k] - sum[p][k] * sum[p][k]);
        const double expected = (of_readouts ? 1 : 1 - kDrop) * whole[p][k];
        EXPECT_NEAR(sum[p][k], expected, 4.9 * std::sqrt(variance / kSeeds) + 1e-12) << name(transport);
        spread = std::max(spread, variance);
      }
    }
    EXPECT_GT(spread, 0) << "something was lost";
  }
}

/// All of it lost: rate neurons learn nothing, and readouts all.
TEST(Narrow, WiresThatLoseEverythingTeachNothing) {
  Spec spec = model_of(RuleKind::kRflo, style_of(Activation::kTanh, Loss::kSequence), 9);
  spec.training.learning_rate = 1;
  Spec lossy = spec;
  lossy.training.wires = {{.channel = Channel::kFeedback, .grid = {}, .drop = 1, .delay = 0}};
  for (const TransportKind transport : kTransports) {
    const oracle::ByProjection before = initial_weights(spec);
    const oracle::ByProjection after = weights_of(run_with(lossy, transport).outcomes[0]);
    const oracle::ByProjection ideal = weights_of(run_with(spec, transport).outcomes[0]);
    for (std::size_t p = 0; p < before.size(); ++p)
      EXPECT_EQ(after[p], spec.network.projections[p].name == "A" ? ideal[p] : before[p]);
  }
}

/// Values of a dense projection: target x source.
double weight_at(const Spec& spec, const std::string& projection, int target, int source) {
  for (const ProjectionSpec& own : spec.network.projections) {
    if (own.name != projection) continue;
    const auto& matrix = std::get<DenseMatrix>(own.weights);
    return matrix.values[static_cast<std::size_t>(target * matrix.cols + source)];
  }
  return NAN;
}

/// Delta W = sum_t (R^T eps_{t-d}) o P_t in loops of its own, for tanh and leak 1/2; eps is rounded
/// to the nearest level of `grid`, if there is one.
std::vector<double> change_of_w(const Spec& spec, int delay, const std::optional<Grid>& grid) {
  const auto& trial = std::get<RecordedTask>(spec.task).trials[0];
  const auto& input = std::get<DenseMatrix>(trial.input);
  const auto& feedback = std::get<DenseMatrix>(spec.rules[0].feedback[0].weights);
  const double leak = 0.5, lambda = 0.6;
  std::vector<double> h(kUnits, 0.0), change(kUnits * kUnits, 0.0), trace(kUnits * kUnits, 0.0);
  std::vector<std::vector<double>> errors;
  for (int t = 0; t < kTicks; ++t) {
    std::vector<double> next(kUnits);
    for (int i = 0; i < kUnits; ++i) {
      double current = 0;
      for (int j = 0; j < kUnits; ++j) current += weight_at(spec, "W", i, j) * h[static_cast<std::size_t>(j)];
      for (int j = 0; j < kInputs; ++j)
        current += weight_at(spec, "B", i, j) * input.values[static_cast<std::size_t>(t * kInputs + j)];
      const double phi = std::tanh(current);
      next[static_cast<std::size_t>(i)] = (1 - leak) * h[static_cast<std::size_t>(i)] + leak * phi;
      for (int j = 0; j < kUnits; ++j) {
        double& own = trace[static_cast<std::size_t>(i * kUnits + j)];
        own = lambda * own + leak * (1 - phi * phi) * h[static_cast<std::size_t>(j)];
      }
    }
    h = next;
    std::vector<double>& epsilon = errors.emplace_back();
    for (int k = 0; k < kReadouts; ++k) {
      double output = 0;
      for (int i = 0; i < kUnits; ++i) output += weight_at(spec, "A", k, i) * h[static_cast<std::size_t>(i)];
      double error = (output - trial.target.values[static_cast<std::size_t>(t * kReadouts + k)]) / kTicks;
      if (grid) {
        const double step = 2 * grid->range / std::pow(2, grid->bits);
        error = std::min(std::max(std::round(error / step) * step, -grid->range), grid->range - step);
      }
      epsilon.push_back(error);
    }
    if (t < delay) continue;
    for (int i = 0; i < kUnits; ++i) {
      double signal = 0;
      for (int k = 0; k < kReadouts; ++k) {
        signal += feedback.values[static_cast<std::size_t>(k * kUnits + i)] *
                  errors[static_cast<std::size_t>(t - delay)][static_cast<std::size_t>(k)];
      }
      for (int j = 0; j < kUnits; ++j) {
        const auto own = static_cast<std::size_t>(i * kUnits + j);
        change[own] += signal * trace[own];
      }
    }
  }
  return change;
}

TEST(Narrow, SlowWiresBringTheErrorsOfEarlierTicks) {
  Spec spec = model_of(RuleKind::kRflo, style_of(Activation::kTanh, Loss::kSequence), 21);
  spec.training.learning_rate = 1;
  for (const TransportKind transport : kTransports) {
    for (int delay = 0; delay < kTicks; ++delay) {
      for (const std::optional<Grid>& grid : {std::optional<Grid>(), std::optional(Grid{.bits = 4, .range = 0.5})}) {
        Spec slow = with_delay(spec, delay);
        slow.training.wires[0].grid = grid;
        const oracle::ByProjection found = change(slow, run_with(slow, transport).outcomes[0]);
        const std::vector<double> expected = change_of_w(slow, delay, grid);
        double largest = 0;
        for (const double value : expected) largest = std::max(largest, std::abs(value));
        EXPECT_GT(largest, 0);
        for (std::size_t p = 0; p < found.size(); ++p) {
          if (spec.network.projections[p].name != "W") continue;
          for (std::size_t k = 0; k < expected.size(); ++k)
            EXPECT_NEAR(found[p][k], expected[k], 1e-12 * std::max(1.0, largest)) << name(transport) << ", " << delay;
        }
      }
    }
  }
}

/// A commit to the nearest levels: w = round(w_0 - eta Delta), where Delta is what ideal synapses
/// with the rounded first weights ask for.
TEST(Narrow, CommitsRoundWeights) {
  const Grid grid{.bits = 7, .range = 2, .rounding = Rounding::kNearest};
  const double step = 4.0 / 128;
  for (const RuleKind kind : {RuleKind::kRflo, RuleKind::kEpropRandom}) {
    Spec spec = model_of(kind, style_of(Activation::kTanh, Loss::kSequence), 33);
    spec.training.learning_rate = 0.25;
    for (ProjectionSpec& projection : spec.network.projections) {
      for (double& value : std::get<DenseMatrix>(projection.weights).values) value = std::round(value / step) * step;
    }
    Spec narrow = spec;
    narrow.training.synapses.weight = grid;
    for (const TransportKind transport : kTransports) {
      const oracle::ByProjection ideal = weights_of(run_with(spec, transport).outcomes[0]);
      const oracle::ByProjection found = weights_of(run_with(narrow, transport).outcomes[0]);
      for (std::size_t p = 0; p < ideal.size(); ++p) {
        for (std::size_t k = 0; k < ideal[p].size(); ++k) {
          const double level = std::floor(ideal[p][k] / step + 0.5) * step;
          EXPECT_EQ(found[p][k], std::min(std::max(level, -2.0), 2 - step));
        }
      }
    }
  }
}

bool on_levels(const oracle::ByProjection& weights, double range, int bits) {
  const double step = 2 * range / std::pow(2, bits);
  for (const std::vector<double>& projection : weights) {
    for (const double weight : projection) {
      if (weight / step != std::round(weight / step) || weight < -range || weight > range - step) return false;
    }
  }
  return true;
}

/// Both transports round the same numbers by the same draws: a sum that differs in its last bits
/// goes to another level with a probability of some 1e-12.
TEST(Narrow, TransportsAndThreadsAgree) {
  for (const RuleKind kind : {RuleKind::kRflo, RuleKind::kEpropRandom}) {
    for (const Activation activation : {Activation::kIdentity, Activation::kTanh}) {
      for (const Loss loss : {Loss::kFinal, Loss::kSequence}) {
        for (const Rounding rounding : {Rounding::kNearest, Rounding::kStochastic}) {
          for (const CommitWhen commit : {CommitWhen::kEndOfBatch, CommitWhen::kEveryTick}) {
            Spec spec = narrowed(model_of(kind, style_of(activation, loss), 41), rounding);
            spec.training.commit = commit;
            spec.training.batch = commit == CommitWhen::kEveryTick ? 1 : 3;
            spec.training.updates = 4;
            spec.training.learning_rate = 0.5;
            const Outcome mail = run_with(spec, TransportKind::kMailbox).outcomes[0];
            const Outcome columns = run_with(spec, TransportKind::kBatched).outcomes[0];
            ASSERT_TRUE(close(weights_of(columns), weights_of(mail), 1e-12)) << describe(spec);
            EXPECT_EQ(columns.ledger, mail.ledger);
            EXPECT_TRUE(on_levels(weights_of(mail), 2, 8));
            EXPECT_NE(weights_of(mail), initial_weights(spec)) << "something was learnt";
            EXPECT_TRUE(same_for_threads(spec, {3}));
            spec.precision = Precision::kFloat32;
            EXPECT_TRUE(same_for_threads(spec, {3}));
            EXPECT_TRUE(on_levels(weights_of(run_with(spec, TransportKind::kBatched).outcomes[0]), 2, 8));
          }
        }
      }
    }
  }
}

/// Spiking neurons hear slow, lossy, narrow errors as rate neurons do.
TEST(Narrow, LateTrialsHaveTheirOwnDraws) {
  Spec spec = narrowed(model_of(RuleKind::kRflo, style_of(Activation::kTanh, Loss::kSequence), 45), Rounding::kStochastic);
  spec = with_late_trials(spec, 3);
  spec.training.batch = 3;
  spec.training.updates = 3;
  const Outcome mail = run_with(spec, TransportKind::kMailbox).outcomes[0];
  EXPECT_TRUE(close(weights_of(run_with(spec, TransportKind::kBatched).outcomes[0]), weights_of(mail), 1e-12));
}

/// Weights that a session is given are rounded as first weights are, so that synapses which hear
/// nothing are on their grid, too.
TEST(Narrow, WeightsOfASessionAreOnTheGrid) {
  Spec spec = model_of(RuleKind::kRflo, style_of(Activation::kTanh, Loss::kSequence), 12);
  const Grid grid{5, 1, Rounding::kNearest};
  spec.training.synapses = {.weight = grid, .trace = {}};
  const std::string& name = spec.network.projections[1].name;
  std::optional<std::vector<double>> learnt;
  for (const TransportKind transport : kTransports) {
    Session net(spec, spec.rules[0], {.transport = transport});
    std::vector<double> given = std::get<DenseMatrix>(net.weights(name).matrix).values;
    for (std::size_t k = 0; k < given.size(); ++k) given[k] = 0.9 - 0.071 * static_cast<double>(k);
    net.set_weights(name, given);
    const std::vector<double> kept = std::get<DenseMatrix>(net.weights(name).matrix).values;
    const double step = std::ldexp(1, 1 - 5);  // 32 levels from -1 to 1 - step
    for (std::size_t k = 0; k < given.size(); ++k) {
      EXPECT_NEAR(kept[k] / step, std::round(kept[k] / step), 1e-12) << k;
      EXPECT_LE(std::abs(kept[k] - std::clamp(given[k], -1.0, 1.0 - step)), 0.5 * step + 1e-12) << k;
    }
    net.begin_trial();
    for (int tick = 0; tick < kTicks; ++tick) {
      net.step(std::vector<double>{0.5, -0.25});
      net.teach(std::vector<double>{0, 0, 0});
    }
    net.commit();
    const std::vector<double> after = std::get<DenseMatrix>(net.weights(name).matrix).values;
    if (!learnt) learnt = after;
    for (std::size_t k = 0; k < after.size(); ++k) EXPECT_NEAR(after[k], (*learnt)[k], 1e-12) << k;
  }
}

}  // namespace
}  // namespace locus::narrow_test
