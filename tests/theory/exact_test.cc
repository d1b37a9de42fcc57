// The exact expectation: against plain sums, against the gradient of its loss, and against the mode
// theory for a large T.
#include "sim/theory/exact.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "sim/theory/alignment.h"
#include "tests/theory/draw.h"

namespace locus::theory {
namespace {

Matrix power(const Matrix& matrix, int exponent) {
  Matrix result = Matrix::Identity(matrix.rows(), matrix.cols());
  for (int k = 0; k < exponent; ++k) result = result * matrix;
  return result;
}

/// The double sums in their original form, without recursion.
ExactUpdate by_plain_sums(const LinearNetwork& student, const LinearNetwork& teacher, const ExactRule& rule, int ticks) {
  const auto error = [&](int k) {
    return Matrix(student.a * power(student.w, k) * student.b - teacher.a * power(teacher.w, k) * teacher.b);
  };
  const auto reach = [&](int l) { return Matrix(power(student.w, l) * student.b); };
  const bool fixed = rule.kind == RuleKind::kRflo || rule.kind == RuleKind::kEpropRandom;
  const bool diagonal = rule.kind == RuleKind::kEprop || rule.kind == RuleKind::kEpropRandom;
  const Eigen::Index n = student.w.rows();
  const Matrix memory = rule.kind == RuleKind::kRflo ? Matrix(rule.decay * Matrix::Identity(n, n))
                        : diagonal                   ? Matrix(student.w.diagonal().asDiagonal())
                                                     : student.w;
  const Matrix signal = fixed ? rule.feedback : student.a;
  const int depth = rule.kind == RuleKind::kTbptt && rule.depth > 0 ? std::min(rule.depth, ticks) : ticks;
  ExactUpdate sum = {0, {0 * student.a, 0 * student.w, 0 * student.b}};
  for (int k = 0; k < ticks; ++k) {
    sum.loss += error(k).squaredNorm() / 2;
    sum.delta.a += error(k) * reach(k).transpose();
  }
  for (int j = 0; j < depth; ++j) {
    const Matrix back = power(memory, j).transpose() * signal.transpose();
    sum.delta.b += back * error(j);
    for (int l = 0; l <= ticks - j - 2; ++l) sum.delta.w += back * error(j + 1 + l) * reach(l).transpose();
  }
  return sum;
}

std::vector<ExactRule> exact_rules(Draw& draw, int readouts, int units) {
  const Matrix feedback = draw.matrix(readouts, units, 1);
  return {{.kind = RuleKind::kBptt, .feedback = {}},
          {.kind = RuleKind::kTbptt, .depth = 1, .feedback = {}},
          {.kind = RuleKind::kTbptt, .depth = 3, .feedback = {}},
          {.kind = RuleKind::kTbptt, .depth = 99, .feedback = {}},
          {.kind = RuleKind::kRflo, .decay = 0.6, .feedback = feedback},
          {.kind = RuleKind::kEprop, .feedback = {}},
          {.kind = RuleKind::kEpropRandom, .feedback = feedback},
          {.kind = RuleKind::kRtrl, .feedback = {}}};
}

void expect_near(const ExactUpdate& x, const ExactUpdate& y, double tolerance) {
  const double scale = 1 + std::max({y.delta.a.norm(), y.delta.w.norm(), y.delta.b.norm()});
  EXPECT_NEAR(x.loss, y.loss, tolerance * (1 + std::abs(y.loss)));
  EXPECT_LE((x.delta.a - y.delta.a).norm(), tolerance * scale);
  EXPECT_LE((x.delta.w - y.delta.w).norm(), tolerance * scale);
  EXPECT_LE((x.delta.b - y.delta.b).norm(), tolerance * scale);
}

TEST(Exact, RecursionsEqualThePlainSums) {
  Draw draw(21);
  for (const int ticks : {1, 2, 3, 8}) {
    for (int trial = 0; trial < 10; ++trial) {
      const LinearNetwork student = draw.network(3, 4, 2);
      const LinearNetwork teacher = draw.network(3, 5, 2);
      for (const ExactRule& rule : exact_rules(draw, 2, 4)) {
        expect_near(exact_update(student, teacher, rule, ticks), by_plain_sums(student, teacher, rule, ticks), 1e-13);
      }
    }
  }
}

TEST(Exact, BpttIsTheGradientOfTheExpectedLoss) {
  Draw draw(22);
  const LinearNetwork student = draw.network(2, 3, 2);
  const LinearNetwork teacher = draw.network(2, 4, 2);
  const ExactUpdate update = exact_update(student, teacher, {.kind = RuleKind::kBptt, .feedback = {}}, 9);
  constexpr double kStep = 1e-5;
  const auto check = [&](Matrix LinearNetwork::*part) {
    for (Eigen::Index i = 0; i < (student.*part).size(); ++i) {
      LinearNetwork up = student, down = student;
      (up.*part)(i) += kStep;
      (down.*part)(i) -= kStep;
      const double slope = (exact_loss(up, teacher, 9) - exact_loss(down, teacher, 9)) / (2 * kStep);
      EXPECT_NEAR(slope, (update.delta.*part)(i), 1e-8);
    }
  };
  check(&LinearNetwork::a);
  check(&LinearNetwork::w);
  check(&LinearNetwork::b);
}

TEST(Exact, MeetsTheModeTheoryAtFourHundredTicks) {
  Draw draw(23);
  constexpr int kModes = 3;
  for (int trial = 0; trial < 10; ++trial) {
    const Bases bases = {draw.orthogonal(3), draw.orthogonal(4).leftCols(3), draw.orthogonal(5).leftCols(3)};
    std::vector<Mode> modes, teachers, feedback;
    for (int i = 0; i < kModes; ++i) {
      modes.push_back(draw.mode(0.96));
      teachers.push_back(draw.mode(0.96));
      feedback.push_back({draw.signed_between(0.1, 1), 0, 0});
    }
    const LinearNetwork student = assemble(bases, modes);
    const LinearNetwork teacher = assemble(bases, teachers);
    const Matrix r = assemble(bases, feedback).a;
    for (const ModeRule& kind :
         {ModeRule{.kind = RuleKind::kBptt}, ModeRule{.kind = RuleKind::kTbptt, .depth = 1},
          ModeRule{.kind = RuleKind::kTbptt, .depth = 4}, ModeRule{.kind = RuleKind::kRflo, .decay = 0.7}}) {
      const ExactUpdate update = exact_update(student, teacher, {kind.kind, kind.depth, kind.decay, r}, 400);
      std::vector<Mode> expected;
      double expected_loss = 0;
      double scale = 1;
      for (std::size_t i = 0; i < kModes; ++i) {
        ModeRule rule = kind;
        rule.feedback = feedback[i].a;
        expected.push_back(delta(modes[i], teachers[i], rule));
        expected_loss += loss(modes[i], teachers[i]);
        scale = std::max({scale, std::abs(expected[i].a), std::abs(expected[i].b), std::abs(expected[i].w)});
      }
      const LinearNetwork told = assemble(bases, expected);
      expect_near(update, {expected_loss, told}, 1e-10);
    }
  }
}

TEST(Exact, EpropMeetsTheModeTheoryOnlyInTheNeuronsOwnBasis) {
  Draw draw(24);
  const std::vector<Mode> modes = {draw.mode(0.9), draw.mode(0.9)};
  const std::vector<Mode> teachers = {draw.mode(0.9), draw.mode(0.9)};
  const Matrix turn = draw.orthogonal(2);
  const auto deviation = [&](const Matrix& p) {
    const Bases bases = {draw.orthogonal(2), p, draw.orthogonal(2)};
    const ExactUpdate update =
        exact_update(assemble(bases, modes), assemble(bases, teachers), {.kind = RuleKind::kEprop, .feedback = {}}, 400);
    std::vector<Mode> expected;
    for (std::size_t i = 0; i < 2; ++i) expected.push_back(delta(modes[i], teachers[i], {.kind = RuleKind::kEprop}));
    const LinearNetwork told = assemble(bases, expected);
    return (update.delta.w - told.w).norm() + (update.delta.b - told.b).norm();
  };
  EXPECT_LE(deviation(Matrix::Identity(2, 2)), 1e-10);
  Matrix swap(2, 2);
  swap << 0, -1, 1, 0;
  EXPECT_LE(deviation(swap), 1e-10);
  EXPECT_GE(deviation(turn), 1e-3);
}

TEST(Exact, TrainingFollowsItsOwnUpdatesAndSaysWhenItDiverges) {
  Draw draw(25);
  const LinearNetwork student = draw.network(2, 3, 1);
  const LinearNetwork teacher = draw.network(2, 3, 1);
  const ExactRule rule = {.kind = RuleKind::kBptt, .feedback = {}};
  const ExactTraining trained = exact_training(student, teacher, rule, 10, 0.02, 500);
  ASSERT_EQ(trained.losses.size(), 501U);
  EXPECT_FALSE(trained.diverged);
  EXPECT_EQ(trained.losses.front(), exact_loss(student, teacher, 10));
  EXPECT_EQ(trained.losses.back(), exact_loss(trained.student, teacher, 10));
  // small steps along the gradient
  EXPECT_TRUE(std::ranges::is_sorted(trained.losses, std::greater<>()));
  const ExactUpdate first = exact_update(student, teacher, rule, 10);
  const ExactTraining once = exact_training(student, teacher, rule, 10, 0.02, 1);
  EXPECT_LE((once.student.w - (student.w - 0.02 * first.delta.w)).norm(), 1e-15);
  EXPECT_TRUE(exact_training(student, teacher, rule, 10, 50, 500).diverged);
  const std::atomic<bool> interrupt = true;
  const ExactTraining none = exact_training(student, teacher, rule, 10, 0.02, 1'000'000'000, &interrupt);
  EXPECT_TRUE(none.interrupted);
  EXPECT_EQ(none.student.w, student.w);
}

/// With errors at several ticks: for each tick of an error the sums of a trial that ends there.
ExactUpdate by_ticks_of_errors(const LinearNetwork& student, const LinearNetwork& teacher, const ExactRule& rule,
                               const ExactTrial& trial) {
  ExactUpdate sum = {0, {0 * student.a, 0 * student.w, 0 * student.b}};
  for (int tick = trial.ticks - trial.window + 1; tick <= trial.ticks; ++tick) {
    const ExactUpdate one = by_plain_sums(student, teacher, rule, tick);
    sum.loss += trial.scale * one.loss;
    sum.delta.a += trial.scale * one.delta.a;
    sum.delta.w += trial.scale * one.delta.w;
    sum.delta.b += trial.scale * one.delta.b;
  }
  return sum;
}

TEST(Exact, ErrorsAtSeveralTicksAreTrialsThatEndThere) {
  Draw draw(23);
  for (const ExactTrial& trial : {ExactTrial::sequence(1), ExactTrial::sequence(6), ExactTrial(6, 1, 1),
                                  ExactTrial(7, 3, 1), ExactTrial(7, 7, 1), ExactTrial(5, 2, 0.25)}) {
    for (int n = 0; n < 5; ++n) {
      const LinearNetwork student = draw.network(3, 4, 2);
      const LinearNetwork teacher = draw.network(3, 5, 2);
      EXPECT_NEAR(exact_loss(student, teacher, trial), exact_update(student, teacher, {.feedback = {}}, trial).loss, 1e-13);
      for (const ExactRule& rule : exact_rules(draw, 2, 4)) {
        expect_near(exact_update(student, teacher, rule, trial), by_ticks_of_errors(student, teacher, rule, trial), 1e-13);
      }
    }
  }
}

}  // namespace
}  // namespace locus::theory
