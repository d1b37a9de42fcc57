// Curves along a run: compared with shorter runs and with sums in plain loops; observing a run
// changes nothing.
#include "sim/study/course.h"

#include <algorithm>
#include <map>
#include <span>
#include <string>

#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "sim/study/student.h"
#include "sim/theory/alignment.h"

namespace locus {
namespace {

using theory::Bases;
using theory::LinearNetwork;
using theory::Matrix;
using Curves = std::map<std::string, Series>;

struct Seen {
  RunResult result;
  std::map<std::string, Curves> curves;  // by rule
};

Seen watch(const Spec& spec, RunState* from = nullptr) {
  Course course(spec);
  Seen seen{run(spec, {.threads = 1, .watch = [&](const Moment& moment) { course.observe(moment); }, .from = from}), {}};
  for (const RuleSeries& rule : course.end(seen.result)) {
    for (const Series& one : rule.series) seen.curves[rule.rule][one.tag] = one;
  }
  return seen;
}

Spec model(const char* name, std::int64_t updates) {
  Spec spec = load(std::string(LOCUS_MODELS) + "/" + name);
  spec.training.updates = updates;
  return spec;
}

/// The share of the squares on the diagonal of L^T M R, in plain loops.
double share(const Matrix& l, const Matrix& m, const Matrix& r) {
  double on = 0;
  double all = 0;
  for (int i = 0; i < l.cols(); ++i) {
    for (int j = 0; j < r.cols(); ++j) {
      double entry = 0;
      for (int k = 0; k < m.rows(); ++k) {
        for (int n = 0; n < m.cols(); ++n) entry += l(k, i) * m(k, n) * r(n, j);
      }
      all += entry * entry;
      if (i == j) on += entry * entry;
    }
  }
  return on / all;
}

struct Unaligned {
  Bases bases;
  Spec spec;
};

/// A student of small random weights, whose teacher has four modes in random bases.
Unaligned unaligned(std::int64_t updates) {
  Draws draws(3, "course");
  Bases bases = draws.bases(4, 8, 4);
  bases.p = Matrix(bases.p.leftCols(4));
  const LinearNetwork teacher =
      theory::assemble(bases, {{1.6, 1.4, 0.6}, {1.3, 1.1, -0.5}, {0.9, 0.8, 0.4}, {0.6, 0.6, -0.3}});
  const LinearNetwork student = {draws.gaussian(4, 8, 0.03), draws.gaussian(8, 8, 0.03), draws.gaussian(8, 4, 0.03)};
  const theory::ExactRule bptt = {.kind = RuleKind::kBptt, .feedback = {}};
  const theory::ExactRule rflo = {.kind = RuleKind::kRflo, .decay = 0.5, .feedback = draws.gaussian(4, 8, 0.5)};
  const StudentTraining plan = {.ticks = 20, .batch = 32, .updates = updates, .learning_rate = 0.01};
  return {bases, student_spec(student, teacher, plan, {rule_spec(bptt, "bptt"), rule_spec(rflo, "rflo")})};
}

TEST(Course, ChangesNoBit) {
  for (const char* name : {"student_teacher.txtpb", "chip.txtpb"}) {
    const Spec spec = model(name, 30);
    const RunResult alone = run(spec, {.threads = 1});
    const Seen seen = watch(spec);
    ASSERT_EQ(seen.result.outcomes.size(), alone.outcomes.size());
    for (std::size_t i = 0; i < alone.outcomes.size(); ++i)
      EXPECT_EQ(seen.result.outcomes[i].fingerprint, alone.outcomes[i].fingerprint) << name;
  }
}

TEST(Course, ARankAlongTheWayIsThatOfARunThatEndsThere) {
  const Seen seen = watch(model("unaligned.txtpb", 60));
  for (const std::int64_t updates : {1, 7, 60}) {
    const RunResult shorter = run(model("unaligned.txtpb", updates), {.threads = 1});
    for (const Outcome& outcome : shorter.outcomes) {
      ASSERT_FALSE(outcome.ranks.empty());
      for (const RankReport& rank : outcome.ranks) {
        const Curves& curves = seen.curves.at(outcome.rule);
        const Series& ranks = curves.at("rank/" + rank.projection);
        const Series& effective = curves.at("effective_rank/" + rank.projection);
        // with so few updates there is a point at each of them
        const auto at = static_cast<std::size_t>(updates);
        EXPECT_EQ(ranks.updates.at(at), updates);
        EXPECT_EQ(ranks.values.at(at), rank.rank) << outcome.rule;
        EXPECT_EQ(effective.values.at(at), rank.effective_rank) << outcome.rule;
        EXPECT_EQ(ranks.values.front(), 0);
      }
    }
  }
}

TEST(Course, MessagesAddUpToTheLedger) {
  // spikes: every two updates differ in their messages
  const Spec spec = model("pattern_generation.txtpb", 3);
  const Seen seen = watch(spec);
  for (const Outcome& outcome : seen.result.outcomes) {
    double sum = 0;
    for (const auto& [tag, series] : seen.curves.at(outcome.rule)) {
      if (!tag.starts_with("messages/")) continue;
      EXPECT_EQ(series.updates, (std::vector<std::int64_t>{1, 2, 3})) << tag;
      for (const double messages : series.values) sum += messages * static_cast<double>(spec.training.batch);
    }
    EXPECT_EQ(sum, static_cast<double>(outcome.ledger.messages()));
    const Series& local = seen.curves.at(outcome.rule).at("messages/local");
    EXPECT_NE(local.values[0], local.values[2]);
    EXPECT_FALSE(seen.curves.at(outcome.rule).contains("alignment"));  // the teacher has no modes
  }
}

TEST(Course, AStudentTurnsTowardsItsTeacher) {
  const Unaligned setting = unaligned(900);
  const Seen seen = watch(setting.spec);
  for (const Outcome& outcome : seen.result.outcomes) {
    const Curves& curves = seen.curves.at(outcome.rule);
    const LinearNetwork last = network_of(outcome);
    Matrix q = last.b * setting.bases.v;
    for (int i = 0; i < q.cols(); ++i) q.col(i) /= q.col(i).norm();
    const Matrix into = last.b * setting.bases.v;
    const double input = share(into, Matrix::Identity(8, 8), into);
    const double recurrent = share(q, last.w, q);
    const double output = share(setting.bases.u, last.a, q);
    EXPECT_NEAR(curves.at("alignment/input").values.back(), input, 1e-12);
    EXPECT_NEAR(curves.at("alignment/recurrent").values.back(), recurrent, 1e-12);
    EXPECT_NEAR(curves.at("alignment/output").values.back(), output, 1e-12);
    EXPECT_NEAR(curves.at("alignment").values.back(), (input + recurrent + output) / 3, 1e-12);
    EXPECT_LT(curves.at("alignment").values.front(), 0.6) << outcome.rule;
    EXPECT_GT(curves.at("alignment").values.back(), 0.9) << outcome.rule;
    EXPECT_EQ(curves.contains("alignment/feedback"), outcome.rule == "rflo");
  }
}

TEST(Course, AnAlignedStudentIsSeenToBeOne) {
  const Seen seen = watch(model("student_teacher.txtpb", 5));
  for (const auto& [rule, curves] : seen.curves) EXPECT_NEAR(curves.at("alignment").values.front(), 1, 1e-9) << rule;
}

TEST(Course, LooksAtABoundedNumberOfUpdatesEvenlyToTheEnd) {
  Spec spec = model("tiny.txtpb", 1003);
  const Seen seen = watch(spec);
  for (const auto& [rule, curves] : seen.curves) {
    for (const auto& [tag, series] : curves) {
      EXPECT_LE(series.updates.size(), static_cast<std::size_t>(Course::kMostPoints) + 2) << tag;
      EXPECT_GE(series.updates.size(), 100U) << tag;
      EXPECT_EQ(series.updates.back(), 1003) << tag;
      EXPECT_TRUE(std::ranges::is_sorted(series.updates)) << tag;
      EXPECT_EQ(std::ranges::adjacent_find(series.updates), series.updates.end()) << tag;
    }
  }
}

TEST(Course, AResumedRunIsSeenFromThereOn) {
  const Spec spec = model("unaligned.txtpb", 40);
  RunState state;
  run(spec, {.threads = 1, .watch = [&](const Moment& moment) {
               if (moment.present == nullptr || moment.done.outcomes.size() != 1 || moment.present->updates != 25)
                 return;
               state = {.rules = {state_of(moment.done.outcomes[0]), moment.state()}, .running = true};
             }});
  const Seen whole = watch(spec);
  const Seen resumed = watch(spec, &state);
  const Outcome& outcome = whole.result.outcomes[1];
  const Series& all = whole.curves.at(outcome.rule).at("effective_rank/W");
  const Series& rest = resumed.curves.at(outcome.rule).at("effective_rank/W");
  ASSERT_EQ(rest.updates.size(), 16U);
  EXPECT_EQ(rest.updates.front(), 25);
  EXPECT_TRUE(std::ranges::equal(rest.values, std::span(all.values).subspan(25)));
  const std::string& ended = whole.result.outcomes[0].rule;
  EXPECT_EQ(resumed.curves.at(ended).at("effective_rank/W").values,
            std::vector<double>{whole.curves.at(ended).at("effective_rank/W").values.back()});
}

}  // namespace
}  // namespace locus
