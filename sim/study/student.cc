#include "sim/study/student.h"

#include <cmath>
#include <utility>

#include "core/base/check.h"
#include "sim/model/orthogonal.h"
#include "sim/run/run.h"

namespace locus {
namespace {

using theory::ExactRule;
using theory::LinearNetwork;
using theory::Matrix;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

SparseMatrix sparse(const Matrix& matrix) {
  SparseMatrix result = {matrix.rows(), matrix.cols(), {}, {}, {}};
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    for (Eigen::Index j = 0; j < matrix.cols(); ++j) {
      if (matrix(i, j) == 0) continue;
      result.row.push_back(static_cast<std::int32_t>(i));
      result.col.push_back(static_cast<std::int32_t>(j));
      result.values.push_back(matrix(i, j));
    }
  }
  return result;
}

Matrix eigen(const std::variant<DenseMatrix, SparseMatrix>& matrix) {
  if (const auto* full = std::get_if<DenseMatrix>(&matrix)) {
    return Eigen::Map<const RowMajor>(full->values.data(), full->rows, full->cols);
  }
  const auto& entries = std::get<SparseMatrix>(matrix);
  Matrix result = Matrix::Zero(entries.rows, entries.cols);
  for (std::size_t k = 0; k < entries.values.size(); ++k) result(entries.row[k], entries.col[k]) = entries.values[k];
  return result;
}

PopulationSpec population(std::string name, PopulationKind kind, Eigen::Index size, Activation activation) {
  return {
      .name = std::move(name), .kind = kind, .size = static_cast<std::int32_t>(size), .activation = activation, .leak = 1};
}

ProjectionSpec projection(std::string name, std::int32_t source, std::int32_t target, WeightsSpec weights) {
  return {.name = std::move(name),
          .source = source,
          .target = target,
          .weights = std::move(weights),
          .plastic = true,
          .learning_rate = {}};
}

NetworkSpec network_spec(const LinearNetwork& network, Activation activation, bool sparse_recurrence) {
  WeightsSpec recurrent = dense_matrix(network.w);
  if (sparse_recurrence) recurrent = sparse(network.w);
  return {.populations = {population("in", PopulationKind::kInput, network.b.cols(), Activation::kIdentity),
                          population("rec", PopulationKind::kRate, network.w.rows(), activation),
                          population("out", PopulationKind::kReadout, network.a.rows(), Activation::kIdentity)},
          .projections = {projection("B", 0, 1, dense_matrix(network.b)), projection("W", 1, 1, std::move(recurrent)),
                          projection("A", 1, 2, dense_matrix(network.a))}};
}

}  // namespace

DenseMatrix dense_matrix(const Matrix& matrix) {
  DenseMatrix result = {matrix.rows(), matrix.cols(), {}};
  const RowMajor rows = matrix;
  result.values.assign(rows.data(), rows.data() + rows.size());
  return result;
}

Spectrum spectrum_of_change(const theory::Matrix& after, const theory::Matrix& before) {
  return spectrum_of(dense_matrix(after - before));
}

RuleSpec rule_spec(const ExactRule& rule, std::string name) {
  RuleSpec spec;
  spec.name = std::move(name);
  spec.kind = rule.kind;
  spec.depth = rule.depth;
  if (takes(locus::rule(rule.kind), Argument::What::kTraceDecay)) spec.trace_decay = rule.decay;
  if (rule.feedback.size() > 0) spec.feedback.push_back({1, dense_matrix(rule.feedback)});
  return spec;
}

Spec student_spec(const LinearNetwork& student, const LinearNetwork& teacher, const StudentTraining& plan,
                  std::vector<RuleSpec> rules) {
  Spec spec;
  spec.name = "study";
  spec.seed = plan.seed;
  spec.network = network_spec(student, plan.activation, plan.sparse_recurrence);
  spec.task = StudentTeacherTask{network_spec(teacher, Activation::kIdentity, false)};
  spec.training.loss = plan.loss;
  spec.training.ticks = plan.ticks;
  spec.training.batch = plan.batch;
  spec.training.updates = plan.updates;
  spec.training.learning_rate = plan.learning_rate;
  spec.rules = std::move(rules);
  return spec;
}

