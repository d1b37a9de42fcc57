// The figures that tasks are compared with: means and losses that are computed from a task's
// definition are those of many of its trials.
#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "sim/run/run.h"
#include "sim/task/task.h"
#include "tests/task/synthetic_tasks.h"

namespace locus {
namespace {

constexpr int kMany = 20000;

/// The targets of many trials, all in one batch.
Batch<double> many_trials(Spec spec) {
  spec.training.batch = kMany;
  const SyntheticTask& task = std::get<SyntheticTask>(spec.task);
  const std::int32_t readouts = spec.network.populations.back().size;
  Batch<double> batch =
      make_batch<double>(spec.training.ticks, static_cast<std::int32_t>(form_of(task).inputs), readouts, kMany);
  Task(spec).fill(0, batch);
  return batch;
}

/// The loss of each trial where the readouts are `outputs` at every tick.
std::vector<double> losses_of(const TrainingSpec& training, const Batch<double>& batch, const std::vector<double>& outputs) {
  std::vector<double> losses(static_cast<std::size_t>(batch.lanes));
  const int first = training.loss == Loss::kFinal ? training.ticks
                    : training.window > 0         ? training.ticks - training.window + 1
                                                  : training.warmup + 1;
  const int window = training.ticks - first + 1;
  double sum = 0;
  for (const double output : outputs) sum += std::exp(output);
  for (int t = first; t <= training.ticks; ++t) {
    for (int k = 0; k < batch.readouts; ++k) {
      for (int lane = 0; lane < batch.lanes; ++lane) {
        const double target = batch.target_at(t)[k * batch.lanes + lane];
        const double output = outputs[static_cast<std::size_t>(k)];
        double part = (output - target) * (output - target) / 2;
        if (training.loss == Loss::kCrossEntropy) part = -target * (output - std::log(sum));
        if (training.loss != Loss::kSum) part /= window;
        losses[static_cast<std::size_t>(lane)] += part;
      }
    }
  }
  return losses;
}

struct Estimate {
  double mean = 0;
  double error = 0;  // standard deviation of the mean
};
Estimate estimate_of(const std::vector<double>& values) {
  double sum = 0, squares = 0;
  for (const double value : values) sum += value;
  const double count = static_cast<double>(values.size());
  for (const double value : values) squares += (value - sum / count) * (value - sum / count);
  return {sum / count, std::sqrt(squares / count / count)};
}

/// The mean target of each readout over the ticks with an error, or its logarithm.
std::vector<double> best_outputs(const TrainingSpec& training, const Batch<double>& batch) {
  std::vector<double> outputs;
  const int window = window_of(training);
  for (int k = 0; k < batch.readouts; ++k) {
    double sum = 0;
    for (int t = batch.ticks - window + 1; t <= batch.ticks; ++t) {
      for (int lane = 0; lane < batch.lanes; ++lane) sum += batch.target_at(t)[k * batch.lanes + lane];
    }
    const double mean = sum / window / batch.lanes;
    outputs.push_back(training.loss == Loss::kCrossEntropy ? std::log(mean) : mean);
  }
  return outputs;
}

std::vector<Loss> losses_for(const NamedTask& named) {
  std::vector<Loss> losses = {Loss::kFinal, Loss::kSequence, Loss::kSum};
  const bool is_distribution = named.readouts > 1 && !named.name.starts_with("flip_flop");
  if (is_distribution) losses.push_back(Loss::kCrossEntropy);
  return losses;
}

/// The mean over 20,000 trials differs from the exact loss by at most five standard deviations of
/// that mean (a false alarm in 10^6 of each of some fifty figures), and by what the best outputs of
/// a sample are better than those of all trials: at most a ten-thousandth.
TEST(TaskFigures, ConstantLossIsThatOfManyTrials) {
  for (const NamedTask& named : every_task()) {
    Spec spec = synthetic_spec(named.kind, named.readouts, named.ticks);
    const Batch<double> batch = many_trials(spec);
    for (const Loss loss : losses_for(named)) {
      SCOPED_TRACE(named.name + ", loss " + std::string(name(loss)));
      spec.training.loss = loss;
      spec.training.warmup = 0;
      fill_in(std::get<SyntheticTask>(spec.task), true, spec.training);
      const Estimate seen = estimate_of(losses_of(spec.training, batch, best_outputs(spec.training, batch)));
      const std::optional<double> exact = figures_of(spec).constant_loss;
      ASSERT_TRUE(exact);
      EXPECT_TRUE(*exact > 0 || loss == Loss::kFinal);
      EXPECT_NEAR(seen.mean, *exact, 5 * seen.error + 1e-4 * *exact);
    }
  }
}

/// The program's loss is the same, where a rate neuron that is always 1 lets the readouts be
/// constant.
TEST(TaskFigures, ConstantLossIsWhatARunReports) {
  for (const NamedTask& named : every_task()) {
    Spec spec = synthetic_spec(named.kind, named.readouts, named.ticks);
    const Batch<double> batch = many_trials(spec);
    spec.training.batch = 2000;
    spec.rules = {{.name = "bptt", .kind = RuleKind::kBptt}};
    for (const Loss loss : losses_for(named)) {
      SCOPED_TRACE(named.name + ", loss " + std::string(name(loss)));
      spec.training.loss = loss;
      spec.training.warmup = 0;
      fill_in(std::get<SyntheticTask>(spec.task), true, spec.training);
      const std::vector<double> outputs = best_outputs(spec.training, batch);
      spec.network.projections[1].weights = DenseMatrix{std::ssize(outputs), 1, outputs};
      const double reported = run(spec, {.threads = 1}).outcomes.at(0).losses.at(0);
      std::vector<double> losses = losses_of(spec.training, batch, outputs);
      losses.resize(2000);  // the trials of the run
      EXPECT_NEAR(reported, estimate_of(losses).mean, 1e-12 * reported + 1e-15);
    }
  }
}

TEST(TaskFigures, OfFrozenPatternsAreThoseOfTheirTrials) {
  Spec spec = synthetic_spec(FlipFlopTask{.bits = 2, .probability = 0.3}, 2, 10);
  std::get<SyntheticTask>(spec.task).patterns = 3;
  double loss = 0;
  for (int k = 0; k < 2; ++k) {
    double sum = 0, squares = 0;
    for (int trial = 0; trial < 3; ++trial) {
      const ShownTrial shown = shown_trial(spec, trial);
      for (int t = 1; t <= 10; ++t) sum += shown.y(t, k) / 30, squares += shown.y(t, k) * shown.y(t, k) / 30;
    }
    loss += (squares - sum * sum) / 2;
  }
  EXPECT_NEAR(figures_of(spec).constant_loss.value(), loss, 1e-14);
}

/// The entropies of the add task that the literature draws beside its curves: 0.66, 0.52, 0.45.
TEST(TaskFigures, LandmarksOfTheAddTask) {
  const TaskFigures figures = figures_of(synthetic_spec(AddTask{}, 2));
  ASSERT_EQ(figures.landmarks.size(), 3U);
  EXPECT_NEAR(figures.landmarks[0].loss, 0.6616, 5e-5);
  EXPECT_NEAR(figures.landmarks[1].loss, 0.5192, 5e-5);
  EXPECT_NEAR(figures.landmarks[2].loss, 0.4545, 5e-5);
}

TEST(TaskFigures, ChanceLevels) {
  for (const NamedTask& named : every_task()) {
    const std::optional<double> chance = figures_of(synthetic_spec(named.kind, named.readouts, named.ticks)).chance;
    if (named.name == "copy") {
      EXPECT_EQ(chance, 1.0 / 3);
    } else if (named.name.starts_with("add") || named.name == "ready_set_go" || named.name == "mackey_glass") {
      EXPECT_FALSE(chance) << named.name;
    } else {
      EXPECT_EQ(chance, 0.5) << named.name;
    }
  }
}

TEST(TaskFigures, AreForSyntheticTasksOnly) {
  Spec spec = synthetic_spec(AddTask{}, 2);
  spec.task = RecordedTask{};
  EXPECT_FALSE(figures_of(spec).constant_loss);
  EXPECT_TRUE(figures_of(spec).landmarks.empty());
}

}  // namespace
}  // namespace locus
