#include <algorithm>

#include <fmt/format.h>

#include "sim/model/check_matrices.h"
#include "sim/model/checks.h"
#include "sim/model/network_size.h"

namespace locus {
namespace {

/// What every trial must fit.
struct TrialShape {
  MatrixShape input;
  MatrixShape target;
};

TrialShape shape_of(const Spec& spec, const std::vector<RecordedTrial>& trials) {
  const std::int64_t ticks = known_ticks(spec.training);
  const bool as_longest = std::ranges::any_of(trials, [&](const auto& trial) { return rows_of(trial) == ticks; });
  const std::string ticks_of = as_longest ? "the rows of the longest trial" : "training.ticks";
  const bool constants = known_shown_inputs(spec.network) != known_neurons(spec.network, PopulationKind::kInput);
  return {{ticks, known_shown_inputs(spec.network), ticks_of,
           constants ? "the number of inputs that are not constant" : "the number of inputs"},
          {ticks, known_neurons(spec.network, PopulationKind::kReadout), ticks_of, "the number of readouts"}};
}

/// The shape of a trial that may be shorter than the others.
TrialShape own_shape(const RecordedTrial& trial, TrialShape shape) {
  const std::int64_t rows = rows_of(trial);
  if (shape.input.rows == kUnknown || rows < 1 || rows >= shape.input.rows) return shape;
  for (MatrixShape* matrix : {&shape.input, &shape.target}) {
    matrix->rows = rows;
    matrix->rows_of = "the rows of the input";
  }
  return shape;
}

/// Weights of errors: a column a readout, or one for all; under the cross-entropy a row is one
/// number, since every readout's error depends on every output.
void check_mask(const DenseMatrix& mask, const TrialShape& shape, const FieldPath& where, Checking& checking) {
  FaultList& faults = checking.faults;
  if (mask.rows == 0 && mask.cols == 0 && mask.values.empty()) return;
  MatrixShape own = shape.target;
  if (mask.cols == 1) own.cols = 1;
  if (mask.cols == 1) own.cols_of = "all readouts alike";
  check_matrix(mask, own, where, checking.budget, faults);
  if (std::ssize(mask.values) != mask.rows * mask.cols || mask.cols < 1) return;
  const bool whole_rows = checking.spec.training.loss == Loss::kCrossEntropy;
  for (std::size_t k = 0; k < mask.values.size(); ++k) {
    const std::size_t first = k - k % static_cast<std::size_t>(mask.cols);
    if (mask.values[k] < 0) {
      check_not_negative(mask.values[k], where.at("values", static_cast<int>(k)), faults);
      return;
    }
    if (!whole_rows || mask.values[k] == mask.values[first]) continue;
    faults.error(
        where.at("values", static_cast<int>(k)),
        fmt::format("is {}, and the first readout has {} at this tick", shown(mask.values[k]), shown(mask.values[first])),
        "must be the same for all readouts of a tick under CROSS_ENTROPY");
    return;
  }
}

void check_trial(const RecordedTrial& trial, const TrialShape& of_all, const FieldPath& where, Checking& checking) {
  const TrialShape shape = own_shape(trial, of_all);
  if (checking.faults.is_silenced(where.at("inputs"))) {
    // a reader found none
  } else if (const auto* dense = std::get_if<DenseMatrix>(&trial.input)) {
    check_matrix(*dense, shape.input, where.at("input"), checking.budget, checking.faults);
  } else {
    check_matrix(std::get<SparseMatrix>(trial.input), shape.input, where.at("sparse_input"), checking.budget,
                 checking.faults);
  }
  check_mask(trial.mask, shape, where.at("mask"), checking);
  if (trial.reward.rows != 0 || trial.reward.cols != 0 || !trial.reward.values.empty()) {
    MatrixShape rewards = shape.target;
    rewards.cols = 1;
    rewards.cols_of = "one reward a tick";
    check_matrix(trial.reward, rewards, where.at("reward"), checking.budget, checking.faults);
  }
  const bool has_matrix = trial.target.rows != 0 || trial.target.cols != 0 || !trial.target.values.empty();
  if (trial.label != kNoClass) {
    if (has_matrix) checking.faults.error(where.at("class"), "is given beside target", "is in place of it");
    if (shape.target.cols > 0) check_range(trial.label, 0, shape.target.cols - 1, where.at("class"), checking.faults);
  }
  if (has_matrix) check_matrix(trial.target, shape.target, where.at("target"), checking.budget, checking.faults);
}

bool has_local(const Spec& spec) {
  return std::ranges::any_of(spec.rules, [](const RuleSpec& rule) { return is_local(rule.kind); });
}

void check_supplied(const SuppliedTask& task, const FieldPath& where, Checking& checking) {
  if (!task.fill) checking.faults.error(where.at("fill"), "is missing", "must be given");
  if (!task.has_lengths) return;
  if (checking.spec.training.carry_state)
    checking.faults.error(where.at("lengths"), "are given, and training.carry_state is true", "go with carry_state: false");
  if (has_local(checking.spec))
    checking.faults.error(where.at("lengths"), "are given, and a rule is `local`",
                          "must be left out: the traces of a rule that the model writes itself do not wait for a trial");
}

/// A trial that begins late begins in its own initial state. Carried state has no place in it: the
/// state at tick T is that of tick 0 of the next trial, which such a trial does not have.
void check_lengths(const std::vector<RecordedTrial>& trials, std::string_view field, const FieldPath& where,
                   Checking& checking) {
  const Spec& spec = checking.spec;
  const bool learns_by_text = field == "trials" && has_local(spec);
  if (!spec.training.carry_state && !learns_by_text) return;
  const std::int64_t ticks = known_ticks(checking.spec.training);
  const auto shorter = std::ranges::find_if(
      trials, [&](const auto& trial) { return ticks != kUnknown && rows_of(trial) > 0 && rows_of(trial) < ticks; });
  if (shorter == trials.end()) return;
  const FieldPath which = where.at(field, static_cast<int>(shorter - trials.begin()));
  if (learns_by_text) {
    checking.faults.error(
        which, fmt::format("has {} rows, and a rule is `local`", rows_of(*shorter)),
        fmt::format("must have {}: the traces of a rule that the model writes itself do not wait for a trial", ticks));
  }
  if (!spec.training.carry_state) return;
  checking.faults.error(
      which, fmt::format("has {} rows, and training.carry_state is true", rows_of(*shorter)),
      fmt::format("must have {}, or training.carry_state be false: a trial goes on from tick {} of the one before it, "
                  "and a shorter one begins later than that, in its initial state",
                  ticks, ticks));
}

void check_all(const std::vector<RecordedTrial>& trials, const TrialShape& shape, std::string_view field,
               const FieldPath& where, Checking& checking) {
  for (std::size_t i = 0; i < trials.size(); ++i)
    check_trial(trials[i], shape, where.at(field, static_cast<int>(i)), checking);
  check_lengths(trials, field, where, checking);
}

void check_recorded(const RecordedTask& task, const FieldPath& where, Checking& checking) {
  if (task.trials.empty()) checking.faults.error(where, "has no trials", "must have at least one");
  const TrialShape shape = shape_of(checking.spec, task.trials);
  check_all(task.trials, shape, "trials", where, checking);
  check_all(task.evaluation_trials, shape, "evaluation_trials", where, checking);
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
    if (task.teacher.populations[i].lif && task.teacher.populations[i].lif->integer)
      checking.faults.error(teacher.at("populations", static_cast<int>(i)).at("lif").at("integer"), "is given",
                            "is for the network that learns; a teacher has voltages of real numbers");
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
  } else if (const auto* drawn = std::get_if<DrawnTask>(&task)) {
    check_drawn(*drawn, where.at("drawn"), checking);
  } else if (const auto* supplied = std::get_if<SuppliedTask>(&task)) {
    check_supplied(*supplied, where.at("supplied"), checking);
  } else {
    check_synthetic(std::get<SyntheticTask>(task), where, checking);
  }
}

std::vector<Fault> check_trials(const Spec& spec, const std::vector<RecordedTrial>& trials) {
  FaultList faults;
  Checking checking = {spec, faults};
  check_all(trials, shape_of(spec, trials), "trials", FieldPath(), checking);
  return faults.placed(spec.path, std::nullopt);
}

}  // namespace locus
