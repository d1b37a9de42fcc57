// Random networks of every kind: several populations in any order, several updates, batches, both
// commits, zero inputs, stored zeros.
#include <array>

#include <gtest/gtest.h>

#include "tests/support/agreement.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

/// The rounding error of one update grows in the next ones: weights and errors are of order 1,
/// learning rates below 1/4, and there are at most three updates.
double tolerance_of(const Spec& spec) {
  if (spec.precision == Precision::kFloat32) return 1e-4;
  return spec.training.updates == 1 && spec.training.commit == CommitWhen::kEndOfBatch ? 1e-12 : 1e-11;
}

class OddNetworks : public testing::TestWithParam<std::tuple<int, Precision>> {
 protected:
  Spec model_of(int model) const {
    const auto [seed, precision] = GetParam();
    Spec spec = odd_model(static_cast<std::uint64_t>(seed * kModelsEach + model + 1));
    spec.precision = precision;
    return spec;
  }

  static constexpr int kModelsEach = 40;
};

TEST_P(OddNetworks, AgreeWithTheOracle) {
  for (int model = 0; model < kModelsEach; ++model) {
    const Spec spec = model_of(model);
    for (const TransportKind transport : kTransports) {
      const RunResult result = run_with(spec, transport);
      ASSERT_EQ(result.outcomes.size(), spec.rules.size());
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        ASSERT_TRUE(agrees(spec, result.outcomes[k], oracle::solve(spec, spec.rules[k]), tolerance_of(spec)))
            << name(transport) << ", " << spec.rules[k].name << " of " << describe(spec);
      }
    }
  }
}

