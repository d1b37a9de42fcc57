// Accuracy and confusion: what a run reports is what the outputs of its trials say, whoever asks.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/wire.h"
#include "sim/run/run.h"
#include "sim/run/session.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"
#include "tests/support/records.h"

namespace locus {
namespace {

/// Twelve trials of three classes, four of them an update, some without a class, one shorter.
Spec classified(Loss loss = Loss::kCrossEntropy) {
  Spec spec = small_model({3, 6, 3, 5}, {.activation = Activation::kTanh, .leak = 0.5}, 3);
  RecordedTask task;
  Dice dice(5);
  for (int k = 0; k < 12; ++k) {
    RecordedTrial trial;
    const std::int64_t rows = k == 4 ? 3 : 5;
    DenseMatrix input = {rows, 3, {}};
    for (std::int64_t i = 0; i < rows * 3; ++i) input.values.push_back(dice.value());
    trial.input = input;
    trial.label = k % 3;
    if (k % 5 == 1) {
      trial.label = kNoClass;
      trial.target = target_of_class(k % 3, rows, 3);
    }
    task.trials.push_back(trial);
  }
  task.evaluation_trials = {task.trials.begin() + 2, task.trials.begin() + 9};
  spec.task = task;
  spec.training.loss = loss;
  if (loss != Loss::kFinal) spec.training.warmup = 2;
  spec.training.batch = 4;
  spec.training.updates = 12;
  spec.training.learning_rate = 0.5;
  spec.training.evaluation = EvaluationSpec{5, 7};
  return spec;
}

struct Counted {
  std::map<std::pair<int, int>, std::int64_t> trials;
  double accuracy() const {
    std::int64_t all = 0, right = 0;
    for (const auto& [cell, count] : trials) {
      all += count;
      right += cell.first == cell.second ? count : 0;
    }
    return static_cast<double>(right) / static_cast<double>(all);
  }
};

/// From the recorded outputs of one rule, by update.
std::vector<Counted> count_outputs(const Spec& spec, const std::vector<Seen>& seen) {
  const auto& trials = std::get<RecordedTask>(spec.task).trials;
  const std::int32_t first = spec.training.ticks - window_of(spec.training) + 1;
  std::vector<Counted> updates(static_cast<std::size_t>(spec.training.updates));
  for (std::int64_t update = 0; update < spec.training.updates; ++update) {
    for (std::size_t lane = 0; lane < 4; ++lane) {
      const RecordedTrial& trial = trials[(static_cast<std::size_t>(update) * 4 + lane) % trials.size()];
      if (trial.label == kNoClass) continue;
      std::vector<double> sum(3, 0);
      for (const Seen& sample : seen) {
        if (sample.update != update || sample.tick < first || sample.tick <= spec.training.ticks - rows_of(trial))
          continue;
        for (std::size_t k = 0; k < 3; ++k) sum[k] += sample.values[lane * 3 + k];
      }
      const auto chosen = static_cast<int>(std::ranges::max_element(sum) - sum.begin());
      ++updates[static_cast<std::size_t>(update)].trials[{trial.label, chosen}];
    }
  }
  return updates;
}

TEST(Accuracy, IsWhatTheOutputsSay) {
  for (const Loss loss : {Loss::kFinal, Loss::kSequence, Loss::kSum, Loss::kCrossEntropy}) {
    Spec spec = classified(loss);
    spec.records = {{.name = "y", .quantity = Quantity::kOutput, .of = 2, .last_tick = 5}};
    for (const TransportKind transport : kTransports) {
      const Recorded recorded = record(spec, transport);
      const RunResult plain = run_with(spec, transport);  // runs of ticks are taken together
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        const Outcome& outcome = recorded.result.outcomes[k];
        ASSERT_TRUE(identical(outcome, plain.outcomes[k])) << outcome.rule;
        if (outcome.kind == RuleKind::kNone) {
          EXPECT_TRUE(outcome.accuracies.empty());
          continue;
        }
        const std::vector<Counted> updates = count_outputs(spec, recorded.seen[k][0]);
        ASSERT_EQ(outcome.accuracies.size(), updates.size());
        for (std::size_t u = 0; u < updates.size(); ++u)
          EXPECT_EQ(outcome.accuracies[u], updates[u].accuracy()) << name(transport) << ", " << outcome.rule << " " << u;
        Counted last;
        for (std::size_t u = updates.size() - kMostConfusions; u < updates.size(); ++u) {
          for (const auto& [cell, count] : updates[u].trials) last.trials[cell] += count;
        }
        const Confusion confusion = last_of(outcome.confusions, 10);
        ASSERT_EQ(confusion.size(), last.trials.size());
        for (const ConfusionCell& cell : confusion)
          EXPECT_EQ(cell.trials, (last.trials[{cell.actual, cell.predicted}]));
      }
    }
  }
}

TEST(Accuracy, OfEvaluationIsThatOfTrialsWithoutLearning) {
  const Spec spec = classified();
  Spec still = spec;  // what the evaluation shows, learnt from with a rate of 0
  auto& task = std::get<RecordedTask>(still.task);
  task.trials = task.evaluation_trials;
  task.evaluation_trials.clear();
  still.training.evaluation.reset();
  still.training.learning_rate = 0;
  still.training.batch = 7;
  still.training.updates = 1;
  for (const TransportKind transport : kTransports) {
    const RunResult result = run_with(spec, transport);
    const RunResult shown = run_with(still, transport);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      const Outcome& outcome = result.outcomes[k];
      if (outcome.kind == RuleKind::kNone) continue;
      ASSERT_EQ(outcome.evaluations.size(), 4U);
      EXPECT_EQ(outcome.evaluations[0].accuracy, shown.outcomes[k].accuracies[0]);
      ASSERT_TRUE(outcome.evaluations.back().accuracy.has_value());
      EXPECT_EQ(accuracy_of(outcome.evaluation_confusion), *outcome.evaluations.back().accuracy);
    }
  }
}

