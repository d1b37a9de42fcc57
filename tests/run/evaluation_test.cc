// Held-out trials: their losses are those of the weights at that update, and they change nothing
// else in a run.
#include <gtest/gtest.h>

#include "sim/run/run.h"
#include "sim/task/task.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"
#include "tests/support/spiking_model.h"

namespace locus {
namespace {

Spec evaluated(std::uint64_t seed, std::int64_t every) {
  Spec spec = odd_model(seed);
  spec.training.updates = 5;
  auto& recorded = std::get<RecordedTask>(spec.task);
  recorded.evaluation_trials = recorded.trials;
  for (RecordedTrial& trial : recorded.evaluation_trials) {
    for (double& value : trial.target.values) value += 0.25;
  }
  while (recorded.evaluation_trials.size() < 40)
    recorded.evaluation_trials.push_back(recorded.evaluation_trials.front());
  const auto trials = static_cast<std::int64_t>(seed % 2 == 0 ? 3 : recorded.evaluation_trials.size());
  recorded.evaluation_trials.resize(static_cast<std::size_t>(trials));
  spec.training.evaluation = EvaluationSpec{every, trials};
  return spec;
}

/// The weights of every rule after every update of a run.
std::vector<std::vector<oracle::ByProjection>> weights_by_update(const Spec& spec, TransportKind transport) {
  std::vector<std::vector<oracle::ByProjection>> weights(spec.rules.size());
  run(spec, {.transport = transport, .threads = 1, .watch = [&](const Moment& moment) {
               if (moment.present != nullptr) weights[moment.done.outcomes.size()].push_back(moment.state().weights);
             }});
  return weights;
}

TEST(Evaluation, HasTheLossesOfTheWeightsAtItsUpdates) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const Spec spec = evaluated(seed, 2);
    const auto& trials = std::get<RecordedTask>(spec.task).evaluation_trials;
    for (const TransportKind transport : kTransports) {
      const RunResult result = run_with(spec, transport);
      const auto weights = weights_by_update(spec, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        const Outcome& outcome = result.outcomes[k];
        if (outcome.kind == RuleKind::kNone) {
          EXPECT_TRUE(outcome.evaluations.empty());
          continue;
        }
        std::vector<std::int64_t> updates;
        for (const Evaluation& evaluation : outcome.evaluations) {
          updates.push_back(evaluation.update);
          const auto at = static_cast<std::size_t>(evaluation.update);
          double sum = 0;
          for (const double loss : oracle::losses_of(spec, weights[k].at(at), trials)) sum += loss;
          const double expected = sum / static_cast<double>(trials.size());
          ASSERT_NEAR(evaluation.loss, expected, 1e-12 * std::max(expected, 1e-6))
              << name(transport) << ", " << outcome.rule << " at " << evaluation.update << " of " << describe(spec);
        }
        EXPECT_EQ(updates, (std::vector<std::int64_t>{0, 2, 4, 5}));
      }
    }
  }
}

/// Onto `rows` targets, from `cols` sources, three in four of them.
SparseMatrix most_of(std::int32_t rows, std::int32_t cols) {
  SparseMatrix matrix{.rows = rows, .cols = cols};
  for (std::int32_t i = 0; i < rows; ++i) {
    for (std::int32_t j = 0; j < cols; ++j) {
      if ((i + j) % 4 == 3) continue;
      matrix.row.push_back(i);
      matrix.col.push_back(j);
      matrix.values.push_back(0.01 * ((i * 7 + j * 3) % 11 - 5));
    }
  }
  return matrix;
}

// Threads that share out sparse sending lay weights out for themselves: those of now.
TEST(Evaluation, OverSparseSynapsesIsTheSameForThreads) {
  constexpr std::int32_t kUnits = 300;
  Spec spec = small_model({.inputs = 2, .units = kUnits, .readouts = 1, .ticks = 4},
                          {.activation = Activation::kTanh, .loss = Loss::kSequence}, 1);
  for (ProjectionSpec& projection : spec.network.projections) {
    const auto size = [&](std::int32_t p) { return spec.network.populations[static_cast<std::size_t>(p)].size; };
    projection.weights = most_of(size(projection.target), size(projection.source));
    projection.learning_rate = 0.01;
  }
  spec.rules = {rule_spec(RuleKind::kBptt)};
  spec.training.updates = 3;
  auto& recorded = std::get<RecordedTask>(spec.task);
  recorded.evaluation_trials = {recorded.trials.front()};
  spec.training.evaluation = EvaluationSpec{1, 1};
  const Outcome one = run_with(spec, TransportKind::kBatched, 1).outcomes.front();
  const Outcome three = run_with(spec, TransportKind::kBatched, 3).outcomes.front();
  EXPECT_EQ(one.evaluations, three.evaluations);
  EXPECT_NE(one.evaluations.front().loss, one.evaluations.back().loss);
}