TEST_P(OddNetworks, AreTheSameBitsForAnyNumberOfThreads) {
  for (int model = 0; model < kModelsEach; model += 4) {
    const Spec spec = model_of(model);
    ASSERT_TRUE(same_for_threads(spec, {2, 5})) << describe(spec);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, OddNetworks,
                         testing::Combine(testing::Range(0, 8), testing::Values(Precision::kFloat64, Precision::kFloat32)),
                         [](const testing::TestParamInfo<OddNetworks::ParamType>& instance) {
                           return std::to_string(std::get<0>(instance.param)) + "_" +
                                  std::string(name(std::get<1>(instance.param)));
                         });

void expect_right(const Spec& spec, TransportKind transport) {
  const RunResult result = run_with(spec, transport, 1);
  for (std::size_t k = 0; k < spec.rules.size(); ++k) {
    EXPECT_TRUE(agrees(spec, result.outcomes[k], oracle::solve(spec, spec.rules[k]), tolerance_of(spec)))
        << name(transport) << ", " << spec.rules[k].name;
  }
}

Style style_of(Activation activation) {
  Style style;
  style.activation = activation;
  style.leak = 0.5;
  style.loss = Loss::kSequence;
  return style;
}

Spec wide_online(Activation activation) { return wide_model(150, style_of(activation), CommitWhen::kEveryTick, 1); }
Spec wide_batch(Activation activation) {
  return wide_model(150, style_of(activation), CommitWhen::kEndOfBatch, activation == Activation::kTanh ? 7 : 2);
}

/// Models with enough work to be split, in products and in passes.
std::vector<Spec> split_work() {
  std::vector<Spec> specs;
  for (const Precision precision : {Precision::kFloat64, Precision::kFloat32}) {
    Spec& online = specs.emplace_back(wide_model(370, style_of(Activation::kTanh), CommitWhen::kEveryTick, 1));
    online.rules = {online.rules[2]};  // rflo
    online.precision = precision;
    Spec& batch = specs.emplace_back(wide_model(150, style_of(Activation::kTanh), CommitWhen::kEndOfBatch, 47));
    batch.rules = {batch.rules[0], batch.rules[3]};  // bptt, eprop
    batch.precision = precision;
  }
  return specs;
}

Spec wide_rtrl() {
  Spec spec = wide_model(80, style_of(Activation::kTanh), CommitWhen::kEndOfBatch, 1);
  spec.training.ticks = 2;
  spec.training.updates = 1;
  for (RecordedTrial& trial : std::get<RecordedTask>(spec.task).trials) {
    auto& input = std::get<DenseMatrix>(trial.input);
    input.rows = trial.target.rows = 2;
    input.values.resize(static_cast<std::size_t>(2 * input.cols));
    trial.target.values.resize(static_cast<std::size_t>(2 * trial.target.cols));
  }
  spec.rules = {rule_spec(RuleKind::kRtrl)};
  return spec;
}

TEST(WideNetwork, OnlineIsTheSameForAnyThreads) {
  EXPECT_TRUE(same_for_threads(wide_online(Activation::kTanh), {2, 5}));
}
TEST(WideNetwork, LinearOnlineIsTheSameForAnyThreads) {
  EXPECT_TRUE(same_for_threads(wide_online(Activation::kIdentity), {2, 5}));
}
TEST(WideNetwork, BatchIsTheSameForAnyThreads) { EXPECT_TRUE(same_for_threads(wide_batch(Activation::kTanh), {2, 5})); }
TEST(WideNetwork, LinearBatchIsTheSameForAnyThreads) {
  EXPECT_TRUE(same_for_threads(wide_batch(Activation::kIdentity), {2, 5}));
}
TEST(WideNetwork, RtrlIsTheSameForAnyThreads) { EXPECT_TRUE(same_for_threads(wide_rtrl(), {2, 5})); }
TEST(WideNetwork, WorkThatIsSplitIsTheSameForAnyThreads) {
  for (const Spec& spec : split_work())
    EXPECT_TRUE(same_for_threads(spec, {2, 5}, std::array{TransportKind::kBatched}));
}

/// All numbers of threads agree with one thread, and one thread agrees with the oracle.
TEST(WideNetwork, IsTheOracles) {
  for (const Activation activation : {Activation::kTanh, Activation::kIdentity}) {
    for (const TransportKind transport : kTransports) {
      expect_right(wide_online(activation), transport);
      expect_right(wide_batch(activation), transport);
    }
  }
  for (const TransportKind transport : kTransports) expect_right(wide_rtrl(), transport);
}
TEST(WideNetwork, WorkThatIsSplitIsTheOracles) {
  for (const Spec& spec : split_work()) expect_right(spec, TransportKind::kBatched);
}

/// Delta of a batch is the mean of the Deltas of its trials, its loss the mean of their losses, and
/// its counts are their sum.
TEST(Batch, IsTheMeanOfItsTrials) {
  constexpr std::int32_t kTrials = 5;
  for (const Loss loss : {Loss::kFinal, Loss::kSequence}) {
    Style style;
    style.activation = Activation::kTanh;
    style.leak = 0.5;
    style.loss = loss;
    Spec spec = small_model({2, 4, 2, 5}, style, 3);
    spec.training.learning_rate = 1 << 20;
    RecordedTask task;
    Dice dice(12);
    for (std::int32_t trial = 0; trial < kTrials; ++trial) {
      DenseMatrix input{5, 2, {}};
      DenseMatrix target{5, 2, {}};
      for (int k = 0; k < 10; ++k) input.values.push_back(dice.chance(20) ? 0 : dice.value());
      for (int k = 0; k < 10; ++k) target.values.push_back(dice.value());
      task.trials.push_back({input, target});
    }
    Spec batch = spec;
    batch.task = task;
    batch.training.batch = kTrials;
    for (const TransportKind transport : kTransports) {
      const RunResult together = run_with(batch, transport);
      std::vector<RunResult> alone;
      for (const RecordedTrial& trial : task.trials) {
        Spec single = spec;
        single.task = RecordedTask{{trial}};
        alone.push_back(run_with(single, transport));
      }
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        // signs that UORO draws are those of a trial's place
        if (spec.rules[k].kind == RuleKind::kNone || spec.rules[k].kind == RuleKind::kUoro) continue;
        oracle::ByProjection mean = change(spec, alone[0].outcomes[k]);
        double loss_sum = alone[0].outcomes[k].losses.at(0);
        std::int64_t messages = alone[0].outcomes[k].ledger.messages();
        for (std::size_t trial = 1; trial < kTrials; ++trial) {
          const Outcome& single = alone[trial].outcomes[k];
          const oracle::ByProjection delta = change(spec, single);
          for (std::size_t p = 0; p < mean.size(); ++p) {
            for (std::size_t entry = 0; entry < mean[p].size(); ++entry) mean[p][entry] += delta[p][entry];
          }
          loss_sum += single.losses.at(0);
          messages += single.ledger.messages();
        }
        for (auto& projection : mean) {
          for (double& value : projection) value /= kTrials;
        }
        const Outcome& outcome = together.outcomes[k];
        EXPECT_TRUE(close(change(spec, outcome), mean, 1e-12)) << name(transport) << ", " << spec.rules[k].name;
        EXPECT_NEAR(outcome.losses.at(0), loss_sum / kTrials, 1e-12 * loss_sum)
            << name(transport) << ", " << spec.rules[k].name;
        EXPECT_EQ(outcome.ledger.messages(), messages) << name(transport) << ", " << spec.rules[k].name;
      }
    }
  }
}

/// A projection with learning rate 0 is plastic: it has the same messages as with any other rate,
/// and no weight changes by a bit. A static projection is not plastic.
TEST(LearningRate, OfZeroIsPlastic) {
  Style style;
  style.activation = Activation::kTanh;
  const Spec learning = small_model({2, 3, 2, 4}, style, 9);
  Spec still = learning;
  for (ProjectionSpec& projection : still.network.projections) projection.learning_rate = 0;
  for (const TransportKind transport : kTransports) {
    const RunResult moved = run_with(learning, transport);
    const RunResult unmoved = run_with(still, transport);
    for (std::size_t k = 0; k < learning.rules.size(); ++k) {
      EXPECT_EQ(moved.outcomes[k].ledger, unmoved.outcomes[k].ledger) << name(transport) << ", " << learning.rules[k].name;
      EXPECT_EQ(weights_of(unmoved.outcomes[k]), initial_weights(still))
          << name(transport) << ", " << learning.rules[k].name;
    }
  }
}

}  // namespace
}  // namespace locus