TEST(Accuracy, IsTheSameForAnyNumberOfThreads) {
  Spec spec = classified();
  ASSERT_TRUE(same_for_threads(spec, {2, 5}));
  spec.precision = Precision::kFloat32;
  ASSERT_TRUE(same_for_threads(spec, {3}));
}

TEST(Accuracy, GoesOnFromAnyState) {
  const Spec spec = classified();
  std::vector<RunState> states;
  const RunResult whole = run(spec, {.threads = 1, .watch = [&](const Moment& moment) {
                                       if (moment.present == nullptr || moment.done.outcomes.size() != 1) return;
                                       RunState& state = states.emplace_back();
                                       state.rules = {state_of(moment.done.outcomes[0]), moment.state()};
                                       state.running = true;
                                     }});
  ASSERT_GT(states.size(), 10U);
  for (RunState& state : states) {
    EXPECT_EQ(misfit(spec, topology_of(spec), state), "");
    RunState broken = state;
    broken.rules[1].confusions.push_back({{0, 3, 1}});
    EXPECT_NE(misfit(spec, topology_of(spec), broken), "");
    const RunResult resumed = run(spec, {.threads = 1, .from = &state});
    for (std::size_t k = 0; k < 2; ++k) ASSERT_TRUE(identical(whole.outcomes[k], resumed.outcomes[k]));
  }
}

TEST(Accuracy, IsInASession) {
  const Spec spec = classified();
  const RunResult result = run_with(spec, TransportKind::kBatched);
  Session session(spec, spec.rules.front());
  for (std::int64_t k = 0; k < spec.training.updates; ++k) session.update();
  EXPECT_EQ(session.accuracies(), result.outcomes[0].accuracies);
}

TEST(Accuracy, IsCountedForDrawnClasses) {
  Spec spec = classified(Loss::kSum);
  spec.task = DrawnTask{{{0, WhiteNoiseSpec{}}}, 3, {ClassSpec{2}, ClassSpec{0}, ClassSpec{1}}};
  spec.training.evaluation->trials = 6;
  for (const TransportKind transport : kTransports) {
    const RunResult result = run_with(spec, transport);
    for (const Outcome& outcome : result.outcomes) {
      if (outcome.kind == RuleKind::kNone) continue;
      ASSERT_EQ(outcome.accuracies.size(), 12U);
      std::int64_t trials = 0;
      for (const ConfusionCell& cell : last_of(outcome.confusions, 3)) trials += cell.trials;
      EXPECT_EQ(trials, 3 * 4) << "every trial of the last three updates has a class";
      EXPECT_TRUE(outcome.evaluations.back().accuracy.has_value());
    }
  }
  std::get<DrawnTask>(spec.task).targets = {SinesSpec{{3}}};
  EXPECT_TRUE(run_with(spec, TransportKind::kBatched).outcomes[0].accuracies.empty());
}

/// y_t of a readout that integrates is the sum of what A h has been.
TEST(Accuracy, OfIntegratingReadoutsCounts) {
  Spec spec = small_model({2, 3, 2, 4}, {.activation = Activation::kTanh, .leak = 0.5}, 7);
  spec.rules = {rule_spec(RuleKind::kBptt)};
  spec.training.learning_rate = 0;
  spec.records = {{.name = "y", .quantity = Quantity::kOutput, .of = 2, .last_tick = 4}};
  const Recorded plain = record(spec, TransportKind::kBatched);
  spec.network.populations[2].memory = LeakSpec{std::numeric_limits<double>::infinity(), false};
  for (const TransportKind transport : kTransports) {
    const Recorded integrated = record(spec, transport);
    for (std::size_t k = 0; k < 2; ++k) {
      double sum = 0;
      for (std::int32_t tick = 1; tick <= 4; ++tick) {
        sum += plain.at(0, 0, 0, tick)[k];
        EXPECT_NEAR(integrated.at(0, 0, 0, tick)[k], sum, 1e-12);
      }
    }
  }
}

/// Losses without a note before: accuracies stay beside their losses.
TEST(Accuracy, StandsBesideItsLoss) {
  Outcome outcome;
  outcome.losses = {1, 1, 1};
  note({{0, 0, 2}}, outcome);
  ASSERT_EQ(outcome.accuracies.size(), 3U);
  EXPECT_TRUE(std::isnan(outcome.accuracies[1]));
  EXPECT_EQ(outcome.accuracies[2], 1);
  EXPECT_EQ(outcome.confusions.size(), 3U);
  for (int k = 0; k < 20; ++k) {
    outcome.losses.push_back(1);
    note({{0, 1, 1}}, outcome);
  }
  EXPECT_EQ(outcome.confusions.size(), kMostConfusions);
  EXPECT_EQ(outcome.accuracies.size(), outcome.losses.size());
}

TEST(Confusion, AddsUpInTheOrderOfClasses) {
  Confusion one;
  add({1, 0, 1}, one);
  add({0, 1, 1}, one);
  add({1, 0, 2}, one);
  EXPECT_EQ(one, (Confusion{{0, 1, 1}, {1, 0, 3}}));
  EXPECT_EQ(accuracy_of(one), 0);
  add({1, 1, 1}, one);
  EXPECT_EQ(accuracy_of(one), 0.2);
  EXPECT_TRUE(std::isnan(accuracy_of({})));
}

}  // namespace
}  // namespace locus
