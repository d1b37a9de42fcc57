#include "sim/model/read_task.h"

#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "sim/model/check_matrices.h"
#include "sim/model/matrices.h"
#include "sim/model/read_drawn.h"
#include "sim/model/read_narrow.h"
#include "sim/model/read_network.h"
#include "sim/model/read_pace.h"
#include "sim/model/read_synthetic.h"
#include "sim/model/read_trial_files.h"

namespace locus {
namespace {

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

/// Rows of a trial, 0 if it does not say: a trial of spikes has those of its target.
std::int64_t rows_of(const v1::Trial& trial) {
  if (trial.has_input()) return trial.input().rows();
  if (trial.has_sparse_input()) return trial.sparse_input().rows();
  return trial.target().rows();
}

/// The spikes as a matrix of ones. They are looked at here: their ticks count from 1.
SparseMatrix read_spikes(const v1::Trial::Spikes& message, const TrialSizes& shape, const FieldPath& where,
                         FaultList& faults) {
  SparseMatrix matrix = {shape.ticks, shape.inputs, {}, {message.neuron().begin(), message.neuron().end()}, {}};
  if (message.tick_size() != message.neuron_size()) {
    faults.error(where.at("tick"), fmt::format("has {} numbers", message.tick_size()),
                 fmt::format("must have {}, as many as neuron", message.neuron_size()));
    return matrix;
  }
  if (shape.ticks == kUnknown || shape.inputs == kUnknown) return matrix;
  bool good = true;
  for (int k = 0; k < message.tick_size(); ++k) {
    good = check_range(message.tick(k), 1, shape.ticks, where.at("tick", k), faults) && good;
    good = check_range(message.neuron(k), 0, shape.inputs - 1, where.at("neuron", k), faults) && good;
    matrix.row.push_back(message.tick(k) - 1);
    matrix.values.push_back(1);
  }
  if (!good) return matrix;
  for (const Repeat& repeat : repeats(matrix).first) {
    const auto k = static_cast<std::size_t>(repeat.entry);
    faults.error(where.at("neuron", static_cast<int>(k)),
                 fmt::format("has neuron {} spike again at tick {}, as element {} did", matrix.col[k],
                             matrix.row[k] + 1, repeat.earlier),
                 "a spike may come once");
  }
  return matrix;
}

void read_target(v1::Trial& message, const TrialSizes& shape, const FieldPath& where, RecordedTrial& trial,
                 Reading& reading) {
  const FieldPath field = where.at("target");
  if (message.has_target()) {
    trial.target = read_dense(*message.mutable_target(), field, reading);
    if (trial.target.rows == 0) {  // in a Spec: no target
      check_range(trial.target.rows, 1, kLongestTrial, field.at("rows"), reading.faults);
      reading.faults.silence(field);
    }
  }
  if (message.has_mask()) {
    trial.mask = read_dense(*message.mutable_mask(), where.at("mask"), reading);
    if (trial.mask.rows == 0) {  // in a Spec: no mask
      check_range(trial.mask.rows, 1, kLongestTrial, where.at("mask").at("rows"), reading.faults);
      reading.faults.silence(where.at("mask"));
    }
  }
  if (message.has_reward()) {
    trial.reward = read_dense(*message.mutable_reward(), where.at("reward"), reading);
    if (trial.reward.rows == 0) {  // in a Spec: no reward
      check_range(trial.reward.rows, 1, kLongestTrial, where.at("reward").at("rows"), reading.faults);
      reading.faults.silence(where.at("reward"));
    }
  }
  if (!message.has_class_()) return;
  trial.label = message.class_();
  // in a Spec: no class
  if (trial.label == kNoClass && shape.readouts > 0)
    check_range(trial.label, 0, shape.readouts - 1, where.at("class"), reading.faults);
}

RecordedTrial read_trial(v1::Trial& message, const TrialSizes& shape, const FieldPath& where, Reading& reading) {
  RecordedTrial trial;
  switch (message.inputs_case()) {
    case v1::Trial::kInput: trial.input = read_dense(*message.mutable_input(), where.at("input"), reading); break;
    case v1::Trial::kSparseInput:
      trial.input = read_sparse(*message.mutable_sparse_input(), where.at("sparse_input"), reading);
      break;
    case v1::Trial::kSpikes:
      trial.input = read_spikes(message.spikes(), shape, where.at("spikes"), reading.faults);
      reading.faults.silence(where.at("sparse_input"));
      break;
    case v1::Trial::INPUTS_NOT_SET:
      if (shape.inputs == 0) {  // all inputs are constant
        trial.input = DenseMatrix{shape.ticks == kUnknown ? 0 : shape.ticks, 0, {}};
        break;
      }
      reading.faults.missing_choice(where, "inputs", "has no input", "must have one of input, sparse_input, spikes");
      break;
  }
  read_target(message, shape, where, trial, reading);
  return trial;
}

RecordedTask read_recorded(v1::Recorded& message, const NetworkSpec& network, const FieldPath& where, bool ticks_given,
                           TrainingSpec& training, Reading& reading) {
  RecordedTask task;
  task.shuffle = message.shuffle();
  if (message.has_files() && message.trials_size() > 0)
    reading.faults.error(where.at("files"), "is given beside trials", "one of them may be given");
  if (message.has_evaluation_files() && message.evaluation_trials_size() > 0)
    reading.faults.error(where.at("evaluation_files"), "is given beside evaluation_trials", "one of them may be given");
  const TrialSizes wanted = {ticks_given ? known_ticks(training) : kUnknown, known_shown_inputs(network),
                             known_neurons(network, PopulationKind::kReadout), training.loss == Loss::kCrossEntropy};
  if (message.has_files()) {
    const std::int64_t ticks = read_trial_files(message.files(), wanted, where.at("files"), task.trials, reading);
    reading.faults.respell(where.at("trials"), where.at("files"));
    reading.faults.respell(where.at("trials", 0), where.at("files"));  // told once, of the first
    if (!ticks_given && ticks == 0) reading.faults.silence(FieldPath().at("training").at("ticks"));
    if (!ticks_given) training.ticks = static_cast<std::int32_t>(ticks);
  } else if (!ticks_given && message.trials_size() == 0) {
    // they would follow from a trial
    reading.faults.silence(FieldPath().at("training").at("ticks"));
  } else if (!ticks_given) {
    int longest = 0;
    for (int i = 1; i < message.trials_size(); ++i) {
      if (rows_of(message.trials(i)) > rows_of(message.trials(longest))) longest = i;
    }
    const std::int64_t rows = rows_of(message.trials(longest));
    if (rows < 1 || rows > kLongestTrial) {
      reading.faults.error(where.at("trials", longest), fmt::format("has {} rows", rows),
                           fmt::format("must have 1 to {}, one a tick (or training.ticks must be given)", kLongestTrial));
      reading.faults.silence(where);
      reading.faults.silence(FieldPath().at("training").at("ticks"));
      return task;
    }
    training.ticks = static_cast<std::int32_t>(rows);
  }
  const TrialSizes shape = {known_ticks(training), known_shown_inputs(network),
                            known_neurons(network, PopulationKind::kReadout)};
  const auto read_all = [&](auto& trials, std::string_view field, std::vector<RecordedTrial>& into) {
    for (int i = 0; i < trials.size(); ++i) {
      into.push_back(read_trial(*trials.Mutable(i), shape, where.at(field, i), reading));
      trials.Mutable(i)->Clear();
    }
  };
  read_all(*message.mutable_trials(), "trials", task.trials);
  read_all(*message.mutable_evaluation_trials(), "evaluation_trials", task.evaluation_trials);
  if (message.has_evaluation_files()) {
    const TrialSizes held_out = {known_ticks(training), wanted.inputs, wanted.readouts, wanted.masks_are_alike};
    read_trial_files(message.evaluation_files(), held_out, where.at("evaluation_files"), task.evaluation_trials, reading);
    reading.faults.respell(where.at("evaluation_trials"), where.at("evaluation_files"));
    reading.faults.respell(where.at("evaluation_trials", 0), where.at("evaluation_files"));
    if (task.evaluation_trials.empty()) reading.faults.silence(where.at("evaluation_files"));
  }
  if (message.has_files() && task.trials.empty()) reading.faults.silence(where);  // told of files
  return task;
}

StudentTeacherTask read_student_teacher(v1::StudentTeacher& message, const NetworkSpec& student, const FieldPath& where,
                                        Reading& reading) {
  StudentTeacherTask task;
  if (!message.has_teacher()) {
    reading.faults.refuse(where.at("teacher"), "is missing", "must be given");
    return task;
  }
  task.teacher = read_network(*message.mutable_teacher(), where.at("teacher"), reading);
  task.inputs = read_drawn_inputs(message.inputs(), student, where, reading.faults);
  return task;
}

}  // namespace

TrainingSpec read_training(const v1::Training& message, const FieldPath& where, FaultList& faults) {
  TrainingSpec training;
  training.loss = loss_of(message.loss());
  training.commit = message.commit() == v1::Training::EVERY_TICK ? CommitWhen::kEveryTick : CommitWhen::kEndOfBatch;
  training.locality = locality_of(message.locality());
  training.ticks = message.ticks();
  if (message.has_batch()) training.batch = message.batch();
  if (message.has_updates()) training.updates = message.updates();
  if (message.has_learning_rate()) training.learning_rate = message.learning_rate();
  if (message.has_dt_ms()) training.dt = message.dt_ms();
  training.window = message.window();
  // in a Spec: all ticks
  if (message.has_window() && message.window() == 0)
    check_range(message.window(), 1, kLongestTrial, where.at("window"), faults);
  training.warmup = message.warmup_ticks();
  training.carry_state = message.carry_state();
  training.average_over_window = message.average_over_window();
  training.optimizer = read_optimizer(message, where, faults);
  read_narrow(message, where, training, faults);
  return training;
}

TaskSpec read_task(v1::Task& message, const NetworkSpec& network, const FieldPath& where, const v1::Training& given,
                   TrainingSpec& training, Reading& reading) {
  const bool ticks_given = given.has_ticks();
  const auto need_ticks = [&](const char* what) {
    if (!ticks_given)
      reading.faults.refuse(FieldPath().at("training").at("ticks"), "is missing", std::string("must be given for ") + what);
  };
  switch (message.kind_case()) {
    case v1::Task::kRecorded:
      return read_recorded(*message.mutable_recorded(), network, where.at("recorded"), ticks_given, training, reading);
    case v1::Task::kStudentTeacher:
      need_ticks("a student and teacher");
      return read_student_teacher(*message.mutable_student_teacher(), network, where.at("student_teacher"), reading);
    case v1::Task::kDrawn:
      need_ticks("drawn inputs");
      return read_drawn(*message.mutable_drawn(), network, where.at("drawn"), reading);
    case v1::Task::kMimic:
      need_ticks("a mimic");
      return read_mimic(message.mimic(), network, where.at("mimic"), training, reading.faults);
    case v1::Task::KIND_NOT_SET: break;
    default: return read_synthetic(message, where, given, training, reading.faults);
  }
  reading.faults.missing_choice(where, "kind", "is missing", "must have one of " + task_fields());
  // they may follow from the task
  if (!ticks_given) reading.faults.silence(FieldPath().at("training").at("ticks"));
  return RecordedTask{};
}

}  // namespace locus
