// The update of every rule: compared with golden figures, with the oracle, and, for rules that are
// the gradient, with differences of the loss.
//
// The weights give the change of one update. With a learning rate of 2^20 the old weights vanish in
// the new ones, and the change is known to the last bits.
#include <cmath>

#include <gtest/gtest.h>

#include "tests/support/agreement.h"
#include "tests/support/golden.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

constexpr double kLargeRate = 1 << 20;
constexpr double kTolerance = 1e-12;

class Gradient : public testing::TestWithParam<TransportKind> {};

TEST_P(Gradient, IsTheGoldenOne) {
  for (GoldenCase& golden : read_golden(LOCUS_TEST_DATA "/golden_rate.txt")) {
    golden.spec.training.learning_rate = kLargeRate;
    const RunResult result = run_with(golden.spec, GetParam());
    ASSERT_EQ(result.outcomes.size(), golden.rules.size());
    for (std::size_t k = 0; k < golden.rules.size(); ++k) {
      const GoldenRule& expected = golden.rules[k];
      const Outcome& outcome = result.outcomes[k];
      const std::string what = golden.spec.name + " " + expected.rule.name;
      ASSERT_EQ(outcome.status, Status::kCompleted) << what << ": " << outcome.message;
      EXPECT_TRUE(close(change(golden.spec, outcome), expected.delta, kTolerance)) << what;
      EXPECT_NEAR(outcome.losses.at(0), expected.loss, kTolerance * expected.loss) << what;
      std::map<std::pair<Channel, std::int32_t>, std::int64_t> messages;
      for (const LedgerEntry& entry : outcome.ledger.entries())
        messages[{entry.channel, entry.lag}] = entry.tally.messages;
      EXPECT_EQ(messages, expected.messages) << what;
      EXPECT_EQ(outcome.ledger.history_bytes(), expected.history_bytes) << what;
      EXPECT_EQ(outcome.ledger.trace_bytes(), expected.trace_bytes) << what;
      EXPECT_EQ(outcome.ledger.stalled_ticks(), expected.stalled_ticks) << what;
    }
  }
}

bool is_gradient(const RuleSpec& rule, std::int32_t ticks) {
  const bool whole = rule.kind == RuleKind::kTbptt && (rule.depth == 0 || rule.depth >= ticks);
  return rule.kind == RuleKind::kBptt || rule.kind == RuleKind::kRtrl || whole;
}

TEST_P(Gradient, IsTheOraclesForEveryRule) {
  std::uint64_t seed = 100;
  for (const Activation activation : {Activation::kIdentity, Activation::kTanh, Activation::kRelu, Activation::kSigmoid}) {
    for (const Loss loss : {Loss::kFinal, Loss::kSequence}) {
      for (const PerNeuron& leak : {PerNeuron(1.0), PerNeuron(0.375), PerNeuron({0.25, 0.5, 1, 0.75, 0.375})}) {
        for (const bool sparse : {false, true}) {
          Style style;
          style.activation = activation;
          style.leak = leak;
          style.loss = loss;
          style.sparse = sparse;
          Spec spec = smooth_model({3, 5, 2, 6}, style, seed++);
          const oracle::ByProjection differences = oracle::central_differences(spec);
          spec.training.learning_rate = kLargeRate;
          const RunResult result = run_with(spec, GetParam());
          for (std::size_t k = 0; k < spec.rules.size(); ++k) {
            const oracle::ByProjection found = change(spec, result.outcomes.at(k));
            ASSERT_TRUE(close(found, oracle::solve(spec, spec.rules[k]).delta, kTolerance))
                << spec.rules[k].name << " of " << describe(spec);
            if (is_gradient(spec.rules[k], spec.training.ticks)) {
              ASSERT_TRUE(close(found, differences, 1e-9))
                  << spec.rules[k].name << " against differences of the loss of " << describe(spec);
            }
          }
        }
      }
    }
  }
}

/// The identities for the program itself: rules that must give the same change do.
TEST_P(Gradient, IdentitiesHoldOnTheProgram) {
  for (const Activation activation : {Activation::kIdentity, Activation::kTanh, Activation::kRelu, Activation::kSigmoid}) {
    for (const Loss loss : {Loss::kFinal, Loss::kSequence}) {
      Style style;
      style.activation = activation;
      style.leak = 0.625;
      style.loss = loss;
      Spec spec = smooth_model({2, 4, 2, 5}, style, 7);
      spec.training.learning_rate = kLargeRate;
      const std::vector<FeedbackSpec> readout_weights = {{1, spec.network.projections[2].weights}};
      spec.rules = {rule_spec(RuleKind::kBptt),
                    rule_spec(RuleKind::kRtrl),
                    truncated(1, 1),
                    rule_spec(RuleKind::kRflo, readout_weights, 0.0),
                    rule_spec(RuleKind::kEprop),
                    rule_spec(RuleKind::kEpropRandom, readout_weights)};
      for (std::int32_t stride = 1; stride <= 6; ++stride) spec.rules.push_back(truncated(5, stride));
      const RunResult result = run_with(spec, GetParam());
      const auto changed = [&](std::size_t k) { return change(spec, result.outcomes.at(k)); };
      EXPECT_TRUE(close(changed(1), changed(0), kTolerance)) << "RTRL = BPTT, " << describe(spec);
      EXPECT_TRUE(close(changed(3), changed(2), kTolerance)) << "RFLO(0, A) = tBPTT(1, 1), " << describe(spec);
      EXPECT_TRUE(close(changed(5), changed(4), kTolerance))
          << "e-prop with R = A is symmetric e-prop, " << describe(spec);
      for (std::size_t k = 6; k < spec.rules.size(); ++k) {
        EXPECT_TRUE(close(changed(k), changed(0), kTolerance)) << "tBPTT(T, k) = BPTT, " << describe(spec);
      }
      EXPECT_FALSE(close(changed(2), changed(0), 1e-3)) << "a cut in time changes nothing here, so the test says nothing";
    }
  }
}

TEST_P(Gradient, SymmetricEpropIsBpttForDiagonalW) {
  for (const Activation activation : {Activation::kIdentity, Activation::kTanh, Activation::kRelu, Activation::kSigmoid}) {
    for (const Loss loss : {Loss::kFinal, Loss::kSequence}) {
      Style style;
      style.activation = activation;
      style.leak = 0.625;
      style.loss = loss;
      Spec spec = smooth_model({2, 4, 2, 5}, style, 21);
      spec.network.projections[1].weights =
          SparseMatrix{4, 4, {2, 0, 1}, {2, 0, 1}, {0.5, -0.75, 1.25}};  // neuron 3 has no autapse
      spec.training.learning_rate = kLargeRate;
      spec.rules = {rule_spec(RuleKind::kBptt), rule_spec(RuleKind::kEprop)};
      const RunResult result = run_with(spec, GetParam());
      EXPECT_TRUE(close(change(spec, result.outcomes[1]), change(spec, result.outcomes[0]), kTolerance)) << describe(spec);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Transports, Gradient, testing::ValuesIn(kTransports),
                         [](const testing::TestParamInfo<TransportKind>& instance) {
                           return std::string(name(instance.param));
                         });

}  // namespace
}  // namespace locus
