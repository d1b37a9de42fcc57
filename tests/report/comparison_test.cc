// What `run` prints: fits 80 columns whatever the result, and says what the result says.
#include "sim/report/comparison.h"

#include <limits>

#include <gtest/gtest.h>

#include "tests/report/sample.h"
#include "tests/support/golden_text.h"

namespace locus {
namespace {

/// Without the line that says which program this is.
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
  RunResult result = sample_result();
  result.outcomes.push_back(ended("tbptt:4", Status::kDiverged, "the loss of update 12 is not finite"));
  result.outcomes.push_back(ended("rtrl", Status::kLocalityBroken, "tick 2: INFLUENCE from neuron 0 to neuron 1 at lag 0"));
  result.outcomes.push_back(ended("eprop", Status::kInterrupted, "stopped after update 3"));
  expect_golden("comparison_early.txt", printed(sample_spec(), result));
}

TEST(Comparison, OfHugeNumbersAndLongNames) {
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max() / 4;
  Spec spec = sample_spec();
  spec.training.updates = kHuge;
  RunResult result = sample_result();
  spec.name = std::string(300, 'm');
  for (Outcome& outcome : result.outcomes) {
    outcome.rule = std::string(100, 'x') + outcome.rule + std::string(100, 'y');  // the same but in the middle
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
  Outcome outcome;
  outcome.losses = {4, 2, 1, 3};
  EXPECT_EQ(progress_of(outcome, 2).first, 3);
  EXPECT_EQ(progress_of(outcome, 2).last, 2);
  EXPECT_EQ(progress_of(outcome, 10).first, 2.5);  // fewer losses than that: all of them
}

TEST(Remarks, SayWhenNothingLearnt) {
  RunResult result = sample_result();
  for (Outcome& outcome : result.outcomes) outcome.losses.assign(20, 1.0);
  const std::string said = remarks(sample_spec(), result).front();
  EXPECT_NE(said.find("No rule lowered the loss"), std::string::npos) << said;
  EXPECT_NE(said.find("Without any violation: rflo, which did not lower"), std::string::npos) << said;
}

TEST(Remarks, SayWhenEveryRuleViolates) {
  RunResult result = sample_result();
  result.outcomes[1].ledger = result.outcomes[0].ledger;
  const std::string said = remarks(sample_spec(), result).front();
  EXPECT_NE(said.find("No rule was free of violations"), std::string::npos) << said;
}

TEST(Remarks, SayWhenTheLocalRuleIsTheBest) {
  RunResult result = sample_result();
  result.outcomes[1].losses.back() = 0;
  result.outcomes[1].losses[18] = 0;
  const std::string said = remarks(sample_spec(), result).front();
  EXPECT_NE(said.find("rflo ended lowest, at 0 (to 0"), std::string::npos) << said;
  EXPECT_NE(said.find("as low as any"), std::string::npos) << said;
}

TEST(Remarks, SayThatTracesAreLargerThanAHistory) {
  RunResult result = sample_result();
  EXPECT_EQ(remarks(sample_spec(), result).size(), 1U);  // 200 B of history, 120 B of traces: nothing to say
  result.outcomes[0].ledger.set_memory(100, 0);
  EXPECT_EQ(remarks(sample_spec(), result).back(),
            "Online is not smaller here: bptt keeps 100 B of history, rflo 120 B of traces.");
}

TEST(Remarks, CompareNothingThatDidNotEnd) {
  RunResult result = sample_result();
  result.outcomes[0].status = Status::kDiverged;
  result.outcomes[0].message = "the loss of update 3 is not finite";
  const auto said = remarks(sample_spec(), result);
  EXPECT_EQ(said.front().find("rflo lowered the loss"), 0U) << said.front();
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
