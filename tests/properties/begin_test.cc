// The begin of trials: non-zero h_0, ticks without an error, states carried over from the previous
// trial. Compared with the oracle, with central differences and with the definitions.
#include <algorithm>

#include <gtest/gtest.h>

#include "sim/model/wire.h"
#include "sim/report/forecast.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"
#include "tests/support/spiking_model.h"
#include "tests/support/spiking_oracle.h"

namespace locus {
namespace {

bool spiking_model(const Spec& spec) {
  return std::ranges::any_of(spec.network.populations, [](const PopulationSpec& p) { return p.lif.has_value(); });
}

oracle::Answer answer_of(const Spec& spec, const RuleSpec& rule) {
  return spiking_model(spec) ? spiking::solve(spec, rule) : oracle::solve(spec, rule);
}

/// Gives every rate neuron an h_0; a third of them are 0, and sometimes a whole population.
void wake(Spec& spec, Dice& dice) {
  for (PopulationSpec& population : spec.network.populations) {
    if (population.kind != PopulationKind::kRate || population.lif || dice.chance(20)) continue;
    for (std::int32_t i = 0; i < population.size; ++i) population.initial.push_back(dice.chance(33) ? 0 : dice.value());
  }
}

/// Models of every kind, each with some of: h_0, warm-up, carried states.
Spec begun_model(int model) {
  const auto seed = static_cast<std::uint64_t>(700 + model);
  Spec spec = model % 3 == 2 ? odd_spiking_model(seed) : odd_model(seed);
  for (ProjectionSpec& projection :
       // equal weights of errors that sum to 0: rounding decides whether the result is 0
       spec.network.projections) {
    if (spec.training.loss == Loss::kCrossEntropy && std::holds_alternative<ConstantWeights>(projection.weights))
      spec.training.loss = Loss::kSum;
  }
  Dice dice(seed ^ 0xbe91);
  wake(spec, dice);
  spec.training.carry_state = model % 2 == 0;
  spec.training.updates = std::max<std::int64_t>(spec.training.updates, 2);
  if (spec.training.loss != Loss::kFinal && spec.training.window == 0 && dice.chance(60))
    spec.training.warmup = dice.between(0, spec.training.ticks - 1);
  return spec;
}

void expect_answers(const Spec& spec, double tolerance) {
  for (const TransportKind transport : kTransports) {
    const RunResult result = run_with(spec, transport);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      ASSERT_TRUE(agrees(spec, result.outcomes[k], answer_of(spec, spec.rules[k]), tolerance))
          << name(transport) << ", " << spec.rules[k].name << " of " << describe(spec);
    }
  }
}

TEST(Begin, AgreesWithTheOracle) {
  int warm = 0, awake = 0;
  for (int model = 0; model < 60 && !testing::Test::HasFatalFailure(); ++model) {
    const Spec spec = begun_model(model);
    warm += spec.training.warmup > 0 ? 1 : 0;
    awake +=
        std::ranges::any_of(spec.network.populations, [](const PopulationSpec& p) { return !p.initial.empty(); }) ? 1 : 0;
    expect_answers(spec, 2e-11);
  }
  EXPECT_GE(warm, 10);
  EXPECT_GE(awake, 25);
}

TEST(Begin, AgreesWithTheOracleInFloat32) {
  for (int model = 0; model < 30 && !testing::Test::HasFatalFailure(); ++model) {
    if (model % 3 == 2) continue;  // rounding decides whether a neuron spikes
    Spec spec = begun_model(model);
    spec.precision = Precision::kFloat32;
    expect_answers(spec, 1e-4);
  }
}

TEST(Begin, IsTheSameForAnyThreads) {
  for (int model = 0; model < 24; ++model) {
    const Spec spec = begun_model(model);
    ASSERT_TRUE(same_for_threads(spec, {3})) << describe(spec);
  }
}

/// BPTT and RTRL are the gradient of the loss that begins at h_0 and excludes the first ticks.
TEST(Begin, GradientsAreCentralDifferences) {
  std::uint64_t seed = 40;
  for (const Activation activation : {Activation::kIdentity, Activation::kTanh, Activation::kSigmoid}) {
    for (const std::int32_t warmup : {0, 2}) {
      Style style;
      style.activation = activation;
      style.leak = 0.625;
      style.loss = Loss::kSequence;
      Spec spec = small_model({2, 4, 2, 5}, style, seed++);
      spec.network.populations[1].initial = {0.5, -0.25, 0, 1.125};
      spec.training.warmup = warmup;
      const oracle::ByProjection differences = oracle::central_differences(spec);
      spec.training.learning_rate = 1 << 20;
      spec.rules = {rule_spec(RuleKind::kBptt), rule_spec(RuleKind::kRtrl), truncated(5, 2)};
      for (const TransportKind transport : kTransports) {
        for (const Outcome& outcome : run_with(spec, transport).outcomes)
          EXPECT_TRUE(close(change(spec, outcome), differences, 1e-9)) << outcome.rule << " of " << describe(spec);
      }
    }
  }
}

/// Carried state corresponds to one long trial: two trials of a network with constant weights are
/// its halves.
TEST(Begin, ACarriedTrialIsTheSecondHalfOfALongOne) {
  Style style;
  style.activation = Activation::kTanh;
  style.leak = 0.5;
  style.loss = Loss::kSequence;
  Spec longer = small_model({2, 4, 2, 8}, style, 3);
  longer.training.learning_rate = 0;
  longer.rules = {rule_spec(RuleKind::kBptt)};
  Spec halves = longer;
  const RecordedTrial whole = std::get<RecordedTask>(longer.task).trials.front();
  const auto half = [](const DenseMatrix& matrix, bool second) {
    DenseMatrix part{matrix.rows / 2, matrix.cols, {}};
    const auto size = static_cast<std::ptrdiff_t>(part.rows * part.cols);
    part.values.assign(matrix.values.begin() + (second ? size : 0), matrix.values.begin() + (second ? 2 * size : size));
    return part;
  };
  auto& trials = std::get<RecordedTask>(halves.task).trials;
  trials.clear();
  for (const bool second : {false, true})
    trials.push_back({half(std::get<DenseMatrix>(whole.input), second), half(whole.target, second)});
  halves.training.ticks = 4;
  halves.training.updates = 2;
  halves.training.carry_state = true;
  for (const TransportKind transport : kTransports) {
    const Outcome one = run_with(longer, transport).outcomes.front();
    const Outcome two = run_with(halves, transport).outcomes.front();
    ASSERT_EQ(two.losses.size(), 2U);
    EXPECT_NEAR((two.losses[0] + two.losses[1]) / 2, one.losses[0], 1e-14 * one.losses[0]);
    EXPECT_EQ(two.ledger.at(Channel::kAxon, 0).messages - one.ledger.at(Channel::kAxon, 0).messages, 2 * 4 + 4 * 4)
        << "as many forward, h_4 over W among them, and one sweep more that begins";
  }
}

TEST(Begin, SendsExactlyTheClosedFormWhereNeuronsAreAwake) {
  for (const Loss loss : {Loss::kFinal, Loss::kSequence}) {
    for (const bool sparse : {false, true}) {
      Style style;
      style.activation = Activation::kTanh;
      style.leak = 0.5;
      style.loss = loss;
      style.sparse = sparse;
      style.plastic_w = !sparse;
      Spec spec = small_model({2, 3, 2, 4}, style, 12);
      // with a stored zero its targets have no activity
      for (ProjectionSpec& projection : spec.network.projections) {
        std::visit(
            [](auto& weights) {
              if constexpr (requires { weights.values; })
                for (double& value : weights.values) value = value == 0 ? 0.25 : value;
            },
            projection.weights);
      }
      spec.network.populations[1].initial = {0.5, 0, -0.75};
      if (loss == Loss::kSequence) spec.training.warmup = 1;
      const RunResult result = run_with(spec, TransportKind::kBatched);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        const Ledger wanted = forecast(spec, topology_of(spec), spec.rules[k]);
        const Ledger& ledger = result.outcomes[k].ledger;
        EXPECT_EQ(ledger.entries(), wanted.entries()) << spec.rules[k].name << " of " << describe(spec);
        EXPECT_EQ(ledger.history_bytes(), wanted.history_bytes()) << spec.rules[k].name;
        EXPECT_EQ(ledger.stalled_ticks(), wanted.stalled_ticks()) << spec.rules[k].name;
      }
    }
  }
}

}  // namespace
}  // namespace locus
