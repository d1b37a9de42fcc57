// Noise of populations: its distribution, its independence of lanes, and trials of evaluations. The
// random models of networks_test.cc and of tests/spiking have noise, and are held against the
// oracles, which draw the same numbers one by one; bias_test.cc holds gradients beside noise
// against differences of the loss.
#include "core/actor/noise.h"

#include <cmath>

#include <gtest/gtest.h>

#include "sim/model/build.h"
#include "sim/model/wire.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"
#include "tests/support/spiking_model.h"

namespace locus {
namespace {

Spec noisy(std::int32_t size, NoiseSpec noise) {
  Spec spec;
  spec.name = "noisy";
  spec.seed = 17;
  spec.network.populations = {{.name = "in", .kind = PopulationKind::kInput, .size = 1},
                              {.name = "still", .kind = PopulationKind::kRate, .size = 3},
                              {.name = "rec", .kind = PopulationKind::kRate, .size = size, .noise = noise}};
  return spec;
}

/// Sums over all pairs of a number of one column and of another.
struct Moments {
  double count = 0, sum = 0, squares = 0, products = 0, fourth = 0;

  void add(double x, double other) {
    count += 1;
    sum += x;
    squares += x * x;
    products += x * other;
    fourth += x * x * x * x;
  }
};

/// Each bound is met by chance with probability below 1e-6 on each side, if the numbers are
/// independent and normal: 4.9 standard deviations of the mean of so many terms. There are twelve
/// bounds, so the test would fail for about one seed in 40,000.
TEST(Noise, IsGaussianAndIndependent) {
  constexpr double kBound = 4.9;
  constexpr double kStddev = 0.5;
  const std::int32_t size = 400, lanes = 3;
  const Spec spec = noisy(size, {kStddev, false});
  const Topology topology = topology_of(spec);
  Network<double> network = build<double>(spec, topology, RuleSpec{}, lanes);
  ASSERT_EQ(network.rate.noise.size(), static_cast<std::size_t>((3 + size) * lanes));
  const auto at = [&](std::int32_t i, std::int32_t lane) {
    return network.rate.noise[static_cast<std::size_t>((3 + i) * lanes + lane)] / kStddev;
  };
  Moments neighbours, abreast, ticks;
  std::vector<double> before;
  for (std::int32_t tick = 1; tick <= 300; ++tick) {
    draw_noise(network, 12, tick);
    for (std::size_t cell = 0; cell < static_cast<std::size_t>(3 * lanes); ++cell)
      ASSERT_EQ(network.rate.noise[cell], 0) << "neurons without noise";
    for (std::int32_t i = 0; i < size; ++i) {
      neighbours.add(at(i, 0), i > 0 ? at(i - 1, 0) : at(size - 1, 1));
      abreast.add(at(i, 1), at(i, 2));
      ticks.add(at(i, 2), before.empty() ? 0 : before[static_cast<std::size_t>(i)]);
    }
    before.clear();
    for (std::int32_t i = 0; i < size; ++i) before.push_back(at(i, 2));
  }
  for (const Moments& m : {neighbours, abreast, ticks}) {
    const double root = std::sqrt(m.count);
    EXPECT_LT(std::abs(m.sum / root), kBound) << "mean 0";
    EXPECT_LT(std::abs(m.squares - m.count) / root, kBound * std::sqrt(2)) << "variance 1";
    EXPECT_LT(std::abs(m.products) / root, kBound) << "no correlation";
    EXPECT_LT(std::abs(m.fourth - 3 * m.count) / root, kBound * std::sqrt(96)) << "the fourth moment of a Gaussian is 3";
  }
}

/// A trial's noise is its own, whatever other trials are abreast.
TEST(Noise, DependsOnTheNumberOfItsTrialAlone) {
  const Spec spec = noisy(7, {1, false});
  const Topology topology = topology_of(spec);
  Network<double> wide = build<double>(spec, topology, RuleSpec{}, 4);
  Network<double> one = build<double>(spec, topology, RuleSpec{}, 1);
  Network<float> narrow = build<float>(spec, topology, RuleSpec{}, 1);
  draw_noise(wide, 8, 5);
  for (std::uint64_t lane = 0; lane < 4; ++lane) {
    draw_noise(one, 8 + lane, 5);
    draw_noise(narrow, 8 + lane, 5);
    for (std::size_t i = 0; i < 10; ++i) {
      EXPECT_EQ(wide.rate.noise[i * 4 + lane], one.rate.noise[i]);
      EXPECT_EQ(narrow.rate.noise[i], static_cast<float>(one.rate.noise[i]));
    }
  }
}

/// Without noise no column exists.
TEST(Noise, TakesNothingWhereThereIsNone) {
  Spec spec = noisy(7, {1, false});
  spec.network.populations[2].noise.reset();
  const Topology topology = topology_of(spec);
  EXPECT_TRUE(build<double>(spec, topology, RuleSpec{}, 4).rate.noise.empty());
}

/// A batch of trials learns the mean of what the trials learn alone, each with its own noise.
TEST(Noise, OfABatchIsThatOfItsTrials) {
  Style style;
  style.activation = Activation::kTanh;
  style.loss = Loss::kSequence;
  Spec spec = small_model({2, 4, 1, 5}, style, 3);
  spec.rules = {rule_spec(RuleKind::kBptt)};
  spec.network.populations[1].noise = NoiseSpec{0.5, false};
  spec.training.updates = 4;
  spec.training.learning_rate = 0;
  Spec batch = spec;
  batch.training.updates = 1;
  batch.training.batch = 4;
  for (const TransportKind transport : kTransports) {
    const std::vector<double> alone = run_with(spec, transport).outcomes[0].losses;
    const double mean = (alone[0] + alone[1] + alone[2] + alone[3]) / 4;
    EXPECT_NE(alone[0], alone[1]) << "the trials have the same input";
    EXPECT_NEAR(run_with(batch, transport).outcomes[0].losses.at(0), mean, 1e-14);
  }
}

/// Held-out trials have noise of their own numbers, the same in every evaluation, beside recorded
/// trials too.
TEST(Noise, IsInTheTrialsOfAnEvaluation) {
  for (const bool on_activity : {false, true}) {
    Style style;
    style.activation = Activation::kTanh;
    style.loss = Loss::kSequence;
    Spec spec = small_model({2, 4, 1, 5}, style, 3);
    spec.rules = {rule_spec(RuleKind::kRflo, {{1, DenseMatrix{1, 4, {1, -1, 0.5, 2}}}})};
    spec.network.populations[1].noise = NoiseSpec{0.25, on_activity};
    auto& task = std::get<RecordedTask>(spec.task);
    task.evaluation_trials = {task.trials[0], task.trials[0], task.trials[0]};
    spec.training.updates = 3;
    spec.training.learning_rate = 0;
    spec.training.evaluation = EvaluationSpec{1, 3};
    const std::vector<double> expected =
        oracle::losses_of(spec, oracle::solve(spec, spec.rules[0]).weights, task.evaluation_trials);
    EXPECT_NE(expected[0], expected[1]);
    for (const TransportKind transport : kTransports) {
      const Outcome outcome = run_with(spec, transport).outcomes[0];
      ASSERT_EQ(outcome.evaluations.size(), 4U);
      for (const Evaluation& evaluation : outcome.evaluations)
        EXPECT_NEAR(evaluation.loss, (expected[0] + expected[1] + expected[2]) / 3, 1e-13);
      EXPECT_NE(outcome.losses[0], expected[0]);
    }
  }
}

}  // namespace
}  // namespace locus
