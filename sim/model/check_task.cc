#include <fmt/format.h>

#include "sim/model/check_matrices.h"
#include "sim/model/checks.h"
#include "sim/model/network_size.h"

namespace locus {
namespace {

std::int64_t rows_of(const RecordedTrial& trial) {
  return std::visit([](const auto& input) { return input.rows; }, trial.input);
}

/// What every trial must fit.
struct TrialShape {
  MatrixShape input;
  MatrixShape target;
};

TrialShape shape_of(const Spec& spec, const RecordedTask& task) {
  const std::int64_t ticks = known_ticks(spec.training);
  const bool as_first = !task.trials.empty() && rows_of(task.trials[0]) == ticks;
  const std::string ticks_of = as_first ? "the rows of the first trial" : "training.ticks";
  const bool constants = known_shown_inputs(spec.network) != known_neurons(spec.network, PopulationKind::kInput);
  return {{ticks, known_shown_inputs(spec.network), ticks_of,
           constants ? "the number of inputs that are not constant" : "the number of inputs"},
          {ticks, known_neurons(spec.network, PopulationKind::kReadout), ticks_of, "the number of readouts"}};
}

void check_trial(const RecordedTrial& trial, const TrialShape& shape, const FieldPath& where, Checking& checking) {
  if (checking.faults.is_silenced(where.at("inputs"))) {
    // a reader found none
  } else if (const auto* dense = std::get_if<DenseMatrix>(&trial.input)) {
    check_matrix(*dense, shape.input, where.at("input"), checking.budget, checking.faults);
  } else {
    check_matrix(std::get<SparseMatrix>(trial.input), shape.input, where.at("sparse_input"), checking.budget,
                 checking.faults);
  }
  if (trial.target.rows == 0 && trial.target.cols == 0 && trial.target.values.empty()) return;
  check_matrix(trial.target, shape.target, where.at("target"), checking.budget, checking.faults);
}

void check_recorded(const RecordedTask& task, const FieldPath& where, Checking& checking) {
  if (task.trials.empty()) checking.faults.error(where, "has no trials", "must have at least one");
  const TrialShape shape = shape_of(checking.spec, task);
  for (std::size_t i = 0; i < task.trials.size(); ++i)
    check_trial(task.trials[i], shape, where.at("trials", static_cast<int>(i)), checking);
  for (std::size_t i = 0; i < task.evaluation_trials.size(); ++i)
    check_trial(task.evaluation_trials[i], shape, where.at("evaluation_trials", static_cast<int>(i)), checking);
}

void check_student_teacher(const StudentTeacherTask& task, const FieldPath& where, Checking& checking) {
  const FieldPath teacher = where.at("teacher");
  if (checking.faults.is_silenced(teacher)) return;
  if (!check_network(task.teacher, teacher, checking)) return;
  for (const PopulationKind kind : {PopulationKind::kInput, PopulationKind::kReadout}) {
    const auto count = [&](const NetworkSpec& network) {
      return kind == PopulationKind::kInput ? known_shown_inputs(network) : known_neurons(network, kind);
    };
    const std::int64_t own = count(task.teacher);
    const std::int64_t wanted = count(checking.spec.network);
    if (own != kUnknown && wanted != kUnknown && own != wanted)
      checking.faults.error(teacher, fmt::format("has {} {} neurons", own, name(kind)),
                            fmt::format("must have {}, as the student", wanted));
  }
  for (std::size_t i = 0; i < task.teacher.populations.size(); ++i) {
    if (task.teacher.populations[i].noise)
      checking.faults.error(teacher.at("populations", static_cast<int>(i)).at("noise"), "is given",
                            "is for the network that learns; a teacher has no noise");
  }
  if (!task.inputs.empty()) check_drawn_inputs(task.inputs, where, checking);
}

}  // namespace

void check_task(Checking& checking) {
  const FieldPath where = FieldPath().at("task");
  if (checking.faults.is_silenced(where.at("kind"))) return;  // a reader found none
  const TaskSpec& task = checking.spec.task;
  if (const auto* recorded = std::get_if<RecordedTask>(&task)) {
    check_recorded(*recorded, where.at("recorded"), checking);
  } else if (const auto* taught = std::get_if<StudentTeacherTask>(&task)) {
    check_student_teacher(*taught, where.at("student_teacher"), checking);
  } else {
    check_drawn(std::get<DrawnTask>(task), where.at("drawn"), checking);
  }
}

}  // namespace locus
