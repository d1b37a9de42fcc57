#include "tests/task/synthetic_tasks.h"

#include <gtest/gtest.h>

#include "sim/task/task.h"

namespace locus {

Spec synthetic_spec(SyntheticKind kind, std::int32_t readouts, std::int32_t ticks) {
  Spec spec;
  spec.name = "synthetic";
  spec.seed = 11;
  const SyntheticTask task{std::move(kind)};
  const auto inputs = static_cast<std::int32_t>(form_of(task).inputs);
  spec.task = task;
  spec.network.populations = {{.name = "in", .kind = PopulationKind::kInput, .size = inputs},
                              {.name = "one", .kind = PopulationKind::kRate, .size = 1, .initial = {1}},
                              {.name = "out", .kind = PopulationKind::kReadout, .size = readouts}};
  spec.network.projections = {{.name = "W", .source = 1, .target = 1, .weights = ConstantWeights{1}, .plastic = false},
                              {.name = "A", .source = 1, .target = 2, .weights = ConstantWeights{0}}};
  spec.training = {.loss = Loss::kSequence, .ticks = ticks, .learning_rate = 0};
  fill_in(task, true, spec.training);
  return spec;
}

std::vector<NamedTask> every_task() {
  return {
      {"add", AddTask{.first_lag = 2, .second_lag = 3, .probability = 0.3}, 2, 12},
      {"add, held", AddTask{.first_lag = 2, .second_lag = 2, .hold = 2}, 2, 12},
      {"add, coins", AddTask{.first_lag = 1, .second_lag = 3, .coin = true}, 2, 12},
      {"copy", CopyTask{.symbols = 3, .length = 3, .delay = 1}, 3},
      {"flip_flop", FlipFlopTask{.bits = 2, .probability = 0.3}, 2, 10},
      {"delayed_match", DelayedMatchTask{3, 1, 2, 2, 1, 2}, 2},
      {"delayed_match, signed", DelayedMatchTask{2, 0, 1, 1, 1, 2}, 1},
      {"delayed_xor", DelayedXorTask{1, 2, 2, 1, 3}, 2},
      {"delayed_xor, signed", DelayedXorTask{0, 1, 0, 0, 2}, 1},
      {"ready_set_go", ReadySetGoTask{3, 6, 1.5, 3, 2, 2}, 1},
      {"evidence",
       EvidenceTask{
           .cues = 3, .cue_ticks = 4, .gap_ticks = 1, .delay_ticks = 2, .recall_ticks = 3, .group = 2, .rate_hz = 200, .background_hz = 100},
       2},
      {"evidence, rates",
       EvidenceTask{.cues = 3, .cue_ticks = 2, .gap_ticks = 0, .delay_ticks = 0, .recall_ticks = 2, .group = 1, .rates = true},
       1},
      {"mackey_glass", MackeyGlassTask{.horizon = 4, .starts = 300}, 1, 15},
  };
}

ShownTrial shown_trial(const Spec& spec, std::int64_t trial) {
  const std::int32_t inputs = spec.network.populations.front().size;
  const std::int32_t readouts = spec.network.populations.back().size;
  Batch<double> batch = make_batch<double>(spec.training.ticks, inputs, readouts, 1);
  std::fill(batch.input.begin(), batch.input.end(), 99.0);
  std::fill(batch.target.begin(), batch.target.end(), 99.0);
  Task(spec, 1).fill(trial, batch);
  return {
      batch.ticks, inputs, readouts, {batch.input.begin(), batch.input.end()}, {batch.target.begin(), batch.target.end()}};
}

void expect_choice(const ShownTrial& shown, int chosen, int first) {
  for (int t = 1; t <= shown.ticks; ++t) {
    for (int k = 0; k < shown.readouts; ++k) {
      const double answer = shown.readouts == 1 ? (chosen == 0 ? 1 : -1) : (k == chosen ? 1 : 0);
      EXPECT_EQ(shown.y(t, k), t >= first ? answer : 0) << "tick " << t;
    }
  }
}

}  // namespace locus
