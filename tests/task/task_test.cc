// The inputs of a network: recorded trials in their order, white noise that depends only on its
// key, targets of a teacher computed by hand.
#include "sim/task/task.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/random.h"
#include "sim/model/realise.h"

namespace locus {
namespace {

double input(const Batch<double>& batch, int tick, int neuron, int lane) {
  return batch.input_at(tick)[neuron * batch.lanes + lane];
}
double target(const Batch<double>& batch, int tick, int neuron, int lane) {
  return batch.target_at(tick)[neuron * batch.lanes + lane];
}

/// Trial k of two ticks, two inputs, one readout: inputs 100 k + 10 tick + neuron, targets their
/// negative tick.
RecordedTrial trial(int k) {
  RecordedTrial trial;
  DenseMatrix shown{2, 2, {}};
  for (int tick = 1; tick <= 2; ++tick) {
    for (int neuron = 0; neuron < 2; ++neuron) shown.values.push_back(100 * k + 10 * tick + neuron);
  }
  trial.input = shown;
  trial.target = DenseMatrix{2, 1, {-100.0 * k - 1, -100.0 * k - 2}};
  return trial;
}

Spec recorded(std::vector<RecordedTrial> trials, std::int32_t batch) {
  Spec spec;
  spec.network.populations = {{"in", PopulationKind::kInput, 2}, {"out", PopulationKind::kReadout, 1}};
  spec.task = RecordedTask{std::move(trials)};
  spec.training.ticks = 2;
  spec.training.batch = batch;
  return spec;
}

/// The trials that lanes show in turn, so many of them.
std::vector<int> shown_trials(const Spec& spec, std::size_t count) {
  Task task(spec);
  Batch<double> batch = make_batch<double>(2, 2, 1, spec.training.batch);
  std::vector<int> shown;
  for (std::int64_t update = 0; shown.size() < count; ++update) {
    task.fill(update, batch);
    for (int lane = 0; lane < spec.training.batch; ++lane)
      shown.push_back(static_cast<int>((input(batch, 1, 0, lane) - 10) / 100));
  }
  shown.resize(count);
  return shown;
}

TEST(Recorded, IsShuffledAnewInEachEpochWhateverTheBatch) {
  constexpr int kTrials = 7;
  std::vector<RecordedTrial> trials;
  for (int k = 0; k < kTrials; ++k) trials.push_back(trial(k));
  Spec spec = recorded(trials, 1);
  std::get<RecordedTask>(spec.task).shuffle = true;
  spec.seed = 3;
  const std::vector<int> alone = shown_trials(spec, 6 * kTrials);
  std::set<std::vector<int>> orders;
  for (int epoch = 0; epoch < 6; ++epoch) {
    std::vector<int> order(alone.begin() + epoch * kTrials, alone.begin() + (epoch + 1) * kTrials);
    orders.insert(order);
    std::ranges::sort(order);
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6})) << "epoch " << epoch;
  }
  EXPECT_GE(orders.size(), 5U);
  for (const std::int32_t batch : {2, 3, 7, 20}) {
    spec.training.batch = batch;
    EXPECT_EQ(shown_trials(spec, alone.size()), alone) << "batches of " << batch;
  }
  Task task(spec);  // an update shows the same whatever was shown before: a run may go on from it
  Batch<double> batch = make_batch<double>(2, 2, 1, 20);
  task.fill(1, batch);
  for (int lane = 0; lane < 20; ++lane)
    EXPECT_EQ(input(batch, 1, 0, lane), 100 * alone[static_cast<std::size_t>(20 + lane)] + 10);
  spec.seed = 4;
  EXPECT_NE(shown_trials(spec, alone.size()), alone);
}

