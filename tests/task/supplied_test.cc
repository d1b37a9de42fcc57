// Trials that a program supplies: they are those that its function wrote, in the order of a batch;
// a run of them is the run of the same trials as recorded ones; what is wrong is named.
#include "sim/task/supplied.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/check.h"
#include "sim/model/load.h"
#include "sim/report/resume.h"
#include "sim/run/run.h"
#include "sim/task/task.h"

namespace locus {
namespace {

constexpr const char* kModel = R"(
  seed: 4
  network {
    populations { name: "one" size: 1 input { constant: 1 } }
    populations { name: "in" size: 2 input {} }
    populations { name: "rec" size: 4 rate { activation: TANH leak: 0.4 } }
    populations { name: "out" size: 3 readout {} }
    projections { name: "b" source: "one" target: "rec" weights { gaussian { gain: 1 } } }
    projections { name: "B" source: "in" target: "rec" weights { gaussian { gain: 1 } } }
    projections { name: "W" source: "rec" target: "rec" weights { gaussian { gain: 1 } } }
    projections { name: "A" source: "rec" target: "out" weights { gaussian { gain: 1 } } }
  }
  task { recorded { trials { input { rows: 3 cols: 2 values: [0, 0, 0, 0, 0, 0] } class: 0 } } }
  training { loss: CROSS_ENTROPY ticks: 3 batch: 2 updates: 4 learning_rate: 0.1 }
  rules { name: "bptt" bptt {} }
  rules { name: "rflo" rflo {} }
)";

double shown(std::int64_t trial, std::int64_t tick, std::int64_t input) {
  return static_cast<double>((7 * trial + 3 * tick + 5 * input) % 11) / 11 - 0.4;
}
std::int32_t class_of(std::int64_t trial) { return static_cast<std::int32_t>(trial * trial % 3); }

Spec plain() {
  std::vector<Fault> warnings;
  return load_bytes(kModel, "plain.txtpb", warnings);
}

void write_inputs_of(const SuppliedBatch& batch) {
  std::size_t at = 0;
  for (std::int64_t k = 0; k < batch.trials; ++k) {
    for (std::int64_t t = 0; t < batch.ticks; ++t) {
      for (std::int64_t i = 0; i < batch.inputs; ++i) batch.input[at++] = shown(batch.update * batch.trials + k, t, i);
    }
  }
}

Supply of_classes() {
  return [](const SuppliedBatch& batch) {
    write_inputs_of(batch);
    for (std::int32_t k = 0; k < batch.trials; ++k)
      batch.classes[static_cast<std::size_t>(k)] = class_of(batch.update * batch.trials + k);
  };
}

Spec supplied(SuppliedTask task) {
  Spec spec = plain();
  spec.task = std::move(task);
  return spec;
}

std::vector<RecordedTrial> recorded_trials(std::int64_t count, bool classes) {
  std::vector<RecordedTrial> trials;
  for (std::int64_t k = 0; k < count; ++k) {
    RecordedTrial trial{.input = DenseMatrix{3, 2, {}}};
    for (std::int64_t t = 0; t < 3; ++t) {
      for (std::int64_t i = 0; i < 2; ++i) std::get<DenseMatrix>(trial.input).values.push_back(shown(k, t, i));
    }
    if (classes)
      trial.label = class_of(k);
    else
      trial.target = target_of_class(class_of(k), 3, 3);
    trials.push_back(std::move(trial));
  }
  return trials;
}

std::vector<std::string> fingerprints(const Spec& spec, TransportKind transport = TransportKind::kBatched) {
  std::vector<std::string> found;
  for (const Outcome& outcome : run(spec, {.transport = transport}).outcomes) found.push_back(outcome.fingerprint);
  return found;
}

TEST(Supplied, IsTheRunOfTheSameRecordedTrials) {
  Spec recorded = plain();
  recorded.task = RecordedTask{.trials = recorded_trials(8, true)};
  const Spec own = supplied({.fill = of_classes(), .has_classes = true});
  EXPECT_EQ(fingerprints(own), fingerprints(recorded));
  EXPECT_EQ(fingerprints(own, TransportKind::kMailbox), fingerprints(recorded, TransportKind::kMailbox));
  EXPECT_EQ(run(own).outcomes[0].accuracies, run(recorded).outcomes[0].accuracies);

  recorded.task = RecordedTask{.trials = recorded_trials(8, false)};
  const Spec targets = supplied({.fill = [](const SuppliedBatch& batch) {
    write_inputs_of(batch);
    for (std::int32_t k = 0; k < batch.trials; ++k) {
      const std::vector<double> goal = target_of_class(class_of(batch.update * batch.trials + k), 3, 3).values;
      std::ranges::copy(goal, batch.target.begin() + k * 9);
    }
  }});
  EXPECT_EQ(fingerprints(targets), fingerprints(recorded));
}

TEST(Supplied, EvaluationsShowTheHeldOutTrials) {
  Spec recorded = plain();
  recorded.training.evaluation = EvaluationSpec{.every = 2, .trials = 5};
  recorded.task = RecordedTask{.trials = recorded_trials(8, true), .evaluation_trials = recorded_trials(5, true)};
  Spec own = supplied({.fill = of_classes(), .fill_held_out = of_classes(), .has_classes = true});
  own.training.evaluation = recorded.training.evaluation;
  const RunResult a = run(own);
  const RunResult b = run(recorded);
  ASSERT_EQ(a.outcomes[0].evaluations.size(), b.outcomes[0].evaluations.size());
  for (std::size_t k = 0; k < a.outcomes[0].evaluations.size(); ++k) {
    EXPECT_EQ(a.outcomes[0].evaluations[k].loss, b.outcomes[0].evaluations[k].loss);
    EXPECT_EQ(a.outcomes[0].evaluations[k].accuracy, b.outcomes[0].evaluations[k].accuracy);
  }
}

std::int32_t length_of(std::int64_t trial) { return static_cast<std::int32_t>(trial % 5 == 1 ? 3 : 1 + trial % 3); }
double weight_of(std::int64_t trial, std::int64_t tick) { return static_cast<double>((trial + tick) % 3) / 2; }

/// The recorded trials cut to their lengths, with weights of errors.
std::vector<RecordedTrial> uneven_trials(std::int64_t count, bool has_mask, bool has_lengths) {
  std::vector<RecordedTrial> trials = recorded_trials(count, true);
  for (std::int64_t k = 0; k < count; ++k) {
    RecordedTrial& trial = trials[static_cast<std::size_t>(k)];
    auto& input = std::get<DenseMatrix>(trial.input);
    if (has_lengths) input.rows = length_of(k);
    input.values.resize(static_cast<std::size_t>(2 * input.rows));
    if (!has_mask) continue;
    trial.mask = {input.rows, 1, {}};
    for (std::int64_t t = 0; t < input.rows; ++t) trial.mask.values.push_back(weight_of(k, t));
  }
  return trials;
}

/// The same, written by a function; what lies behind a trial's length is no number.
Supply of_uneven_trials() {
  return [](const SuppliedBatch& batch) {
    write_inputs_of(batch);
    for (std::int32_t lane = 0; lane < batch.trials; ++lane) {
      const std::int64_t k = batch.update * batch.trials + lane;
      batch.classes[static_cast<std::size_t>(lane)] = class_of(k);
      const std::int32_t rows = batch.lengths.empty() ? batch.ticks : length_of(k);
      if (!batch.lengths.empty()) batch.lengths[static_cast<std::size_t>(lane)] = rows;
      for (std::int32_t t = 0; t < batch.ticks; ++t) {
        const auto row = static_cast<std::size_t>(lane * batch.ticks + t);
        if (!batch.mask.empty()) std::ranges::fill(batch.mask.subspan(3 * row, 3), weight_of(k, t));
        if (t >= rows) batch.input[2 * row] = std::nan("");
      }
    }
  };
}

TEST(Supplied, MasksAndLengthsAreThoseOfRecordedTrials) {
  for (const auto& [has_mask, has_lengths] : {std::pair(true, false), {false, true}, {true, true}}) {
    Spec recorded = plain();
    recorded.training.loss = Loss::kCrossEntropy;
    recorded.training.window = 2;
    recorded.task = RecordedTask{.trials = uneven_trials(8, has_mask, has_lengths)};
    Spec own =
        supplied({.fill = of_uneven_trials(), .has_classes = true, .has_mask = has_mask, .has_lengths = has_lengths});
    own.training = recorded.training;
    for (const TransportKind transport : {TransportKind::kBatched, TransportKind::kMailbox})
      EXPECT_EQ(fingerprints(own, transport), fingerprints(recorded, transport)) << has_mask << has_lengths;
    recorded.precision = own.precision = Precision::kFloat32;
    EXPECT_EQ(fingerprints(own), fingerprints(recorded)) << has_mask << has_lengths;
    // the weights and the late beginnings are felt
    Spec bare = supplied({.fill = of_classes(), .has_classes = true});
    bare.training = own.training;
    bare.precision = own.precision;
    EXPECT_NE(fingerprints(own), fingerprints(bare));
  }
}

/// The first fault of a run or of a check.
Fault fault_of(const Spec& spec) {
  try {
    run(spec);
  } catch (const ModelError& error) {
    return error.faults().front();
  }
  return {};
}

TEST(Supplied, NamesANumberThatIsNotFiniteAndAClassThatIsNone) {
  const Fault number = fault_of(supplied({.fill =
                                              [](const SuppliedBatch& batch) {
                                                if (batch.update == 1) batch.input[3 * 2 + 2 * 2 + 1] = 1.0 / 0.0;
                                              },
                                          .has_classes = true}));
  EXPECT_EQ(number.field, "task.supplied.x[1, 2, 1]");
  EXPECT_EQ(number.what, "is inf");
  const Fault label =
      fault_of(supplied({.fill = [](const SuppliedBatch& batch) { batch.classes[1] = 3; }, .has_classes = true}));
  EXPECT_EQ(label.field, "task.supplied.y[1]");
  EXPECT_EQ(label.allowed, "must be 0 .. 2");
  EXPECT_EQ(fault_of(supplied({})).field, "task.supplied.fill");
  const auto wrong = [](auto write) {
    return fault_of(supplied({.fill = write, .has_classes = true, .has_mask = true, .has_lengths = true}));
  };
  const Fault length = wrong([](const SuppliedBatch& batch) { batch.lengths[1] = 4; });
  EXPECT_EQ(length.field + " " + length.allowed, "task.supplied.lengths[1] must be 1 .. 3");
  const Fault weight = wrong([](const SuppliedBatch& batch) { batch.mask[3 * 3 + 2 * 3] = -1; });
  EXPECT_EQ(weight.field + " " + weight.allowed, "task.supplied.mask[1, 2, 0] must be at least 0");
  const Fault unequal = wrong([](const SuppliedBatch& batch) { batch.mask[3 * 3 + 2 * 3 + 1] = 0.5; });
  EXPECT_EQ(unequal.field + " " + unequal.allowed,
            "task.supplied.mask[1, 2, 1] must be 1, as of the first readout, under CROSS_ENTROPY");
  Spec carried = supplied({.fill = of_classes(), .has_classes = true, .has_lengths = true});
  carried.training.carry_state = true;
  EXPECT_EQ(fault_of(carried).field, "task.supplied.lengths");
  Spec evaluated = supplied({.fill = of_classes(), .has_classes = true});
  evaluated.training.evaluation = EvaluationSpec{.every = 1, .trials = 1};
  EXPECT_EQ(fault_of(evaluated).field, "task.supplied.fill_held_out");
}

/// The trials of models/rules/rewarded.txtpb, written by a function.
Supply of_rewarded_trials(const RecordedTask& task) {
  return [trials = task.trials](const SuppliedBatch& batch) {
    for (std::int32_t lane = 0; lane < batch.trials; ++lane) {
      const RecordedTrial& trial = trials[static_cast<std::size_t>(lane)];
      const auto& spikes = std::get<SparseMatrix>(trial.input);
      for (std::size_t k = 0; k < spikes.row.size(); ++k)
        batch.input[static_cast<std::size_t>((lane * batch.ticks + spikes.row[k]) * batch.inputs + spikes.col[k])] = 1;
      std::ranges::copy(trial.reward.values, batch.reward.begin() + lane * batch.ticks);
    }
  };
}

TEST(Supplied, RewardsAreThoseOfRecordedTrials) {
  const Spec recorded = load(LOCUS_MODELS "/rules/rewarded.txtpb");
  Spec own = recorded;
  own.task = SuppliedTask{.fill = of_rewarded_trials(std::get<RecordedTask>(recorded.task)), .has_rewards = true};
  for (const TransportKind transport : {TransportKind::kBatched, TransportKind::kMailbox})
    EXPECT_EQ(fingerprints(own, transport), fingerprints(recorded, transport));
  // without a reward nothing is learnt
  Spec silent = own;
  silent.task = SuppliedTask{.fill = [](const SuppliedBatch&) {}, .has_rewards = true};
  EXPECT_NE(fingerprints(silent), fingerprints(recorded));
  Spec none = own;
  none.task = SuppliedTask{.fill = [](const SuppliedBatch&) {}};
  EXPECT_EQ(fault_of(none).what, "gives no rewards");
  Spec infinite = own;
  infinite.task =
      SuppliedTask{.fill = [](const SuppliedBatch& batch) { batch.reward[20 + 3] = 1.0 / 0.0; }, .has_rewards = true};
  EXPECT_EQ(fault_of(infinite).field, "task.supplied.reward[1, 3]");
}

TEST(Supplied, AnExceptionOfTheFunctionReachesTheCaller) {
  const Spec spec = supplied({.fill =
                                  [](const SuppliedBatch& batch) {
                                    if (batch.update == 2) throw std::out_of_range("mine");
                                  },
                              .has_classes = true});
  EXPECT_THROW(run(spec), std::out_of_range);
}

TEST(Supplied, HasNoCheckpoint) {
  const Spec spec = supplied({.fill = of_classes(), .has_classes = true});
  const auto file = std::filesystem::temp_directory_path() / "supplied_test.ckpt";
  EXPECT_THROW(run(spec, {.watch = keep_checkpoint(file, 1)}), UsageError);
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_THROW(resume(spec, file), UsageError);
}

}  // namespace
}  // namespace locus
