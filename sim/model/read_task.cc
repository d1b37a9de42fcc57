#include "sim/model/read_task.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "sim/model/matrices.h"
#include "sim/model/network_size.h"
#include "sim/model/read_drawn.h"
#include "sim/model/read_network.h"
#include "sim/model/read_pace.h"
#include "sim/model/read_spiking.h"

namespace locus {
namespace {

constexpr std::int32_t kLongestTrial = 10'000'000;  // of a trial: a ledger has an entry a lag
constexpr std::int32_t kMostCount = std::numeric_limits<std::int32_t>::max();

Loss loss_of(v1::Training::Loss loss) {
  switch (loss) {
    case v1::Training::SEQUENCE: return Loss::kSequence;
    case v1::Training::SUM: return Loss::kSum;
    case v1::Training::CROSS_ENTROPY: return Loss::kCrossEntropy;
    default: return Loss::kFinal;
  }
}

Locality locality_of(v1::Training::Locality locality) {
  switch (locality) {
    case v1::Training::SPATIAL: return Locality::kSpatial;
    case v1::Training::TEMPORAL: return Locality::kTemporal;
    case v1::Training::STRICT: return Locality::kStrict;
    default: return Locality::kAny;
  }
}

/// What every trial must fit: ticks, m and o, and whose words they are.
struct TrialShape {
  std::int64_t ticks = 0;
  std::string ticks_of;
  std::int64_t inputs = 0;
  std::int64_t readouts = 0;
};

/// Rows of the first trial, 0 if it does not say: a trial of spikes has those of its target.
std::int64_t rows_of(const v1::Trial& trial) {
  if (trial.has_input()) return trial.input().rows();
  if (trial.has_sparse_input()) return trial.sparse_input().rows();
  return trial.target().rows();
}

SparseMatrix read_spikes(const v1::Trial::Spikes& message, const TrialShape& shape, const FieldPath& where,
                         Reading& reading) {
  const std::int64_t inputs = shape.inputs == kUnknown ? kMostNeurons : shape.inputs;
  SparseMatrix matrix = {shape.ticks, inputs, {}, {message.neuron().begin(), message.neuron().end()}, {}};
  if (message.tick_size() != message.neuron_size()) {
    reading.faults.error(where.at("tick"), fmt::format("has {} numbers", message.tick_size()),
                         fmt::format("must have {}, as many as neuron", message.neuron_size()));
    return matrix;
  }
  bool good = true;
  for (int k = 0; k < message.tick_size(); ++k) {
    good = check_range(message.tick(k), 1, shape.ticks, where.at("tick", k), reading.faults) && good;
    good = check_range(message.neuron(k), 0, inputs - 1, where.at("neuron", k), reading.faults) && good;
    matrix.row.push_back(message.tick(k) - 1);
    matrix.values.push_back(1);
  }
  if (!good) return matrix;
  for (const Repeat& repeat : repeats(matrix).first) {
    const auto k = static_cast<std::size_t>(repeat.entry);
    reading.faults.error(where.at("neuron", static_cast<int>(k)),
                         fmt::format("has neuron {} spike again at tick {}, as element {} did", matrix.col[k],
                                     matrix.row[k] + 1, repeat.earlier),
                         "a spike may come once");
  }
  return matrix;
}

RecordedTrial read_trial(v1::Trial& message, const TrialShape& shape, const FieldPath& where, Reading& reading) {
  RecordedTrial trial;
  const MatrixShape input = {shape.ticks, shape.inputs, shape.ticks_of, "the number of inputs"};
  switch (message.inputs_case()) {
    case v1::Trial::kInput:
      trial.input = read_dense(*message.mutable_input(), input, where.at("input"), reading);
      break;
    case v1::Trial::kSparseInput:
      trial.input = read_sparse(*message.mutable_sparse_input(), input, where.at("sparse_input"), reading);
      break;
    case v1::Trial::kSpikes: trial.input = read_spikes(message.spikes(), shape, where.at("spikes"), reading); break;
    case v1::Trial::INPUTS_NOT_SET:
      reading.faults.missing_choice(where, "inputs", "has no input", "must have one of input, sparse_input, spikes");
      break;
  }
  if (message.has_target()) {
    const MatrixShape target = {shape.ticks, shape.readouts, shape.ticks_of, "the number of readouts"};
    trial.target = read_dense(*message.mutable_target(), target, where.at("target"), reading);
    // it is there, whatever is wrong with it
    if (trial.target.rows == 0) trial.target.rows = shape.ticks;
  }
  if (message.has_class_()) {
    const FieldPath field = where.at("class");
    if (message.has_target()) reading.faults.error(field, "is given beside target", "is in place of it");
    trial.target.rows = shape.ticks;
    const bool known = shape.readouts != kUnknown && shape.readouts > 0;
    if (known && check_range(message.class_(), 0, shape.readouts - 1, field, reading.faults) &&
        reading.count(shape.ticks, shape.readouts, field)) {
      trial.target = target_of_class(message.class_(), shape.ticks, shape.readouts);
    }
  }
  return trial;
}

RecordedTask read_recorded(v1::Recorded& message, const NetworkSpec& network, const FieldPath& where,
                           TrainingSpec& training, Reading& reading) {
  RecordedTask task;
  if (message.trials_size() == 0) {
    reading.faults.error(where, "has no trials", "must have at least one");
    return task;
  }
  TrialShape shape = {training.ticks, "training.ticks", known_neurons(network, PopulationKind::kInput),
                      known_neurons(network, PopulationKind::kReadout)};
  if (training.ticks == 0) {
    const std::int64_t rows = rows_of(message.trials(0));
    if (rows < 1 || rows > kLongestTrial) {
      reading.faults.error(where.at("trials", 0), fmt::format("has {} rows", rows),
                           fmt::format("must have 1 to {}, one a tick (or training.ticks must be given)", kLongestTrial));
      return task;
    }
    training.ticks = static_cast<std::int32_t>(rows);
    shape.ticks = rows;
    shape.ticks_of = "the rows of the first trial";
  }
  const auto read_all = [&](auto& trials, std::string_view field, std::vector<RecordedTrial>& into) {
    for (int i = 0; i < trials.size(); ++i) {
      into.push_back(read_trial(*trials.Mutable(i), shape, where.at(field, i), reading));
      trials.Mutable(i)->Clear();
    }
  };
  read_all(*message.mutable_trials(), "trials", task.trials);
  read_all(*message.mutable_evaluation_trials(), "evaluation_trials", task.evaluation_trials);
  return task;
}

StudentTeacherTask read_student_teacher(v1::StudentTeacher& message, const NetworkSpec& student, const FieldPath& where,
                                        const TrainingSpec& training, Reading& reading) {
  FaultList& faults = reading.faults;
  StudentTeacherTask task;
  if (training.ticks == 0)
    faults.error(FieldPath().at("training").at("ticks"), "is missing", "must be given for a student and teacher");
  const FieldPath field = where.at("teacher");
  if (!message.has_teacher()) {
    faults.error(field, "is missing", "must be given");
    return task;
  }
  task.teacher = read_network(*message.mutable_teacher(), field, reading);
  for (const PopulationKind kind : {PopulationKind::kInput, PopulationKind::kReadout}) {
    const std::int64_t own = known_neurons(task.teacher, kind);
    const std::int64_t wanted = known_neurons(student, kind);
    if (own != kUnknown && wanted != kUnknown && own != wanted)
      faults.error(field, fmt::format("has {} {} neurons", own, name(kind)),
                   fmt::format("must have {}, as the student", wanted));
  }
  if (message.inputs_size() > 0) task.inputs = read_drawn_inputs(message.inputs(), student, where, training, faults);
  return task;
}

}  // namespace

TrainingSpec read_training(const v1::Training& message, const FieldPath& where, FaultList& faults) {
  TrainingSpec training;
  training.loss = loss_of(message.loss());
  training.commit = message.commit() == v1::Training::EVERY_TICK ? CommitWhen::kEveryTick : CommitWhen::kEndOfBatch;
  training.locality = locality_of(message.locality());
  if (message.has_ticks() && check_range(message.ticks(), 1, kLongestTrial, where.at("ticks"), faults))
    training.ticks = message.ticks();
  if (message.has_batch() && check_range(message.batch(), 1, kMostCount, where.at("batch"), faults))
    training.batch = message.batch();
  if (message.has_updates() && check_range(message.updates(), 1, kMostCount, where.at("updates"), faults))
    training.updates = message.updates();
  training.has_learning_rate = message.has_learning_rate();
  training.learning_rate = message.learning_rate();
  if (!(std::isfinite(training.learning_rate) && training.learning_rate >= 0)) {
    faults.error(where.at("learning_rate"), "is " + shown(training.learning_rate), "must be finite and at least 0");
  }
  if (message.has_dt_ms()) training.dt = message.dt_ms();
  if (!(std::isfinite(training.dt) && training.dt > 0))
    faults.error(where.at("dt_ms"), "is " + shown(training.dt), "must be above 0 and finite");
  if (message.has_window() && check_range(message.window(), 1, kLongestTrial, where.at("window"), faults))
    training.window = message.window();
  if (message.has_window() && (training.loss == Loss::kFinal || training.loss == Loss::kSequence)) {
    faults.error(where.at("window"), fmt::format("is given, and the loss is {}", name(training.loss)),
                 "is for SUM and CROSS_ENTROPY only");
  }
  if (message.has_warmup_ticks() && check_range(message.warmup_ticks(), 0, kLongestTrial, where.at("warmup_ticks"), faults))
    training.warmup = message.warmup_ticks();
  if (message.has_warmup_ticks() && training.loss == Loss::kFinal)
    faults.error(where.at("warmup_ticks"), "is given, and the loss is FINAL",
                 "is for SEQUENCE, SUM and CROSS_ENTROPY only");
  if (message.has_warmup_ticks() && message.has_window())
    faults.error(where.at("warmup_ticks"), "is given beside window", "one of them says which ticks have an error");
  training.carry_state = message.carry_state();
  training.optimizer = read_optimizer(message.optimizer(), where.at("optimizer"), faults);
  if (training.commit == CommitWhen::kEveryTick && training.batch != 1) {
    faults.error(where.at("batch"), fmt::format("is {}", training.batch), "must be 1 where commit is EVERY_TICK");
  }
  read_pace(message, where, training, faults);
  return training;
}

TaskSpec read_task(v1::Task& message, const NetworkSpec& network, const FieldPath& where, TrainingSpec& training,
                   Reading& reading) {
  switch (message.kind_case()) {
    case v1::Task::kRecorded:
      return read_recorded(*message.mutable_recorded(), network, where.at("recorded"), training, reading);
    case v1::Task::kStudentTeacher:
      return read_student_teacher(*message.mutable_student_teacher(), network, where.at("student_teacher"), training,
                                  reading);
    case v1::Task::kDrawn: return read_drawn(*message.mutable_drawn(), network, where.at("drawn"), training, reading);
    case v1::Task::KIND_NOT_SET: break;
  }
  reading.faults.missing_choice(where, "kind", "is missing", "must have one of recorded, student_teacher, drawn");
  return RecordedTask{};
}

}  // namespace locus
