// The cross-entropy for outputs of any size: losses by hand, in long double, over both transports,
// with readouts behind rate and behind spiking neurons.
#include <algorithm>
#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "tests/support/agreement.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

constexpr int kOutputTicks = 2;

/// One input that is 1 in every tick, one neuron that repeats it, and a readout for each weight: in
/// every tick y is `outputs`. A spiking neuron spikes in every tick.
Spec model_with_outputs(const std::vector<double>& outputs, int target, bool spiking,
                        Precision precision = Precision::kFloat64) {
  const auto readouts = static_cast<std::int32_t>(outputs.size());
  Spec spec;
  spec.name = "outputs";
  spec.precision = precision;
  PopulationSpec rec{.name = "rec", .kind = PopulationKind::kRate, .size = 1};
  if (spiking) rec.lif = LifSpec{.leak = {.tau_m = 10}, .threshold = 0.5};
  spec.network.populations = {{.name = "in", .kind = PopulationKind::kInput, .size = 1},
                              rec,
                              {.name = "out", .kind = PopulationKind::kReadout, .size = readouts}};
  const auto connect = [&](const char* name, std::int32_t source, DenseMatrix weights) {
    ProjectionSpec projection;
    projection.name = name;
    projection.source = source;
    projection.target = source + 1;
    projection.weights = std::move(weights);
    spec.network.projections.push_back(std::move(projection));
  };
  connect("B", 0, {1, 1, {1}});
  connect("A", 1, {readouts, 1, outputs});
  DenseMatrix wanted{kOutputTicks, readouts, std::vector<double>(kOutputTicks * outputs.size(), 0)};
  for (int t = 0; t < kOutputTicks; ++t) wanted.values[static_cast<std::size_t>(t * readouts + target)] = 1;
  spec.task = RecordedTask{{{DenseMatrix{kOutputTicks, 1, std::vector<double>(kOutputTicks, 1)}, wanted}}, {}};
  spec.training = {.loss = Loss::kCrossEntropy, .ticks = kOutputTicks, .learning_rate = 1};
  spec.rules = {rule_spec(RuleKind::kBptt), rule_spec(RuleKind::kEprop)};
  return spec;
}

long double log_sum(const std::vector<double>& outputs, long double& largest) {
  largest = *std::ranges::max_element(outputs);
  long double sum = 0;
  for (const double y : outputs) sum += std::exp(static_cast<long double>(y) - largest);
  return std::log(sum);
}

/// exp(710) and, in float32, exp(89) are infinite; exp(-746) and exp(-104) are 0.
TEST(CrossEntropy, OfTwoEqualOutputsIsLog2WhateverTheirSize) {
  for (const Precision precision : {Precision::kFloat64, Precision::kFloat32}) {
    for (const double output : {0.0, 1.0, 89.0, -104.0, 710.0, -746.0, 1e30, -1e30}) {
      for (const bool spiking : {false, true}) {
        const Spec spec = model_with_outputs({output, output}, 1, spiking, precision);
        for (const TransportKind transport : kTransports) {
          for (const Outcome& outcome : run_with(spec, transport).outcomes) {
            ASSERT_EQ(outcome.status, Status::kCompleted) << outcome.message << ", outputs of " << output;
            EXPECT_EQ(outcome.losses.at(0), std::numbers::ln2) << name(transport) << ", outputs of " << output;
          }
        }
      }
    }
  }
}

TEST(CrossEntropy, AndItsErrorAreExactForOutputsOfAnySize) {
  Dice dice(11);
  for (const double scale : {1.0, 30.0, 800.0, 1e6, 1e12}) {
    for (int draw = 0; draw < 20; ++draw) {
      std::vector<double> outputs(static_cast<std::size_t>(dice.between(2, 7)));
      for (double& output : outputs) output = dice.value() * (dice.chance(30) ? 1 : scale);
      const int target = dice.between(0, static_cast<int>(outputs.size()) - 1);
      long double largest = 0;
      const long double sum = log_sum(outputs, largest);
      const auto wanted =
          static_cast<double>(sum + largest - static_cast<long double>(outputs[static_cast<std::size_t>(target)]));
      Spec spec = model_with_outputs(outputs, target, dice.chance(50));
      spec.training.learning_rate = std::ldexp(1, 60);  // old weights vanish beside the change
      for (const TransportKind transport : kTransports) {
        const Outcome outcome = run_with(spec, transport).outcomes.at(0);
        ASSERT_EQ(outcome.status, Status::kCompleted) << outcome.message << '\n' << describe(spec);
        EXPECT_NEAR(outcome.losses.at(0), wanted, 4e-15 * std::max(1.0, wanted)) << describe(spec);
        // h is 1, so the change is the mean error
        const std::vector<double> changes = change(spec, outcome).at(1);
        for (std::size_t k = 0; k < outputs.size(); ++k) {
          const auto pi = static_cast<double>(std::exp(static_cast<long double>(outputs[k]) - largest - sum));
          EXPECT_NEAR(changes[k], pi - (std::cmp_equal(k, target) ? 1 : 0), 4e-15) << describe(spec);
        }
      }
    }
  }
}

/// The sum runs in the order of the readouts for everyone: no transport, thread or shard alters it.
TEST(CrossEntropy, HasTheSameBitsOverBothTransportsAndAnyThreads) {
  Dice dice(12);
  for (const Precision precision : {Precision::kFloat64, Precision::kFloat32}) {
    std::vector<double> outputs(40);
    for (double& output : outputs) output = 20 * dice.value();
    Spec spec = model_with_outputs(outputs, 17, false, precision);
    spec.training.updates = 3;
    spec.training.learning_rate = 2;
    EXPECT_TRUE(same_for_threads(spec, {2, 3}));
    const RunResult mailbox = run_with(spec, TransportKind::kMailbox);
    const RunResult batched = run_with(spec, TransportKind::kBatched);
    for (std::size_t k = 0; k < spec.rules.size(); ++k)
      EXPECT_TRUE(identical(mailbox.outcomes[k], batched.outcomes[k])) << spec.rules[k].name;
  }
}

/// Targets need not be probabilities, as those of a teacher are not: the loss of a tick is then
/// log Z - y* . y, whose gradient is the same error.
TEST(CrossEntropy, OfAnyTargetsIsTheLogOfTheSumLessTheirProduct) {
  Spec spec = model_with_outputs({0.5, -0.25, 2}, 0, false);
  std::get<RecordedTask>(spec.task).trials[0].target.values = {0.5, 0.25, -1, 0, 0, 0};
  long double largest = 0;
  const auto log_z = static_cast<double>(log_sum({0.5, -0.25, 2}, largest) + 2);
  const double wanted = (log_z - (0.25 - 0.0625 - 2) + log_z) / kOutputTicks;
  for (const TransportKind transport : kTransports)
    EXPECT_NEAR(run_with(spec, transport).outcomes.at(0).losses.at(0), wanted, 1e-14);
}

}  // namespace
}  // namespace locus
