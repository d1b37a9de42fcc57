// The network that docs/locality.md counts by hand: 1 input, 2 rate neurons, 1 readout, two ticks,
// final loss. The figures are those of the page.
#include <gtest/gtest.h>

#include "sim/run/run.h"

namespace locus {
namespace {

Spec worked_example(const RuleSpec& rule) {
  Spec spec;
  spec.name = "worked example";
  spec.network.populations = {{.name = "in", .kind = PopulationKind::kInput, .size = 1},
                              {.name = "rec", .kind = PopulationKind::kRate, .size = 2},
                              {.name = "out", .kind = PopulationKind::kReadout, .size = 1}};
  spec.network.projections = {
      {.name = "B", .source = 0, .target = 1, .weights = DenseMatrix{2, 1, {0.5, -0.25}}, .learning_rate = {}},
      {.name = "W", .source = 1, .target = 1, .weights = DenseMatrix{2, 2, {0.1, 0.2, 0.3, 0.4}}, .learning_rate = {}},
      {.name = "A", .source = 1, .target = 2, .weights = DenseMatrix{1, 2, {1, 0.75}}, .learning_rate = {}}};
  spec.task = RecordedTask{{RecordedTrial{DenseMatrix{2, 1, {1, -0.5}}, DenseMatrix{2, 1, {0, 2}}}}};
  spec.training.ticks = 2;
  spec.training.learning_rate = 0.1;
  spec.rules = {rule};
  return spec;
}

class WorkedExample : public testing::TestWithParam<TransportKind> {
 protected:
  Ledger ledger_of(RuleSpec rule) const {
    rule.name = "rule";
    const Spec spec = worked_example(rule);
    return run(spec, {.transport = GetParam(), .threads = 1}).outcomes.at(0).ledger;
  }
};

TEST_P(WorkedExample, Rflo) {
  const Ledger ledger =
      ledger_of({.kind = RuleKind::kRflo, .trace_decay = {}, .feedback = {{1, DenseMatrix{1, 2, {1, -1}}}}});
  EXPECT_EQ(ledger.at(Channel::kAxon, 0).messages, 12);
  EXPECT_EQ(ledger.at(Channel::kDendrite, 0).messages, 12);
  EXPECT_EQ(ledger.at(Channel::kTarget, 0).messages, 1);
  EXPECT_EQ(ledger.at(Channel::kFeedback, 0).messages, 2);
  EXPECT_EQ(ledger.at(Channel::kPost, 0).messages, 2 + 6);
  EXPECT_EQ(ledger.violations(), 0);
  EXPECT_EQ(ledger.messages(), 12 + 12 + 1 + 2 + 8);
}

TEST_P(WorkedExample, Bptt) {
  const Ledger ledger = ledger_of({.kind = RuleKind::kBptt, .trace_decay = {}});
  EXPECT_EQ(ledger.at(Channel::kAxon, 0).messages, 12 + 6);
  EXPECT_EQ(ledger.at(Channel::kTransport, 0).messages, 2 + 4);
  EXPECT_EQ(ledger.at(Channel::kAdjoint, 0).messages, 2);
  EXPECT_EQ(ledger.at(Channel::kPost, 0).messages, 2 + 6);
  EXPECT_EQ(ledger.at(Channel::kAdjoint, 1).messages, 2);
  EXPECT_EQ(ledger.at(Channel::kAxon, 1).messages, 2);
  EXPECT_EQ(ledger.at(Channel::kPost, 1).messages, 6);
  EXPECT_EQ(ledger.spatial_violations(), 10);
  EXPECT_EQ(ledger.temporal_violations(), 10);
  EXPECT_EQ(ledger.violations(), 18);
  EXPECT_EQ(ledger.stalled_ticks(), 1);
}

TEST_P(WorkedExample, OneStepTbptt) {
  const Ledger ledger = ledger_of({.kind = RuleKind::kTbptt, .depth = 1, .trace_decay = {}});
  EXPECT_EQ(ledger.at(Channel::kTransport, 0).messages, 2);
  EXPECT_EQ(ledger.at(Channel::kAdjoint, 0).messages, 2);
  EXPECT_EQ(ledger.at(Channel::kAxon, 0).messages, 12 + 6);
  EXPECT_EQ(ledger.at(Channel::kPost, 0).messages, 2 + 6);
  EXPECT_EQ(ledger.spatial_violations(), 4);
  EXPECT_EQ(ledger.temporal_violations(), 0);
}

TEST_P(WorkedExample, SymmetricEprop) {
  const Ledger ledger = ledger_of({.kind = RuleKind::kEprop, .trace_decay = {}});
  EXPECT_EQ(ledger.at(Channel::kTransport, 0).messages, 2);
  EXPECT_EQ(ledger.at(Channel::kDendrite, 0).messages, 12 + 4);
  EXPECT_EQ(ledger.at(Channel::kPost, 0).messages, 2 + 12);
  EXPECT_EQ(ledger.at(Channel::kPost, 0).scalars, 2 * 2 + 12 * 3);
}

TEST_P(WorkedExample, Rtrl) {
  const Ledger ledger = ledger_of({.kind = RuleKind::kRtrl, .trace_decay = {}});
  EXPECT_EQ(ledger.at(Channel::kInfluence, 0).messages, 4);
  EXPECT_EQ(ledger.at(Channel::kInfluence, 0).scalars, 4 * 6);
  EXPECT_EQ(ledger.at(Channel::kTransport, 0).messages, 2);
  EXPECT_EQ(ledger.at(Channel::kPost, 0).messages, 2 + 6);
  EXPECT_EQ(ledger.at(Channel::kGather, 0).messages, 6);
}

INSTANTIATE_TEST_SUITE_P(Transports, WorkedExample, testing::Values(TransportKind::kBatched, TransportKind::kMailbox),
                         [](const auto& param) { return param.param == TransportKind::kBatched ? "batched" : "mailbox"; });

}  // namespace
}  // namespace locus
