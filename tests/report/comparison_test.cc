// The output of `run`: at most 80 columns for any result, and correct sentences.
#include "sim/report/comparison.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "sim/report/finding.h"
#include "sim/report/progress.h"
#include "tests/report/sample.h"
#include "tests/support/golden_text.h"

namespace locus {
namespace {

/// The text without the line about the program.
std::string without_provenance(const std::string& text) {
  const std::size_t begin = text.find("seed ");
  const std::size_t end = text.find("\n\n", begin);
  return text.substr(0, begin) + "(provenance)" + text.substr(end);
}

std::string printed(const Spec& spec, const RunResult& result) {
  std::string text = comparison(spec, result);
  expect_fits(text);
  return without_provenance(text);
}

Outcome ended(std::string rule, Status status, std::string message) {
  Outcome outcome = sample_result().outcomes[0];
  outcome.rule = std::move(rule);
  outcome.status = status;
  outcome.message = std::move(message);
  return outcome;
}

TEST(Comparison, OfTwoRules) { expect_golden("comparison_two.txt", printed(sample_spec(), sample_result())); }

TEST(Comparison, OfOneRule) {
  RunResult result = sample_result();
  result.outcomes.erase(result.outcomes.begin());
  expect_golden("comparison_one.txt", printed(sample_spec(), result));
}

TEST(Comparison, OfRulesThatEndedEarly) {
  Spec spec = sample_spec();
  spec.training.locality = Locality::kStrict;
  RunResult result = sample_result();
  result.outcomes.push_back(ended("tbptt:4", Status::kDiverged, "the loss of update 12 is not finite"));
  result.outcomes.push_back(ended("rtrl", Status::kLocalityBroken, "tick 2: INFLUENCE from neuron 0 to neuron 1 at lag 0"));
  result.outcomes.push_back(ended("eprop", Status::kInterrupted, "stopped after update 3"));
  expect_golden("comparison_early.txt", printed(spec, result));
}

TEST(Comparison, OfHugeNumbersAndLongNames) {
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max() / 4;
  Spec spec = sample_spec();
  spec.training.updates = kHuge;
  RunResult result = sample_result();
  result.outline.training.updates = kHuge;
  spec.name = std::string(300, 'm');
  for (Outcome& outcome : result.outcomes) {
    // different only in the middle
    outcome.rule = std::string(100, 'x') + outcome.rule + std::string(100, 'y');
    outcome.updates = kHuge;
    outcome.losses.assign(30, 1.2345e-123);
    outcome.losses[0] = 1.2345e+123;
    outcome.ledger = sample_ledger(1, kHuge, kHuge);
    outcome.ledger.add_stalled_ticks(kHuge);
    outcome.ledger.set_memory(kHuge, kHuge);
    outcome.ranks[0] = {"W", {}, std::numeric_limits<std::int32_t>::max(), 2147483646.9, 1e-9};
    outcome.message = std::string(300, 'z');
  }
  result.outcomes.push_back(result.outcomes[0]);
  result.outcomes.back().status = Status::kLocalityBroken;
  expect_golden("comparison_huge.txt", printed(spec, result));
}

TEST(Comparison, OfNothing) {
  RunResult result = sample_result();
  result.outcomes.clear();
  EXPECT_NE(printed(sample_spec(), result).find("No rule was run."), std::string::npos);
}

TEST(Comparison, OfARunInterruptedBeforeItsFirstUpdate) {
  RunResult result = sample_result();
  Outcome& outcome = result.outcomes[0];
  outcome.status = Status::kInterrupted;
  outcome.message = "stopped before the first update";
  outcome.losses.clear();
  outcome.ranks.clear();
  outcome.ledger = Ledger();
  result.outcomes.resize(1);
  expect_golden("comparison_interrupted.txt", printed(sample_spec(), result));
}

TEST(Comparison, MeansAreOverATenthOfTheUpdates) {
  EXPECT_EQ(window_of(0), 1);
  EXPECT_EQ(window_of(19), 1);
  EXPECT_EQ(window_of(20), 2);
  EXPECT_EQ(window_of(1'000'000), 10);
  const std::vector<double> losses = {4, 2, 1, 3};
  EXPECT_EQ(progress_of(losses, 2).first, 3);
  EXPECT_EQ(progress_of(losses, 2).last, 2);
  EXPECT_EQ(progress_of(losses, 10).first, 2.5);  // all losses if there are fewer
}

TEST(Comparison, AccuraciesAreOverTheLastUpdatesThatHaveOne) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(last_accuracy(std::vector<double>{0, 0.5, kNone, 1}, 3), 0.75);
  EXPECT_EQ(last_accuracy(std::vector<double>{0.25}, 3), 0.25);
  EXPECT_TRUE(std::isnan(last_accuracy(std::vector<double>{kNone, kNone}, 3)));
  EXPECT_TRUE(std::isnan(last_accuracy({}, 3)));
}

TEST(Remarks, BeginWithWhatWasFound) {
  RunResult result = sample_result();
  const Finding finding = finding_of(result);
  const std::vector<std::string> said = remarks(sample_spec(), result);
  ASSERT_GE(said.size(), 2U);
  EXPECT_EQ(said[0], finding.headline);
  EXPECT_EQ(said[0].substr(0, 18), "bptt ends lowest, ");
  EXPECT_EQ(said[1], finding.caveats.at(0));
  EXPECT_EQ(said[1].substr(0, 9), "One seed:");
  result.outline.given_feedback = {"rflo"};
  EXPECT_EQ(remarks(sample_spec(), result).at(2).substr(0, 24), "The feedback of rflo is ");
}

TEST(Remarks, SayWhenNothingLearnt) {
  RunResult result = sample_result();
  for (Outcome& outcome : result.outcomes) outcome.losses.assign(20, 1.0);
  EXPECT_EQ(remarks(sample_spec(), result).front(), "No rule lowered the loss by as much as 1 %.");
  result.outcomes.resize(1);
  EXPECT_EQ(remarks(sample_spec(), result).front(), "bptt did not lower the loss by as much as 1 %.");
}

TEST(Remarks, SayThatTracesAreLargerThanAHistory) {
  RunResult result = sample_result();
  // 200 B of history, 120 B of traces: no remark about memory
  EXPECT_EQ(remarks(sample_spec(), result).size(), 2U);  // what was found, and that it rests on one seed
  result.outcomes[0].ledger.set_memory(100, 0);
  EXPECT_EQ(remarks(sample_spec(), result).back(),
            "Online is not smaller here: bptt keeps 100 B of history, rflo 120 B of traces.");
}

TEST(Remarks, CompareNothingThatDidNotEnd) {
  RunResult result = sample_result();
  result.outcomes[0].status = Status::kDiverged;
  result.outcomes[0].message = "the loss of update 3 is not finite";
  const auto said = remarks(sample_spec(), result);
  EXPECT_EQ(said.front(), "rflo ends at a loss of 0.63, with no message that breaks locality.");
  EXPECT_EQ(said.back(), "bptt: the loss of update 3 is not finite");
}

TEST(Remarks, SayThatNoneLearns) {
  RunResult result = sample_result();
  result.outcomes.resize(1);
  result.outcomes[0].losses.clear();
  EXPECT_EQ(remarks(sample_spec(), result).front(), "Nothing was learnt: every rule only ran the network forward.");
}

}  // namespace
}  // namespace locus
