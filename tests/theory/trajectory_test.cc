// Trajectories: the requested error, the conserved quantities, and the end of the flow.
#include "sim/theory/trajectory.h"

#include <atomic>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "sim/theory/fixed_point.h"

namespace locus::theory {
namespace {

/// Runge and Kutta's classic method with a fixed step.
Mode by_fixed_steps(Mode z, const Mode& teacher, const ModeRule& rule, double until, int steps) {
  const double h = until / steps;
  const auto slope = [&](const Mode& at, const Mode& k, double scale) {
    const Mode change = delta({at.a + scale * k.a, at.b + scale * k.b, at.w + scale * k.w}, teacher, rule);
    return Mode{-change.a, -change.b, -change.w};
  };
  for (int step = 0; step < steps; ++step) {
    const Mode k1 = slope(z, {}, 0), k2 = slope(z, k1, h / 2), k3 = slope(z, k2, h / 2), k4 = slope(z, k3, h);
    z.a += h / 6 * (k1.a + 2 * k2.a + 2 * k3.a + k4.a);
    z.b += h / 6 * (k1.b + 2 * k2.b + 2 * k3.b + k4.b);
    z.w += h / 6 * (k1.w + 2 * k2.w + 2 * k3.w + k4.w);
  }
  return z;
}

TEST(Trajectory, AgreesWithFixedSteps) {
  const Mode start = {0.3, 0.2, 0.1}, teacher = {1, 1, 0.7};
  for (const ModeRule& rule : {ModeRule{.kind = RuleKind::kBptt}, ModeRule{.kind = RuleKind::kTbptt, .depth = 1},
                               ModeRule{.kind = RuleKind::kRflo, .feedback = 0.8, .decay = 0.5}}) {
    const Trajectory path = integrate(start, teacher, rule, std::vector<double>{0, 1, 5});
    ASSERT_EQ(path.ending, Ending::kInTime);
    ASSERT_EQ(path.mode.size(), 3U);
    EXPECT_EQ(path.mode[0].a, start.a);
    const Mode expected = by_fixed_steps(start, teacher, rule, 5, 20000);
    EXPECT_NEAR(path.mode[2].a, expected.a, 1e-8);
    EXPECT_NEAR(path.mode[2].b, expected.b, 1e-8);
    EXPECT_NEAR(path.mode[2].w, expected.w, 1e-8);
  }
}

TEST(Trajectory, LossFallsUnderBpttAndEndsAtTheOptimum) {
  std::vector<double> times;
  for (int i = 0; i <= 200; ++i) times.push_back(i * 0.5);
  const Mode teacher = {1, 1, 0.7};
  const Trajectory path = integrate({1, 1, 0.6}, teacher, {.kind = RuleKind::kBptt}, times);
  for (std::size_t i = 1; i < path.mode.size(); ++i)
    EXPECT_LE(loss(path.mode[i], teacher), loss(path.mode[i - 1], teacher) + 1e-12);
  EXPECT_NEAR(path.mode.back().a, 1, 0.02);
  EXPECT_NEAR(path.mode.back().w, 0.7, 1e-6);
  EXPECT_NEAR(path.mode.back().a * path.mode.back().b, 1, 1e-6);
}

TEST(Trajectory, ApproachesAtTheRateOfTheLinearisation) {
  const Mode teacher = {1.2, 0.8, 0.5};
  for (const ModeRule& rule : {ModeRule{.kind = RuleKind::kBptt}, ModeRule{.kind = RuleKind::kTbptt, .depth = 3},
                               ModeRule{.kind = RuleKind::kRflo, .feedback = 0.9, .decay = 0.4}}) {
    const std::vector<double> times = {0, 6, 9, 60};
    const Trajectory path = integrate({1.25, 0.8, 0.48}, teacher, rule, times);
    ASSERT_EQ(path.ending, Ending::kInTime);
    const auto distance = [&](std::size_t i) {
      return std::hypot(path.mode[i].a * path.mode[i].b - path.mode.back().a * path.mode.back().b,
                        path.mode[i].w - teacher.w);
    };
    const double measured = std::log(distance(1) / distance(2)) / (times[2] - times[1]);
    EXPECT_NEAR(measured, linearise(teacher, path.mode.back().a, rule).rate, 0.02 * measured);
  }
}

TEST(Trajectory, RfloLeavesTheNearestBranchForTheOppositeOne) {
  const Mode teacher = {1, 1, 0.7};
  const std::vector<double> times = {200};
  const Trajectory rflo = integrate({1, 1, 0.6}, teacher, {.kind = RuleKind::kRflo, .feedback = -1, .decay = 0.5}, times);
  ASSERT_EQ(rflo.ending, Ending::kInTime);
  EXPECT_NEAR(rflo.mode.back().a, -0.502, 5e-4);
  EXPECT_NEAR(rflo.mode.back().b, -1.993, 5e-4);
  EXPECT_NEAR(rflo.mode.back().w, 0.7, 1e-6);
  EXPECT_NEAR(rflo.highest_loss, 2.17, 0.005);
}

TEST(Trajectory, SaysWhenTheFlowLeavesItsDomain) {
  const std::vector<double> times = {200};
  const Trajectory path =
      integrate({1, 1, 0.6}, {1, 1, 0.7}, {.kind = RuleKind::kRflo, .feedback = -1, .decay = 0}, times);
  EXPECT_EQ(path.ending, Ending::kLeftDomain);
  EXPECT_TRUE(path.mode.empty());
  EXPECT_LT(path.last_time, 200);
}

TEST(Trajectory, BpttFromOppositeWeightsRunsIntoTheSaddleAndRfloDoesNot) {
  const Mode teacher = {1, 1, 0.5}, start = {0.6, -0.6, 0.2};
  const std::vector<double> times = {12};
  const Trajectory bptt = integrate(start, teacher, {.kind = RuleKind::kBptt}, times, 1e-13);
  EXPECT_LT(std::hypot(bptt.mode.back().a, bptt.mode.back().b), 1e-3);
  EXPECT_NEAR(loss(bptt.mode.back(), teacher), saddle_loss(teacher), 1e-4);
  const Trajectory rflo = integrate(start, teacher, {.kind = RuleKind::kRflo, .feedback = 0.6, .decay = 0.5}, times);
  EXPECT_LT(loss(rflo.mode.back(), teacher), 0.1 * saddle_loss(teacher));
}

/// Near its end the flow takes steps of about 1 / rate, so the number of steps grows with the time.
TEST(Trajectory, EndsAfterItsMostStepsWhereItIs) {
  const Mode teacher = {1, 1, 0.7};
  for (const double goal : {1e9, 1e300, std::numeric_limits<double>::infinity()}) {
    const Trajectory path = integrate({0.3, 0.2, 0.1}, teacher, {.kind = RuleKind::kBptt}, std::vector<double>{0, goal});
    EXPECT_EQ(path.ending, Ending::kTooLong) << goal;
    EXPECT_EQ(path.mode.size(), 1U);
    EXPECT_GT(path.last_time, 1000);
    EXPECT_NEAR(path.last.a * path.last.b, 1, 1e-6);
    EXPECT_NEAR(path.last.w, 0.7, 1e-6);
  }
}

TEST(Trajectory, EndsWhenItIsInterrupted) {
  const std::atomic<bool> interrupt = true;
  const Trajectory path =
      integrate({0.3, 0.2, 0.1}, {1, 1, 0.7}, {.kind = RuleKind::kBptt}, std::vector<double>{5}, 1e-10, &interrupt);
  EXPECT_EQ(path.ending, Ending::kInterrupted);
  EXPECT_TRUE(path.mode.empty());
}

}  // namespace
}  // namespace locus::theory