TEST(Evaluation, ChangesNothingElseByABit) {
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    Spec spec = evaluated(seed, 1);
    if (seed % 3 == 0) {
      spec.training.carry_state = true;
      spec.precision = Precision::kFloat32;
    }
    Spec plain = spec;
    plain.training.evaluation.reset();
    if (auto* recorded = std::get_if<RecordedTask>(&plain.task)) recorded->evaluation_trials.clear();
    for (const TransportKind transport : kTransports) {
      const RunResult with = run_with(spec, transport);
      const RunResult without = run_with(plain, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        ASSERT_TRUE(identical(with.outcomes[k], without.outcomes[k])) << name(transport) << " of " << describe(spec);
        EXPECT_TRUE(without.outcomes[k].evaluations.empty());
      }
    }
  }
}

TEST(Evaluation, IsTheSameForAnyThreads) {
  const Spec spec = evaluated(3, 1);
  for (const TransportKind transport : kTransports) {
    const RunResult one = run_with(spec, transport, 1);
    const RunResult many = run_with(spec, transport, 3);
    for (std::size_t k = 0; k < spec.rules.size(); ++k)
      EXPECT_EQ(one.outcomes[k].evaluations, many.outcomes[k].evaluations);
  }
}

TEST(Evaluation, ComesAtTheEndOfARunThatStopsEarlyToo) {
  Spec spec = evaluated(2, 2);
  spec.training.updates = 50;
  spec.training.stop = StopSpec{.loss_below = 1e9, .patience = {}, .improvement = 0, .mean_of = 3};
  const RunResult result = run_with(spec, TransportKind::kBatched);
  for (const Outcome& outcome : result.outcomes) {
    if (outcome.kind == RuleKind::kNone) continue;
    ASSERT_EQ(outcome.updates, 3);
    ASSERT_EQ(outcome.evaluations.size(), 3U);
    EXPECT_EQ(outcome.evaluations.back().update, 3);
  }
}

/// A student and its teacher: two inputs, three rate neurons, one readout, four ticks.
Spec taught_model() {
  Spec spec = small_model({2, 3, 1, 4}, {}, 5);
  spec.task = StudentTeacherTask{small_model({2, 3, 1, 4}, {}, 6).network};
  return spec;
}

Spec drawn_model() {
  Spec spec = taught_model();
  spec.task = DrawnTask{{{0, WhiteNoiseSpec{}}}, 0, {SinesSpec{{4, 2}}}};
  return spec;
}

/// Drawn held-out trials are not among those of a run, and are the same each time.
TEST(Evaluation, OfDrawnTrialsShowsOthers) {
  Spec spec = taught_model();
  spec.training.batch = 2;
  Task learning(spec);
  Task held_out(spec, 3, Shown::kEvaluation);
  Batch<double> shown = make_batch<double>(4, 2, 1, 2);
  Batch<double> kept = make_batch<double>(4, 2, 1, 3);
  held_out.fill(0, kept);
  const Column<double> first = kept.input;
  for (std::int64_t update = 0; update < 50; ++update) {
    learning.fill(update, shown);
    for (const double value : shown.input) EXPECT_EQ(std::ranges::find(first, value), first.end());
  }
  held_out.fill(1, kept);
  EXPECT_NE(kept.input, first);
  held_out.fill(0, kept);
  EXPECT_EQ(kept.input, first);
}

/// The inputs of a held-out trial do not depend on the number of trials that are evaluated or
/// learnt from at once.
TEST(Evaluation, OfDrawnTrialsKnowsNoBatch) {
  for (Spec spec : {taught_model(), drawn_model()}) {
    Task single(spec, 1, Shown::kEvaluation);
    Batch<double> one = make_batch<double>(4, 2, 1, 1);
    for (const std::int32_t learnt : {1, 2, 7}) {
      spec.training.batch = learnt;
      for (const std::int32_t lanes : {1, 3, 32}) {
        Task abreast(spec, lanes, Shown::kEvaluation);
        Batch<double> many = make_batch<double>(4, 2, 1, lanes);
        abreast.fill(1, many);
        for (std::int32_t lane = 0; lane < lanes; ++lane) {
          single.fill(lanes + lane, one);
          for (std::size_t k = 0; k < one.input.size(); ++k)
            ASSERT_EQ(many.input[k * static_cast<std::size_t>(lanes) + static_cast<std::size_t>(lane)], one.input[k]);
          for (std::size_t k = 0; k < one.target.size(); ++k)
            ASSERT_DOUBLE_EQ(many.target[k * static_cast<std::size_t>(lanes) + static_cast<std::size_t>(lane)],
                             one.target[k]);
        }
      }
    }
  }
}

TEST(Evaluation, OfWeightsThatHaveNotLearntIsTheSameForAnyBatch) {
  for (Spec spec : {taught_model(), drawn_model()}) {
    spec.rules = {rule_spec(RuleKind::kBptt)};
    spec.training.updates = 1;
    for (const std::int64_t trials : {1, 5, 40}) {
      spec.training.evaluation = EvaluationSpec{1, trials};
      std::vector<double> losses;
      for (const std::int32_t batch : {1, 2, 16}) {
        spec.training.batch = batch;
        for (const TransportKind transport : kTransports)
          losses.push_back(run_with(spec, transport).outcomes.at(0).evaluations.at(0).loss);
      }
      EXPECT_GT(losses.front(), 0);
      for (const double loss : losses) EXPECT_DOUBLE_EQ(loss, losses.front()) << trials << " trials";
    }
  }
}

}  // namespace
}  // namespace locus