/// Uniform: over many epochs each trial stands at each place as often.
TEST(Recorded, ShufflesEvenly) {
  constexpr int kEpochs = 3000;
  Spec spec = recorded({trial(0), trial(1), trial(2)}, 1);
  std::get<RecordedTask>(spec.task).shuffle = true;
  const std::vector<int> shown = shown_trials(spec, 3 * kEpochs);
  int at[3][3] = {};
  for (std::size_t k = 0; k < shown.size(); ++k) ++at[k % 3][shown[k]];
  for (const auto& place : at) {
    for (const int count : place) EXPECT_NEAR(count, kEpochs / 3, 5 * std::sqrt(kEpochs * 2 / 9.0));
  }
}

TEST(Recorded, BeginsShorterTrialsLateAndWeighsTheirErrors) {
  RecordedTrial late = trial(1);
  std::get<DenseMatrix>(late.input) = {1, 2, {5, 6}};
  late.target = {1, 1, {7}};
  RecordedTrial masked = trial(2);
  masked.mask = {2, 1, {0, 3}};
  RecordedTrial chosen = late;
  chosen.target = {};
  chosen.label = 0;
  Spec spec = recorded({trial(0), late, masked, chosen}, 4);
  spec.training.loss = Loss::kSequence;
  Task task(spec);
  Batch<double> batch = make_batch<double>(2, 2, 1, 4);
  task.prepare(batch);
  task.fill(0, batch);
  EXPECT_EQ(input(batch, 1, 0, 1), 0);
  EXPECT_EQ(input(batch, 2, 0, 1), 5);
  EXPECT_EQ(input(batch, 2, 1, 1), 6);
  EXPECT_EQ(target(batch, 2, 0, 1), 7);
  EXPECT_EQ(target(batch, 2, 0, 3), 1);
  const auto weight = [&](int tick, int lane) { return batch.weight_at(tick)[lane]; };
  EXPECT_EQ(weight(1, 0), 1);
  EXPECT_EQ(weight(2, 0), 1);
  EXPECT_EQ(weight(1, 1), 0);
  EXPECT_EQ(weight(2, 1), 2) << "a mean over one tick in place of two";
  EXPECT_EQ(weight(1, 2), 0);
  EXPECT_EQ(weight(2, 2), 6);
  EXPECT_EQ(batch.labels, (std::vector<std::int32_t>{kNoClass, kNoClass, kNoClass, 0}));
}

TEST(Recorded, ShowsTrialsInOrderAndBeginsAgain) {
  const Spec spec = recorded({trial(0), trial(1), trial(2)}, 2);
  Task task(spec);
  Batch<double> batch = make_batch<double>(2, 2, 1, 2);
  const int shown[3][2] = {{0, 1}, {2, 0}, {1, 2}};  // trial by update and lane
  for (int update = 0; update < 3; ++update) {
    task.fill(update, batch);
    for (int lane = 0; lane < 2; ++lane) {
      for (int tick = 1; tick <= 2; ++tick) {
        for (int neuron = 0; neuron < 2; ++neuron) {
          EXPECT_EQ(input(batch, tick, neuron, lane), 100 * shown[update][lane] + 10 * tick + neuron);
        }
        EXPECT_EQ(target(batch, tick, 0, lane), -100 * shown[update][lane] - tick);
      }
    }
  }
}

TEST(Recorded, SparseInputIsTheEntriesAndZero) {
  RecordedTrial first = trial(0);
  RecordedTrial second = trial(1);
  first.input = SparseMatrix{2, 2, {1, 0}, {0, 1}, {5, 7}};
  const Spec spec = recorded({second, first}, 1);
  Task task(spec);
  Batch<double> batch = make_batch<double>(2, 2, 1, 1);
  task.fill(0, batch);
  task.fill(1, batch);  // nothing of the dense trial remains
  EXPECT_EQ((std::vector<double>(batch.input.begin(), batch.input.end())), (std::vector<double>{0, 7, 5, 0}));
}

TEST(Recorded, NeedsNoTarget) {
  RecordedTrial bare = trial(1);
  bare.target = {};
  const Spec spec = recorded({trial(0), bare}, 1);
  Task task(spec);
  Batch<float> batch = make_batch<float>(2, 2, 1, 1);
  task.fill(0, batch);
  EXPECT_EQ(batch.target_at(2)[0], -2.0F);
  task.fill(1, batch);
  EXPECT_EQ(batch.target_at(2)[0], 0.0F);
  EXPECT_EQ(batch.input_at(2)[1], 121.0F);
}

