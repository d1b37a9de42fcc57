// Trials that a program supplies: they are those that its function wrote, in the order of a batch;
// a run of them is the run of the same trials as recorded ones; what is wrong is named.
#include "sim/task/supplied.h"

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
  Spec evaluated = supplied({.fill = of_classes(), .has_classes = true});
  evaluated.training.evaluation = EvaluationSpec{.every = 1, .trials = 1};
  EXPECT_EQ(fault_of(evaluated).field, "task.supplied.fill_held_out");
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