LinearNetwork network_of(const Outcome& outcome) {
  CHECK(outcome.weights.size() == 3, "a student has the projections B, W, A");
  return {
      .a = eigen(outcome.weights[2].matrix), .w = eigen(outcome.weights[1].matrix), .b = eigen(outcome.weights[0].matrix)};
}

Trained train_sampled(const LinearNetwork& student, const LinearNetwork& teacher, const ExactRule& rule,
                      const StudentTraining& plan) {
  RunOptions options;
  options.threads = 1;  // the networks of a study are small
  const RunResult result = run(student_spec(student, teacher, plan, {rule_spec(rule, "rule")}), options);
  const Outcome& outcome = result.outcomes.at(0);
  return {network_of(outcome), outcome.losses, outcome.status == Status::kCompleted};
}

Trained train_in_parts(const LinearNetwork& student, const LinearNetwork& teacher, const ExactRule& rule,
                       const StudentTraining& plan, int parts,
                       const std::function<void(int, const LinearNetwork&)>& visit) {
  Trained whole = {student, {}, true};
  visit(0, student);
  StudentTraining part_plan = plan;
  for (int part = 1; part <= parts && whole.completed; ++part) {
    Trained next = train_sampled(whole.student, teacher, rule, part_plan);
    ++part_plan.seed;
    whole.student = std::move(next.student);
    whole.completed = next.completed;
    whole.losses.insert(whole.losses.end(), next.losses.begin(), next.losses.end());
    if (whole.completed) visit(part, whole.student);
  }
  return whole;
}

LinearNetwork single(const theory::Mode& mode) {
  return {Matrix::Constant(1, 1, mode.a), Matrix::Constant(1, 1, mode.w), Matrix::Constant(1, 1, mode.b)};
}

theory::Mode mode_of(const LinearNetwork& network) { return {network.a(0, 0), network.b(0, 0), network.w(0, 0)}; }

ExactRule exact_rule(const theory::ModeRule& rule) {
  ExactRule result = {.kind = rule.kind, .depth = rule.depth, .decay = rule.decay, .feedback = {}};
  if (!theory::signal_is_own(rule)) result.feedback = Matrix::Constant(1, 1, rule.feedback);
  return result;
}

double distance_to_optimum(const theory::Mode& mode, const theory::Mode& teacher) {
  return std::hypot(mode.a * mode.b - teacher.a * teacher.b, mode.w - teacher.w);
}

double Draws::uniform(double low, double high) {
  return low + (high - low) * 0.5 * std::erfc(-normal() / std::sqrt(2.0));
}

double Draws::signed_between(double low, double high) {
  const double magnitude = uniform(low, high);
  return normal() < 0 ? -magnitude : magnitude;
}

theory::Mode Draws::mode(double largest_w) {
  const double a = signed_between(0.4, 1.6);
  const double b = signed_between(0.4, 1.6);
  return {a, b, uniform(-largest_w, largest_w)};
}

Matrix Draws::gaussian(int rows, int cols, double stddev) {
  return Matrix::NullaryExpr(rows, cols, [&] { return stddev * normal(); });
}

Matrix Draws::orthogonal(int side) { return eigen(orthogonal_factor(dense_matrix(gaussian(side, side, 1)))); }

LinearNetwork Draws::network(int readouts, int units, int inputs, double readout, double gain) {
  const double scale = 1 / std::sqrt(units);
  const Matrix a = gaussian(readouts, units, readout * scale);
  const Matrix w = gaussian(units, units, gain * scale);
  return {a, w, gaussian(units, inputs, 1 / std::sqrt(inputs))};
}

theory::Bases Draws::bases(int readouts, int units, int inputs) {
  return {orthogonal(readouts), orthogonal(units), orthogonal(inputs)};
}

}  // namespace locus