/// A teacher with two rate populations of different phi and leak, dense and sparse projections; two
/// inputs, two readouts in two populations.
NetworkSpec two_population_teacher() {
  NetworkSpec teacher;
  teacher.populations = {{"slow", PopulationKind::kRate, 2, Activation::kTanh, 0.25},
                         {"in", PopulationKind::kInput, 2},
                         {"left", PopulationKind::kReadout, 1},
                         {"fast", PopulationKind::kRate, 1, Activation::kRelu, 1.0},
                         {"right", PopulationKind::kReadout, 1}};
  const auto projection = [](std::string name, int source, int target, WeightsSpec weights) {
    return ProjectionSpec{std::move(name), source, target, std::move(weights), true, {}};
  };
  teacher.projections = {projection("slow_slow", 0, 0, SparseMatrix{2, 2, {1, 0}, {0, 0}, {0.5, -0.25}}),
                         projection("in_slow", 1, 0, DenseMatrix{2, 2, {1, 2, -1, 0.5}}),
                         projection("in_fast", 1, 3, DenseMatrix{1, 2, {0.75, -0.5}}),
                         projection("slow_fast", 0, 3, DenseMatrix{1, 2, {1.5, -2}}),
                         projection("fast_slow", 3, 0, DenseMatrix{2, 1, {0.3, 0.6}}),
                         projection("slow_left", 0, 2, DenseMatrix{1, 2, {1, -3}}),
                         projection("fast_right", 3, 4, SparseMatrix{1, 1, {0}, {0}, {2}})};
  return teacher;
}

Spec student_teacher(NetworkSpec teacher, std::int32_t batch, Loss loss) {
  Spec spec;
  spec.seed = 11;
  spec.network.populations = {{"in", PopulationKind::kInput, 2}, {"out", PopulationKind::kReadout, 2}};
  spec.task = StudentTeacherTask{std::move(teacher)};
  spec.training.ticks = 4;
  spec.training.batch = batch;
  spec.training.loss = loss;
  return spec;
}

TEST(StudentTeacher, InputsAreNormalNumbersOfTheirKey) {
  const Spec spec = student_teacher(two_population_teacher(), 3, Loss::kFinal);
  Task task(spec);
  Batch<double> batch = make_batch<double>(4, 2, 2, 3);
  task.fill(5, batch);
  const RandomKey key = random_key(11, "input");
  for (int lane = 0; lane < 3; ++lane) {
    for (int tick = 1; tick <= 4; ++tick) {
      for (int neuron = 0; neuron < 2; ++neuron) {
        EXPECT_EQ(input(batch, tick, neuron, lane),
                  normal_at(key, static_cast<std::uint64_t>(15 + lane), static_cast<std::uint64_t>(tick),
                            static_cast<std::uint64_t>(neuron)));
      }
    }
  }
}

TEST(StudentTeacher, TargetsAreTheTeachersReadout) {
  const Spec spec = student_teacher(two_population_teacher(), 2, Loss::kSequence);
  Task task(spec);
  Batch<double> batch = make_batch<double>(4, 2, 2, 2);
  task.fill(0, batch);
  for (int update = 0; update < 2; ++update) {  // the second trial begins at h_0 = 0 again
    task.fill(update, batch);
    for (int lane = 0; lane < 2; ++lane) {
      double slow[2] = {0, 0};
      double fast = 0;
      for (int tick = 1; tick <= 4; ++tick) {
        const double x[2] = {input(batch, tick, 0, lane), input(batch, tick, 1, lane)};
        const double current[2] = {x[0] + 2 * x[1] - 0.25 * slow[0] + 0.3 * fast,
                                   -x[0] + 0.5 * x[1] + 0.5 * slow[0] + 0.6 * fast};
        const double current_fast = 0.75 * x[0] - 0.5 * x[1] + 1.5 * slow[0] - 2 * slow[1];
        for (int i = 0; i < 2; ++i) slow[i] = 0.75 * slow[i] + 0.25 * std::tanh(current[i]);
        fast = std::max(current_fast, 0.0);
        EXPECT_NEAR(target(batch, tick, 0, lane), slow[0] - 3 * slow[1], 1e-14);
        EXPECT_NEAR(target(batch, tick, 1, lane), 2 * fast, 1e-14);
      }
    }
  }
}

