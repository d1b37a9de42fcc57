// Trials that begin late beside what moves neurons where nothing arrives: noise, activities of
// their own at the begin, sigmoids, resting voltages. Such a trial is the trial that it is alone.
// Compared with the oracles, with tangents and differences of the loss, and with the program itself
// in a model of the trial's own length. uneven_test.cc has the random networks of rate neurons.
#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/bias.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"
#include "tests/support/records.h"
#include "tests/support/spiking_model.h"
#include "tests/support/spiking_oracle.h"

namespace locus {
namespace {

bool has_late(const Spec& spec) {
  const auto& trials = std::get<RecordedTask>(spec.task).trials;
  return std::ranges::any_of(trials, [&](const RecordedTrial& t) { return rows_of(t) < spec.training.ticks; });
}

template <class Is>
bool any_population(const Spec& spec, Is is) {
  return std::ranges::any_of(spec.network.populations, is);
}

bool is_noisy(const PopulationSpec& population) { return population.noise && population.noise->stddev > 0; }
bool rests_elsewhere(const PopulationSpec& population) {
  return population.lif && std::ranges::any_of(population.lif->rest.values, [](double rest) { return rest != 0; });
}

TEST(LateTrials, OfSpikingNetworksDoWhatTheOracleDoes) {
  int late = 0, noisy = 0, resting = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Spec spec = with_late_trials(odd_spiking_model(seed), seed);
    if (!has_late(spec)) continue;
    ++late;
    noisy += any_population(spec, is_noisy) ? 1 : 0;
    resting += any_population(spec, rests_elsewhere) ? 1 : 0;
    for (const TransportKind transport : kTransports) {
      const RunResult result = run_with(spec, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k)
        ASSERT_TRUE(agrees(spec, result.outcomes[k], spiking::solve(spec, spec.rules[k]), 1e-11))
            << name(transport) << ", " << spec.rules[k].name << ", seed " << seed << ", " << describe(spec);
    }
  }
  EXPECT_GT(late, 50);
  EXPECT_GT(noisy, 20);
  EXPECT_GT(resting, 20);
}

/// A model whose only trial has all ticks, and the same with ticks before it.
struct Twins {
  Spec alone;
  Spec late;
};
Twins twins(Spec spec, std::int32_t ticks_before) {
  Spec late = spec;
  late.training.ticks += ticks_before;
  return {std::move(spec), std::move(late)};
}

void expect_same_learning(const Twins& of) {
  for (const TransportKind transport : kTransports) {
    const RunResult wanted = run_with(of.alone, transport);
    const RunResult result = run_with(of.late, transport);
    for (std::size_t k = 0; k < of.alone.rules.size(); ++k) {
      const std::string what = std::string(name(transport)) + ", " + of.alone.rules[k].name + " of " + describe(of.late);
      ASSERT_TRUE(close(weights_of(result.outcomes[k]), weights_of(wanted.outcomes[k]), 1e-12)) << what;
      const std::vector<double>& losses = wanted.outcomes[k].losses;
      ASSERT_EQ(result.outcomes[k].losses.size(), losses.size());
      for (std::size_t u = 0; u < losses.size(); ++u)
        ASSERT_NEAR(result.outcomes[k].losses[u], losses[u], 1e-12 * losses[u]) << what;
    }
  }
}

/// Constant inputs and biases are 0 until a trial begins; noise is that of its own ticks. tBPTT
/// sweeps at other ticks of the trial, and is left out.
TEST(LateTrials, LearnAsTheyDoAlone) {
  std::uint64_t seed = 11;
  for (const Loss loss : {Loss::kFinal, Loss::kSequence}) {
    for (const Activation activation : {Activation::kIdentity, Activation::kTanh, Activation::kSigmoid}) {
      for (const std::int64_t delay : {1, 2}) {
        for (const bool on_activity : {false, true}) {
          Spec alone = small_model({2, 4, 2, 3}, {.activation = activation, .leak = 0.5, .loss = loss}, ++seed);
          PopulationSpec one = {.name = "one", .kind = PopulationKind::kInput, .size = 1};
          one.constant = 0.5;
          alone.network.populations.push_back(one);
          alone.network.projections.push_back(
              {.name = "b", .source = 3, .target = 1, .weights = DenseMatrix{4, 1, {1, -1, 0.5, 0.25}}, .learning_rate = {}});
          // not offered beside delays
          if (delay == 1) alone.network.populations[1].initial = {0.5, -0.25, 1, 0};
          if (seed % 3 != 0) alone.network.populations[1].noise = NoiseSpec{0.25, on_activity};
          add_bias(alone.network, 1, BiasSpec{.value = {0.25, -0.5, 0.125, 0.75}});
          alone.training.updates = 2;
          alone.training.learning_rate = 0.125;
          std::erase_if(alone.rules, [&](const RuleSpec& rule) {
            const Drive drive = locus::rule(rule.kind).drive;
            return rule.kind == RuleKind::kTbptt || (tells_changes(drive) && delay > 1);
          });
          if (delay > 1) {
            for (ProjectionSpec& projection : alone.network.projections) {
              const bool recurrent = projection.source == 1 && projection.target == 1;
              if (!projection.is_bias) projection.delay = recurrent ? delay : delay - 1;
            }
          }
          expect_same_learning(twins(alone, 2));
        }
      }
    }
  }
}

/// A small spiking model of a kind, whose neurons rest elsewhere than they begin and are noisy.
Spec restless(int k) {
  Spec spec = small_spiking_model(static_cast<std::uint64_t>(k) + 1, lif_kind(k));
  for (PopulationSpec& population : spec.network.populations) {
    if (!population.lif) continue;
    population.lif->rest = 0.25;
    population.noise = NoiseSpec{0.125, false};
  }
  return spec;
}

TEST(LateTrials, OfSpikingNetworksLearnAsTheyDoAlone) {
  for (int k = 0; k < 48; k += 5) {
    Spec alone = restless(k);
    alone.training.updates = 2;
    alone.training.learning_rate = 1.0 / 32;
    RuleSpec filtered = rule_spec(RuleKind::kEprop);
    filtered.filter_tau = 8;
    filtered.name += "_filtered";
    alone.rules = {rule_spec(RuleKind::kBptt), rule_spec(RuleKind::kEprop), filtered};
    expect_same_learning(twins(alone, 7));
  }
}

TEST(LateTrials, HaveTheGradientOfTheTangents) {
  for (int k = 0; k < 48; ++k) {
    Spec spec = restless(k);
    spec.training.ticks += 6;  // of which the trial has 20
    spec.rules = {rule_spec(RuleKind::kBptt), truncated(26, 7)};
    const oracle::ByProjection wanted = spiking::tangents(spec, spec.rules[0]);
    for (const TransportKind transport : kTransports) {
      const RunResult result = run_with(spec, transport);
      for (std::size_t r = 0; r < spec.rules.size(); ++r)
        EXPECT_TRUE(close(change(spec, result.outcomes[r]), wanted, 1e-10))
            << name(transport) << ", " << spec.rules[r].name << ", kind " << k;
    }
  }
}

TEST(LateTrials, HaveTheGradientOfDifferences) {
  std::uint64_t seed = 500;
  for (const Activation activation : {Activation::kIdentity, Activation::kTanh, Activation::kSigmoid}) {
    for (const Loss loss : {Loss::kFinal, Loss::kSequence}) {
      for (const bool on_activity : {false, true}) {
        Spec spec = smooth_model({2, 4, 2, 5}, {.activation = activation, .leak = 0.375, .loss = loss}, ++seed);
        spec.network.populations[1].noise = NoiseSpec{0.25, on_activity};
        spec.network.populations[1].initial = {0.5, -0.25, 1, 0.125};
        spec.training.ticks += 3;
        const oracle::ByProjection differences = oracle::central_differences(spec);
        spec.training.learning_rate = 1 << 20;
        spec.rules = {rule_spec(RuleKind::kBptt), rule_spec(RuleKind::kRtrl), truncated(8, 3)};
        for (const TransportKind transport : kTransports) {
          const RunResult result = run_with(spec, transport);
          for (std::size_t k = 0; k < spec.rules.size(); ++k)
            ASSERT_TRUE(close(change(spec, result.outcomes.at(k)), differences, 1e-9))
                << name(transport) << ", " << spec.rules[k].name << " of " << describe(spec);
        }
      }
    }
  }
}

TEST(LateTrials, AreTheSameBitsForAnyNumberOfThreads) {
  std::uint64_t seed = 1;
  for (const Activation activation : {Activation::kTanh, Activation::kSigmoid}) {
    for (const auto& [commit, batch] : {std::pair{CommitWhen::kEveryTick, 1}, {CommitWhen::kEndOfBatch, 3}}) {
      Spec even = wide_model(90, {.activation = activation, .leak = 0.5, .loss = Loss::kSequence}, commit, batch);
      even.network.populations[1].noise = NoiseSpec{0.125, false};
      Spec spec = even;
      while (!has_late(spec)) spec = with_uneven_trials(even, ++seed);
      ASSERT_TRUE(same_for_threads(spec, {2, 5})) << describe(spec);
    }
  }
  Spec spiking = restless(7);
  spiking.training.ticks += 4;
  spiking.rules = {rule_spec(RuleKind::kBptt), rule_spec(RuleKind::kEprop)};
  ASSERT_TRUE(same_for_threads(spiking, {3}));
}

/// Held-out trials begin late too, with noise of their own numbers.
TEST(LateTrials, AreEvaluated) {
  for (const bool on_activity : {false, true}) {
    for (const Activation activation : {Activation::kTanh, Activation::kSigmoid}) {
      Spec spec = small_model({2, 4, 1, 5}, {.activation = activation, .leak = 0.5, .loss = Loss::kSequence}, 3);
      spec.rules = {rule_spec(RuleKind::kRflo, {{1, DenseMatrix{1, 4, {1, -1, 0.5, 2}}}})};
      spec.network.populations[1].noise = NoiseSpec{0.25, on_activity};
      spec.network.populations[1].initial = {0.5, -0.25, 1, 0.125};
      auto& task = std::get<RecordedTask>(spec.task);
      spec.training.ticks = 8;
      task.evaluation_trials = {task.trials[0], task.trials[0], task.trials[0]};
      spec.training.updates = 2;
      spec.training.learning_rate = 0;
      spec.training.evaluation = EvaluationSpec{1, 3};
      const std::vector<double> expected =
          oracle::losses_of(spec, oracle::solve(spec, spec.rules[0]).weights, task.evaluation_trials);
      EXPECT_NE(expected[0], expected[1]);
      for (const TransportKind transport : kTransports) {
        const Outcome outcome = run_with(spec, transport).outcomes[0];
        ASSERT_EQ(outcome.evaluations.size(), 3U);
        for (const Evaluation& evaluation : outcome.evaluations)
          EXPECT_NEAR(evaluation.loss, (expected[0] + expected[1] + expected[2]) / 3, 1e-13);
      }
    }
  }
}

/// Recorded activities are 0 until a trial begins, also where the neurons are a sigmoid.
TEST(LateTrials, AreSilentUntilTheyBegin) {
  Spec spec = small_model({2, 4, 1, 3}, {.activation = Activation::kSigmoid, .leak = 0.5}, 3);
  spec.network.populations[1].initial = {0.5, -0.25, 1, 0.125};
  spec.network.populations[1].noise = NoiseSpec{0.25, true};
  spec.training.ticks = 5;
  spec.rules = {rule_spec(RuleKind::kBptt)};
  spec.records = every_record(spec);
  for (const TransportKind transport : kTransports) {
    const Recorded recorded = record(spec, transport);
    const std::size_t activity = record_of(spec, Quantity::kActivity, 1);
    for (std::int32_t tick = 1; tick <= 5; ++tick) {
      for (const double h : recorded.at(0, activity, 0, tick)) EXPECT_EQ(h == 0, tick <= 2) << "tick " << tick;
    }
  }
}

}  // namespace
}  // namespace locus
