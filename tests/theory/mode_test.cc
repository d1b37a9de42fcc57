// The flow of one mode: its zeros, its loss function where it is a gradient, and its equality with
// the sums over lags.
#include "sim/theory/mode.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "tests/theory/draw.h"

namespace locus::theory {
namespace {

double largest(const Mode& z) { return std::max({std::abs(z.a), std::abs(z.b), std::abs(z.w)}); }

/// Delta by its sums over lags up to T, in plain loops.
Mode delta_by_sums(const Mode& z, const Mode& teacher, const ModeRule& rule, int ticks) {
  const double signal = signal_is_own(rule) ? z.a : rule.feedback;
  const double memory = memory_is_own(rule) ? z.w : rule.decay;
  const int depth = rule.kind == RuleKind::kTbptt && rule.depth > 0 ? std::min(rule.depth, ticks) : ticks;
  std::vector<double> error;
  for (int k = 0; k < ticks; ++k)
    error.push_back(z.a * z.b * std::pow(z.w, k) - teacher.a * teacher.b * std::pow(teacher.w, k));
  Mode sum;
  for (int k = 0; k < ticks; ++k) sum.a += error[static_cast<std::size_t>(k)] * z.b * std::pow(z.w, k);
  for (int j = 0; j < depth; ++j) {
    const double reach = signal * std::pow(memory, j);
    sum.b += reach * error[static_cast<std::size_t>(j)];
    for (int l = 0; j + 1 + l < ticks; ++l) {
      sum.w += reach * error[static_cast<std::size_t>(j + 1 + l)] * std::pow(z.w, l) * z.b;
    }
  }
  return sum;
}

TEST(Mode, FlowVanishesOnTheOptimalManifoldUnderEveryRule) {
  Draw draw(1);
  for (int trial = 0; trial < 1000; ++trial) {
    const Mode teacher = draw.mode(0.9);
    const double s = draw.signed_between(0.3, 2);
    const Mode z = {s, teacher.a * teacher.b / s, teacher.w};
    EXPECT_NEAR(loss(z, teacher), 0, 1e-12);
    for (const ModeRule& rule : draw.rules()) EXPECT_LE(largest(delta(z, teacher, rule)), 1e-12);
  }
}

TEST(Mode, FlowVanishesAtTheOriginOnlyUnderItsOwnSignal) {
  Draw draw(2);
  for (int trial = 0; trial < 1000; ++trial) {
    const Mode teacher = draw.mode(0.95);
    const Mode z = {0, 0, draw.uniform(-0.95, 0.95)};
    const double p = teacher.a * teacher.b;
    EXPECT_NEAR(loss(z, teacher), p * p / (2 * (1 - teacher.w * teacher.w)), 1e-12 * p * p / (1 - teacher.w * teacher.w));
    for (const ModeRule& rule : draw.rules()) {
      const Mode change = delta(z, teacher, rule);
      if (signal_is_own(rule)) {
        EXPECT_LE(largest(change), 1e-12);
      } else {
        const double memory = memory_is_own(rule) ? z.w : rule.decay;
        EXPECT_NEAR(change.b, -rule.feedback * p / (1 - memory * teacher.w), 1e-12 * std::abs(change.b));
        EXPECT_GT(std::abs(change.b), 1e-4);
      }
    }
  }
}

TEST(Mode, FlowEqualsTheSumsOverLags) {
  Draw draw(3);
  for (int trial = 0; trial < 200; ++trial) {
    const Mode teacher = draw.mode(0.9);
    const Mode z = draw.mode(0.9);
    for (const ModeRule& rule : draw.rules()) {
      const Mode closed = delta(z, teacher, rule);
      const Mode summed = delta_by_sums(z, teacher, rule, 400);
      const double scale = 1 + largest(closed);
      EXPECT_NEAR(closed.a, summed.a, 1e-12 * scale);
      EXPECT_NEAR(closed.b, summed.b, 1e-12 * scale);
      EXPECT_NEAR(closed.w, summed.w, 1e-11 * scale);
    }
  }
}

TEST(Mode, BpttFlowIsTheGradientOfTheLoss) {
  Draw draw(4);
  constexpr double kStep = 1e-5;
  for (int trial = 0; trial < 200; ++trial) {
    const Mode teacher = draw.mode(0.8);
    const Mode z = draw.mode(0.8);
    const Mode gradient = delta(z, teacher, {.kind = RuleKind::kBptt});
    const auto slope = [&](double Mode::*part) {
      Mode up = z, down = z;
      up.*part += kStep;
      down.*part -= kStep;
      return (loss(up, teacher) - loss(down, teacher)) / (2 * kStep);
    };
    const double scale = 1 + largest(gradient);
    EXPECT_NEAR(slope(&Mode::a), gradient.a, 1e-7 * scale);
    EXPECT_NEAR(slope(&Mode::b), gradient.b, 1e-7 * scale);
    EXPECT_NEAR(slope(&Mode::w), gradient.w, 1e-6 * scale);
  }
}

TEST(Mode, RulesThatAreOneForAModeAgree) {
  Draw draw(5);
  for (int trial = 0; trial < 200; ++trial) {
    const Mode teacher = draw.mode(0.9);
    const Mode z = draw.mode(0.9);
    const Mode bptt = delta(z, teacher, {.kind = RuleKind::kBptt});
    // Symmetric e-prop is the gradient where W is diagonal; RFLO without memory and with a as its
    // feedback is one step of truncated BPTT.
    const Mode eprop = delta(z, teacher, {.kind = RuleKind::kEprop});
    EXPECT_EQ(bptt.b, eprop.b);
    EXPECT_EQ(bptt.w, eprop.w);
    const Mode one = delta(z, teacher, {.kind = RuleKind::kTbptt, .depth = 1});
    const Mode rflo = delta(z, teacher, {.kind = RuleKind::kRflo, .feedback = z.a});
    EXPECT_NEAR(one.b, rflo.b, 1e-12 * (1 + std::abs(one.b)));
    EXPECT_NEAR(one.w, rflo.w, 1e-12 * (1 + std::abs(one.w)));
    EXPECT_NEAR(one.b, z.a * (z.a * z.b - teacher.a * teacher.b), 1e-12 * (1 + std::abs(one.b)));
  }
}

}  // namespace
}  // namespace locus::theory