TEST(StudentTeacher, TargetsOfTicksWithoutAnErrorAreNotComputed) {
  const Spec spec = student_teacher(two_population_teacher(), 1, Loss::kFinal);
  Task task(spec);
  Batch<double> batch = make_batch<double>(4, 2, 2, 1);
  task.fill(0, batch);
  for (int tick = 1; tick <= 3; ++tick) EXPECT_EQ(target(batch, tick, 0, 0), 0);
  EXPECT_NE(target(batch, 4, 0, 0), 0);
}

TEST(StudentTeacher, ATrialDoesNotDependOnTheBatchThatItIsIn) {
  const Spec one = student_teacher(two_population_teacher(), 1, Loss::kSequence);
  const Spec six = student_teacher(two_population_teacher(), 6, Loss::kSequence);
  Task alone(one);
  Task together(six);
  Batch<double> small = make_batch<double>(4, 2, 2, 1);
  Batch<double> large = make_batch<double>(4, 2, 2, 6);
  together.fill(1, large);
  for (int lane = 0; lane < 6; ++lane) {
    alone.fill(6 + lane, small);
    for (int tick = 1; tick <= 4; ++tick) {
      for (int neuron = 0; neuron < 2; ++neuron) {
        EXPECT_EQ(input(small, tick, neuron, 0), input(large, tick, neuron, lane));
        EXPECT_NEAR(target(small, tick, neuron, 0), target(large, tick, neuron, lane), 1e-13);
      }
    }
  }
}

TEST(StudentTeacher, InFloatTeacherAndStudentSeeTheSameInput) {
  // A teacher whose output is its first input.
  NetworkSpec teacher;
  teacher.populations = {
      {"in", PopulationKind::kInput, 2}, {"rec", PopulationKind::kRate, 1}, {"out", PopulationKind::kReadout, 1}};
  teacher.projections = {{"B", 0, 1, DenseMatrix{1, 2, {1, 0}}, true, {}}, {"A", 1, 2, DenseMatrix{1, 1, {1}}, true, {}}};
  Spec spec = student_teacher(teacher, 1, Loss::kSequence);
  spec.network = teacher;
  Task task(spec);
  Batch<float> batch = make_batch<float>(4, 2, 1, 1);
  task.fill(0, batch);
  for (int tick = 1; tick <= 4; ++tick) EXPECT_EQ(batch.target_at(tick)[0], batch.input_at(tick)[0]);
}

TEST(StudentTeacher, DrawnTeacherWeightsComeFromTheModelsSeed) {
  NetworkSpec teacher;
  teacher.populations = {
      {"in", PopulationKind::kInput, 1}, {"rec", PopulationKind::kRate, 1}, {"out", PopulationKind::kReadout, 1}};
  teacher.projections = {{"B", 0, 1, GaussianWeights{1}, true, {}}, {"A", 1, 2, DenseMatrix{1, 1, {1}}, true, {}}};
  Spec spec = student_teacher(teacher, 1, Loss::kSequence);
  spec.network = teacher;
  double weights[2];
  for (const std::uint64_t seed : {1U, 2U}) {
    spec.seed = seed;
    Task task(spec);
    Batch<double> batch = make_batch<double>(4, 1, 1, 1);
    task.fill(0, batch);
    weights[seed - 1] = target(batch, 1, 0, 0) / input(batch, 1, 0, 0);
    EXPECT_NEAR(weights[seed - 1], normal_at(random_key(seed, "teacher/B"), 0, 0, 0), 1e-14);
  }
  EXPECT_NE(weights[0], weights[1]);
}

}  // namespace
}  // namespace locus
