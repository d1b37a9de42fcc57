// Counts, exhaustively: mailbox = batched = the oracle's brute force, for every shape up to 3
// inputs, 3 units, 2 readouts and 4 ticks, every activation, loss, mask, plasticity and leak, and
// every rule with every depth. Weights, losses and memory are compared too at no extra cost.
//
// Identity and relu run on powers of two and zeros, where every sum is exact in any order:
// cancellation to 0 occurs, and all three must treat it in the same way. Tanh and sigmoid run on
// generic values, where rounding never decides whether a value is 0.
#include <tuple>

#include <gtest/gtest.h>

#include "tests/support/agreement.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

class Counts : public testing::TestWithParam<std::tuple<Activation, Loss, bool, Precision>> {};

/// The cases that occurred in a lattice of models, so that it cannot pass without them.
struct Met {
  std::int64_t runs = 0;
  std::int64_t messages = 0;
};

void expect_agreement(const Spec& spec, Met& met) {
  const double tolerance = spec.precision == Precision::kFloat32 ? 1e-5 : 1e-12;
  const RunResult mailbox = run_with(spec, TransportKind::kMailbox);
  const RunResult batched = run_with(spec, TransportKind::kBatched);
  ASSERT_EQ(mailbox.outcomes.size(), spec.rules.size());
  ASSERT_EQ(batched.outcomes.size(), spec.rules.size());
  for (std::size_t k = 0; k < spec.rules.size(); ++k) {
    const oracle::Answer answer = oracle::solve(spec, spec.rules[k]);
    ASSERT_TRUE(agrees(spec, mailbox.outcomes[k], answer, tolerance))
        << "mailbox, " << spec.rules[k].name << " of " << describe(spec);
    ASSERT_TRUE(agrees(spec, batched.outcomes[k], answer, tolerance))
        << "batched, " << spec.rules[k].name << " of " << describe(spec);
    ASSERT_EQ(mailbox.outcomes[k].ledger, batched.outcomes[k].ledger) << spec.rules[k].name << " of " << describe(spec);
    ++met.runs;
    met.messages += batched.outcomes[k].ledger.messages();
  }
}

TEST_P(Counts, AgreeForEveryShape) {
  const auto [activation, loss, sparse, precision] = GetParam();
  const bool exact = activation == Activation::kIdentity || activation == Activation::kRelu;
  std::uint64_t seed = 1;
  Met met;
  for (int ticks = 1; ticks <= 4; ++ticks) {
    for (int inputs = 1; inputs <= 3; ++inputs) {
      for (int units = 1; units <= 3; ++units) {
        for (int readouts = 1; readouts <= 2; ++readouts) {
          for (int plastic = 0; plastic < 8; ++plastic) {
            const double leak =
                // 3 does not divide the eight plasticities, so that each has both leaks
                seed % 3 == 0 ? 0.5 : 1;
            const Style style{activation,         leak, loss, sparse, (plastic & 1) != 0, (plastic & 2) != 0,
                              (plastic & 4) != 0, exact};
            Spec spec = small_model({inputs, units, readouts, ticks}, style, seed++);
            spec.precision = precision;
            expect_agreement(spec, met);
            if (HasFatalFailure()) return;
          }
        }
      }
    }
  }
  EXPECT_GT(met.runs, 576 * 10);
  EXPECT_GT(met.messages, met.runs * 10);
}

INSTANTIATE_TEST_SUITE_P(Lattice, Counts,
                         testing::Combine(testing::Values(Activation::kIdentity, Activation::kTanh, Activation::kRelu,
                                                          Activation::kSigmoid),
                                          testing::Values(Loss::kFinal, Loss::kSequence), testing::Bool(),
                                          testing::Values(Precision::kFloat64, Precision::kFloat32)),
                         [](const testing::TestParamInfo<Counts::ParamType>& instance) {
                           return std::string(name(std::get<0>(instance.param))) +
                                  (std::get<1>(instance.param) == Loss::kFinal ? "_final" : "_sequence") +
                                  (std::get<2>(instance.param) ? "_sparse_" : "_dense_") +
                                  std::string(name(std::get<3>(instance.param)));
                         });

/// Three cases without messages, made by hand: no input, an activity that cancels to 0, and an
/// error that is exactly 0.
TEST(Silence, SendsNothing) {
  Style style;
  style.exact = true;
  Spec spec = small_model({2, 2, 2, 3}, style, 1);
  spec.network.projections[0].weights = DenseMatrix{2, 2, {1, 1, 1, -1}};
  spec.network.projections[1].weights = DenseMatrix{2, 2, {1, 0, 0, 1}};
  spec.network.projections[2].weights = DenseMatrix{2, 2, {1, 1, 0, 0}};
  // With inputs (1, -1), unit 0 gets 1 - 1 = 0 and has no activity; unit 1 gets 2. Readout 1 gets
  // zeros and its target is 0, so that its error is 0.
  spec.task = RecordedTask{{RecordedTrial{DenseMatrix{3, 2, {0, 0, 1, -1, 0, 0}}, DenseMatrix{3, 2, {9, 9, 9, 9, 5, 0}}}}};
  for (const TransportKind transport : kTransports) {
    Spec one = spec;
    one.rules = {rule_spec(RuleKind::kBptt)};
    const Ledger ledger = run_with(one, transport).outcomes.at(0).ledger;
    // Forward, 10 messages: in tick 2, 2 inputs to 2 synapses each, and unit 1 to 2 synapses of A;
    // in tick 3, unit 1 to 2 of W and to 2 of A. Replayed: in tick 3, unit 1's activity of tick 2
    // to 2 of W; in tick 2 (lag 1), 2 inputs to 2 each; in tick 1, nothing.
    EXPECT_EQ(ledger.at(Channel::kAxon, 0).messages, 10 + 2) << name(transport);
    EXPECT_EQ(ledger.at(Channel::kAxon, 1).messages, 4) << name(transport);
    EXPECT_EQ(ledger.at(Channel::kAxon, 2).messages, 0) << name(transport);
    EXPECT_EQ(ledger.messages(Channel::kDendrite), 10) << name(transport);
    // Only readout 0 has an error: POST and TRANSPORT of its 2 synapses. Each stage has N = 8 POST
    // and w = 4 TRANSPORT, except that the last one has no TRANSPORT.
    EXPECT_EQ(ledger.at(Channel::kPost, 0).messages, 2 + 8) << name(transport);
    EXPECT_EQ(ledger.at(Channel::kTransport, 0).messages, 2 + 4) << name(transport);
    EXPECT_EQ(ledger.at(Channel::kTransport, 2).messages, 0) << name(transport);
    EXPECT_EQ(ledger.messages(Channel::kTarget), 2) << name(transport);
  }
}

}  // namespace
}  // namespace locus
