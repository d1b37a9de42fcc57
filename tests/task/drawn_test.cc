// Drawn inputs: their statistics, and their independence of everything but their key. Drawn
// targets: they consist of their sines only.
#include <cmath>
#include <functional>
#include <numbers>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include "sim/task/task.h"

namespace locus {
namespace {

constexpr std::int32_t kTicks = 2000;
constexpr std::int32_t kNeurons = 50;

/// One input population "in" of kNeurons, and one readout "out".
Spec drawn_spec(DrawnTask task, std::int32_t batch = 1) {
  Spec spec;
  spec.seed = 7;
  spec.network.populations = {{"in", PopulationKind::kInput, kNeurons}, {"out", PopulationKind::kReadout, 2}};
  spec.training.ticks = kTicks;
  spec.training.batch = batch;
  spec.training.dt = 0.5;
  spec.task = std::move(task);
  return spec;
}

DrawnTask poisson(std::vector<double> rate_hz, std::int32_t patterns = 0) {
  return {{{0, PoissonSpec{std::move(rate_hz)}}}, patterns, {}};
}

Batch<double> shown(const Spec& spec, std::int64_t update) {
  std::int32_t inputs = 0;
  for (const PopulationSpec& population : spec.network.populations)
    inputs += population.kind == PopulationKind::kInput ? population.size : 0;
  Task task(spec);
  Batch<double> batch = make_batch<double>(spec.training.ticks, inputs, 2, spec.training.batch);
  // every one of these must be overwritten
  std::fill(batch.input.begin(), batch.input.end(), 99.0);
  task.fill(update, batch);
  return batch;
}

/// The mean of f(tick, neuron) over ticks 1 .. ticks and neurons 0 .. neurons - 1.
double mean(int ticks, int neurons, const std::function<double(int, int)>& f) {
  double sum = 0;
  for (int t = 1; t <= ticks; ++t) {
    for (int i = 0; i < neurons; ++i) sum += f(t, i);
  }
  return sum / (double(ticks) * neurons);
}

/// The mean of 10^5 numbers is p to five standard deviations, and products of two numbers have the
/// mean p^2 of independent ones.
TEST(Poisson, IsIndependentAcrossTicksNeuronsTrialsAndSeeds) {
  const Spec spec = drawn_spec(poisson({100}));  // 0.05 in a tick of 0.5 ms
  const double p = 0.05;
  const double many = double(kTicks) * kNeurons;
  Spec other = spec;
  other.seed = 8;
  const Batch<double> a = shown(spec, 3);
  const Batch<double> b = shown(spec, 4);
  const Batch<double> c = shown(other, 3);
  const auto at = [](const Batch<double>& batch, int t, int i) { return batch.input_at(t)[i]; };
  for (const double x : a.input) ASSERT_TRUE(x == 0 || x == 1);
  EXPECT_NEAR(mean(kTicks, kNeurons, [&](int t, int i) { return at(a, t, i); }), p, 5 * std::sqrt(p * (1 - p) / many));
  const double both = 5 * p / std::sqrt(many);
  EXPECT_NEAR(mean(kTicks - 1, kNeurons, [&](int t, int i) { return at(a, t, i) * at(a, t + 1, i); }), p * p, both);
  EXPECT_NEAR(mean(kTicks, kNeurons - 1, [&](int t, int i) { return at(a, t, i) * at(a, t, i + 1); }), p * p, both);
  EXPECT_NEAR(mean(kTicks - 1, kNeurons - 1, [&](int t, int i) { return at(a, t, i) * at(a, t + 1, i + 1); }), p * p, both);
  EXPECT_NEAR(mean(kTicks, kNeurons, [&](int t, int i) { return at(a, t, i) * at(b, t, i); }), p * p, both);
  EXPECT_NEAR(mean(kTicks, kNeurons, [&](int t, int i) { return at(a, t, i) * at(c, t, i); }), p * p, both);
  // The spikes of a tick are binomial with variance p (1 - p) for each neuron; the bound is five
  // standard deviations of a variance of kTicks counts.
  const double counts = mean(kTicks, 1, [&](int t, int) {
    double count = -p * kNeurons;
    for (int i = 0; i < kNeurons; ++i) count += at(a, t, i);
    return count * count;
  });
  EXPECT_NEAR(counts / (p * (1 - p) * kNeurons), 1,
              5 * std::sqrt(2.0 / kTicks) + 5 * std::sqrt(1 / (p * kNeurons * kTicks)));
}

TEST(Poisson, EveryNeuronMayHaveARateOfItsOwn) {
  std::vector<double> rates;
  for (int i = 0; i < kNeurons; ++i) rates.push_back(20.0 * i);
  const Batch<double> batch = shown(drawn_spec(poisson(rates)), 0);
  for (int i = 0; i < kNeurons; ++i) {
    const double p = rates[static_cast<std::size_t>(i)] * 0.5 / 1000;
    EXPECT_NEAR(mean(kTicks, 1, [&](int t, int) { return batch.input_at(t)[i]; }), p, 5 * std::sqrt(p * (1 - p) / kTicks))
        << i;
  }
}

TEST(Poisson, NeverSpikesAtRateZeroAndAlwaysAtOneATick) {
  EXPECT_EQ(
      mean(kTicks, kNeurons, [&, a = shown(drawn_spec(poisson({0})), 0)](int t, int i) { return a.input_at(t)[i]; }), 0);
  EXPECT_EQ(
      mean(kTicks, kNeurons, [&, a = shown(drawn_spec(poisson({2000})), 0)](int t, int i) { return a.input_at(t)[i]; }), 1);
}

/// Trial 5 is the same alone, as a lane of a batch, in float, beside any other populations, and in
/// a population of any size.
TEST(Poisson, DependsOnNothingButItsKey) {
  const Spec alone = drawn_spec(poisson({100}));
  const Batch<double> wanted = shown(alone, 5);
  const Spec wide = drawn_spec(poisson({100}), 3);
  const Batch<double> lanes = shown(wide, 1);  // trials 3, 4, 5
  Spec more = drawn_spec({{{1, PoissonSpec{{30}}}, {0, PoissonSpec{{100}}}, {2, WhiteNoiseSpec{}}}, 0, {}});
  more.network.populations = {{"in", PopulationKind::kInput, kNeurons + 9},
                              {"others", PopulationKind::kInput, 4},
                              {"noise", PopulationKind::kInput, 3},
                              {"out", PopulationKind::kReadout, 2}};
  const Batch<double> among = shown(more, 5);
  Task narrow(alone);
  Batch<float> floats = make_batch<float>(kTicks, kNeurons, 2, 1);
  narrow.fill(5, floats);
  for (int t = 1; t <= kTicks; ++t) {
    for (int i = 0; i < kNeurons; ++i) {
      const double x = wanted.input_at(t)[i];
      ASSERT_EQ(lanes.input_at(t)[3 * i + 2], x);
      ASSERT_EQ(among.input_at(t)[i], x);
      ASSERT_EQ(floats.input_at(t)[i], static_cast<float>(x));
    }
  }
}

TEST(FrozenNoise, ComesBackAfterAllPatterns) {
  const Spec spec = drawn_spec(poisson({100}, 2), 3);
  Task task(spec);
  Batch<double> first = shown(spec, 0);   // patterns 0 1 0
  Batch<double> second = shown(spec, 1);  // patterns 1 0 1
  int differ = 0;
  for (std::size_t k = 0; k < first.input.size(); k += 3) {
    ASSERT_EQ(first.input[k], first.input[k + 2]);
    ASSERT_EQ(first.input[k], second.input[k + 1]);
    ASSERT_EQ(first.input[k + 1], second.input[k]);
    differ += first.input[k] != first.input[k + 1] ? 1 : 0;
  }
  EXPECT_GT(differ, kTicks);  // of 10^5 neurons and ticks, a twentieth spikes in each
  EXPECT_EQ(shown(drawn_spec(poisson({100}, 1)), 12).input, shown(drawn_spec(poisson({100})), 0).input);
}

TEST(WhiteNoise, HasItsMeanAndItsDeviation) {
  const Batch<double> batch = shown(drawn_spec({{{0, WhiteNoiseSpec{-2, 3}}}, 0, {}}), 0);
  const double many = double(kTicks) * kNeurons;
  EXPECT_NEAR(mean(kTicks, kNeurons, [&](int t, int i) { return batch.input_at(t)[i]; }), -2, 5 * 3 / std::sqrt(many));
  EXPECT_NEAR(mean(kTicks, kNeurons, [&](int t, int i) { return std::pow(batch.input_at(t)[i] + 2, 2); }), 9,
              5 * 9 * std::sqrt(2 / many));
}

TEST(DrawnTargets, AreTheirMatricesByPattern) {
  DrawnTask task = poisson({100}, 2);
  for (const double value : {3.0, 4.0})
    task.targets.emplace_back(DenseMatrix{kTicks, 2, std::vector<double>(2 * kTicks, value)});
  const Batch<double> batch = shown(drawn_spec(task, 3), 1);  // trials 3, 4, 5
  for (int lane = 0; lane < 3; ++lane) EXPECT_EQ(batch.target_at(kTicks)[lane], lane == 1 ? 3 : 4) << lane;
  EXPECT_EQ(shown(drawn_spec(poisson({100})), 0).target, Column<double>(2 * kTicks, 0.0));
}

/// Sines of whole periods: nothing remains without the constant and the sine and cosine of each
/// period; each curve starts at 0 and reaches 1.
TEST(DrawnTargets, AreSumsOfSines) {
  DrawnTask task = poisson({100}, 2);
  task.targets.emplace_back(SinesSpec{{1000, 500, 200}});
  const Batch<double> batch = shown(drawn_spec(task, 2), 0);
  Eigen::MatrixXd basis(kTicks, 7);
  for (int t = 0; t < kTicks; ++t) {
    basis(t, 0) = 1;
    for (int j = 0; j < 3; ++j) {
      const double angle =
          2 * std::numbers::pi * 0.5 * t / std::vector<double>{1000, 500, 200}[static_cast<std::size_t>(j)];
      basis(t, 1 + 2 * j) = std::sin(angle);
      basis(t, 2 + 2 * j) = std::cos(angle);
    }
  }
  std::vector<Eigen::VectorXd> found;
  for (int signal = 0; signal < 4; ++signal) {  // one for each readout and pattern
    Eigen::VectorXd y(kTicks);
    for (int t = 1; t <= kTicks; ++t) y(t - 1) = batch.target_at(t)[signal];
    EXPECT_EQ(y(0), 0);
    EXPECT_EQ(y.cwiseAbs().maxCoeff(), 1);
    found.emplace_back(basis.colPivHouseholderQr().solve(y));
    EXPECT_LT((y - basis * found.back()).norm(), 1e-10);
    std::vector<double> amplitudes;
    for (int j = 0; j < 3; ++j) amplitudes.push_back(std::hypot(found.back()(1 + 2 * j), found.back()(2 + 2 * j)));
    for (const double amplitude : amplitudes)
      EXPECT_LT(amplitude / amplitudes[0], 4.0001);  // each is in 0.5 .. 2 before scaling
    for (const double amplitude : amplitudes) EXPECT_GT(amplitude / amplitudes[0], 0.2499);
    for (int other = 0; other < signal; ++other)
      EXPECT_GT((found.back() - found[static_cast<std::size_t>(other)]).norm(), 0.05) << signal << " and " << other;
  }
}

}  // namespace
}  // namespace locus
