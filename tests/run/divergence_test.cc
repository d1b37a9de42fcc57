// The message of a rule that diverged names the first number that is not finite: which neuron,
// readout or synapse, which tick, which quantity. The networks are small enough to tell by hand.
#include <gtest/gtest.h>

#include "sim/run/session.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

constexpr int kDivergingTicks = 4;

struct Diverging {
  double w = 0;           // of rec[0] onto itself
  std::vector<double> a;  // onto each readout, from rec[0]; rec[1] sends nothing that counts
  Loss loss = Loss::kSequence;
  double target = 0;
  int lanes = 1;  // all but the last have inputs of 0
  double rate = 0;
  RuleKind rule = RuleKind::kBptt;
  Precision precision = Precision::kFloat64;
};

/// An input of 1 in tick 1, a linear neuron with an autapse, readouts: h_t = w^(t - 1).
Spec diverging_model(const Diverging& c) {
  const auto readouts = static_cast<std::int32_t>(c.a.size());
  Spec spec;
  spec.name = "diverging";
  spec.precision = c.precision;
  spec.network.populations = {{.name = "in", .kind = PopulationKind::kInput, .size = 1},
                              {.name = "rec", .kind = PopulationKind::kRate, .size = 2},
                              {.name = "out", .kind = PopulationKind::kReadout, .size = readouts}};
  const auto connect = [&](const char* name, std::int32_t source, std::int32_t target, DenseMatrix weights) {
    ProjectionSpec projection;
    projection.name = name;
    projection.source = source;
    projection.target = target;
    projection.weights = std::move(weights);
    spec.network.projections.push_back(std::move(projection));
  };
  connect("B", 0, 1, {2, 1, {0, 1}});
  connect("W", 1, 1, {2, 2, {0, 0, 0, c.w}});
  DenseMatrix a{readouts, 2, {}};
  for (const double weight : c.a) a.values.insert(a.values.end(), {0, weight});
  connect("A", 1, 2, std::move(a));
  RecordedTask task;
  for (int lane = 1; lane <= c.lanes; ++lane) {
    DenseMatrix input{kDivergingTicks, 1, std::vector<double>(kDivergingTicks, 0)};
    input.values[0] = lane == c.lanes ? 1 : 0;
    task.trials.push_back(
        {input, DenseMatrix{kDivergingTicks, readouts, std::vector<double>(kDivergingTicks * c.a.size(), c.target)}});
  }
  spec.task = std::move(task);
  spec.training = {.loss = c.loss, .ticks = kDivergingTicks, .batch = c.lanes, .learning_rate = c.rate};
  spec.rules = {rule_spec(c.rule)};
  return spec;
}

std::string message_of(const Diverging& c, TransportKind transport) {
  const Outcome outcome = run_with(diverging_model(c), transport).outcomes.at(0);
  EXPECT_EQ(outcome.status, Status::kDiverged);
  return outcome.message;
}

void expect_message(const Diverging& c, const std::string& cause) {
  for (const TransportKind transport : kTransports)
    EXPECT_EQ(message_of(c, transport), "diverged at update 1: " + cause) << name(transport);
}

const std::string kOfLoss = "the loss is not finite: ";

/// h is 1, 1e200, inf; y is 1e-300 times that, and inf at tick 3. Runs of ticks are compared after
/// the last of them, when activities of the first ones are gone: then readouts are named.
TEST(Divergence, NamesTheFirstNeuronThatOverflows) {
  for (const RuleKind rule : {RuleKind::kBptt, RuleKind::kRtrl, RuleKind::kEprop}) {
    const Diverging c{.w = 1e200, .a = {0, 1e-300}, .rule = rule};
    EXPECT_EQ(message_of(c, TransportKind::kMailbox),
              "diverged at update 1: " + kOfLoss + "the activity of rec[1] is inf at tick 3");
    const std::string batched = message_of(c, TransportKind::kBatched);
    EXPECT_TRUE(batched == message_of(c, TransportKind::kMailbox) ||
                batched == "diverged at update 1: " + kOfLoss + "the output of out[1] is inf at tick 3")
        << batched;
  }
  expect_message({.w = 1e150, .a = {0, 1e-300}, .loss = Loss::kFinal}, kOfLoss + "the activity of rec[1] is inf at tick 4");
}

TEST(Divergence, NamesTheReadoutWhoseOutputOverflows) {
  expect_message({.w = 1e15, .a = {0, -1e5}, .loss = Loss::kFinal, .precision = Precision::kFloat32},
                 kOfLoss + "the activity of rec[1] is inf at tick 4");
  expect_message({.w = 1e10, .a = {0, -1e15}, .loss = Loss::kFinal, .precision = Precision::kFloat32},
                 kOfLoss + "the output of out[1] is -inf at tick 4");
}

TEST(Divergence, NamesTheReadoutWhoseSquareOverflows) {
  expect_message({.w = 1, .a = {1e100, 1e160, 1e159}}, kOfLoss + "the squared error of out[1] is inf at tick 1");
  expect_message({.w = 1e80, .a = {1, 2}, .loss = Loss::kSum}, kOfLoss + "the squared error of out[0] is inf at tick 3");
}

TEST(Divergence, NamesTheReadoutWhoseCrossEntropyOverflows) {
  expect_message({.w = 1, .a = {1e308, -1e308}, .loss = Loss::kCrossEntropy, .target = 0.5},
                 kOfLoss + "the cross-entropy of out[1] is inf at tick 1");
}

TEST(Divergence, NamesTheTrialOfTheBatch) {
  expect_message({.w = 1e100, .a = {1}, .loss = Loss::kFinal, .lanes = 3},
                 kOfLoss + "the squared error of out[0] is inf at tick 4, trial 3 of the batch");
}

/// The error is -1 at h = 1, so A[0,1] falls by 1e300 times 1e200.
TEST(Divergence, NamesTheSynapseWhoseWeightOverflows) {
  expect_message({.w = 0, .a = {1}, .target = 1e150, .rate = 1e300}, "a weight is not finite: synapse B[1,0] is inf");
  expect_message({.w = 0, .a = {0}, .target = 1e150, .rate = 1e300}, "a weight is not finite: synapse A[0,1] is inf");
}

TEST(Divergence, IsNamedBySessionsToo) {
  Session session(diverging_model({.w = 1, .a = {1e100, 1e160}}), rule_spec(RuleKind::kRflo, {{1, ConstantWeights{1}}}),
                  {});
  EXPECT_FALSE(session.update());
  EXPECT_EQ(session.outcome().message, "update 1, where " + kOfLoss + "the squared error of out[1] is inf at tick 1");
}

}  // namespace
}  // namespace locus
