// The output of `run`: at most 80 columns for any result, and correct sentences.
#include "sim/report/comparison.h"

#include <limits>

#include <gtest/gtest.h>

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

TEST(Comparison, ComparesWithTheCheapestOfThoseThatTie) {
  RunResult result = sample_result();
  Outcome dear = result.outcomes[0];
  dear.rule = "dear";
  dear.losses.back() *= 1 - 1e-9;  // lower by rounding
  dear.ledger = sample_ledger(40, 400000, 800);
  result.outcomes.push_back(dear);
  const std::string text = comparison(sample_spec(), result);
  EXPECT_NE(text.find("messages of\nbptt"), std::string::npos) << text;
  EXPECT_EQ(text.find("messages of dear"), std::string::npos) << text;
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
  Outcome outcome;
  outcome.losses = {4, 2, 1, 3};
  EXPECT_EQ(progress_of(outcome, 2).first, 3);
  EXPECT_EQ(progress_of(outcome, 2).last, 2);
  EXPECT_EQ(progress_of(outcome, 10).first, 2.5);  // all losses if there are fewer
}

TEST(Remarks, SayWhenNothingLearnt) {
  RunResult result = sample_result();
  for (Outcome& outcome : result.outcomes) outcome.losses.assign(20, 1.0);
  EXPECT_EQ(remarks(sample_spec(), result).front(), "No rule lowered the loss by as much as 1 %.");
  result.outcomes.resize(1);
  EXPECT_EQ(remarks(sample_spec(), result).front(),
            "bptt did not lower the loss by as much as 1 %, with 120 messages a trial; 20 of them violate locality.");
}

TEST(Remarks, SayWhenNoLocalRuleLearnt) {
  RunResult result = sample_result();
  result.outcomes[1].losses.assign(20, 1.0);
  EXPECT_EQ(
      remarks(sample_spec(), result).front(),
      "bptt ended lowest, at 0.05132 (14.6x below its start). Without any violation, rflo did not lower the loss by as much as 1 %.");
}

TEST(Remarks, SayWhenEveryRuleViolates) {
  RunResult result = sample_result();
  result.outcomes[1].ledger = sample_ledger(40, 100, 400);
  EXPECT_EQ(
      remarks(sample_spec(), result).front(),
      "bptt ended lowest, at 0.05132 (14.6x below its start). No rule was free of violations; fewest: rflo, 10 a trial.");
}

TEST(Remarks, SayWhenTheLocalRuleIsTheBest) {
  RunResult result = sample_result();
  result.outcomes[1].losses[18] = 0.01;
  result.outcomes[1].losses[19] = 0.01;
  EXPECT_EQ(remarks(sample_spec(), result).front(),
            "rflo ended lowest, at 0.01 (99x below its start), without any violation. Of the rules with violations, bptt ended at 0.05132, "
            "5.13x the lowest "
            "loss, with 2.40x the messages of rflo.");
}

TEST(Remarks, CallLossesThatAreRoundingEqual) {
  RunResult result = sample_result();
  result.outcomes[0].losses[18] = result.outcomes[0].losses[19] = 0;
  result.outcomes[1].losses[18] = result.outcomes[1].losses[19] = 1e-31;
  EXPECT_EQ(
      remarks(sample_spec(), result).front(),
      "rflo ended lowest, at 1e-31 (nothing but rounding of its start), without any violation; so did bptt, with violations.");
}

TEST(Remarks, SayThatTracesAreLargerThanAHistory) {
  RunResult result = sample_result();
  // 200 B of history, 120 B of traces: no remark about memory
  EXPECT_EQ(remarks(sample_spec(), result).size(), 1U);
  result.outcomes[0].ledger.set_memory(100, 0);
  EXPECT_EQ(remarks(sample_spec(), result).back(),
            "Online is not smaller here: bptt keeps 100 B of history, rflo 120 B of traces.");
}

TEST(Remarks, CompareNothingThatDidNotEnd) {
  RunResult result = sample_result();
  result.outcomes[0].status = Status::kDiverged;
  result.outcomes[0].message = "the loss of update 3 is not finite";
  const auto said = remarks(sample_spec(), result);
  EXPECT_EQ(
      said.front(),
      "rflo ended at a loss of 0.63 (1.57x below its start), with 50 messages a trial; none of them violates locality in space or time.");
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
