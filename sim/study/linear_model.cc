#include "sim/study/linear_model.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/model/errors.h"
#include "sim/model/network_size.h"
#include "sim/model/pace_of.h"
#include "sim/model/wire.h"

namespace locus {
namespace {

using theory::Bases;
using theory::LinearNetwork;
using theory::Matrix;
using theory::Mode;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Matrix eigen(const DenseMatrix& matrix) {
  return Eigen::Map<const RowMajor>(matrix.values.data(), matrix.rows, matrix.cols);
}

void refuse(const std::string& what) {
  throw UsageError("theory covers a student and a teacher, dense and linear with leak 1, under the final loss: " + what);
}

Matrix basis(const Spec& spec, const std::optional<DenseMatrix>& given, const char* purpose, Eigen::Index side) {
  return eigen(given ? *given : random_orthogonal(spec.seed, purpose, side));
}

/// The teacher's modes with the numbers and the order of the model, if the model writes them as
/// modes; otherwise empty.
std::optional<theory::AlignedNetwork> modes_as_written(const Spec& spec, const NetworkSpec& teacher,
                                                       const LinearNetwork& matrices) {
  const std::vector<double>*a = nullptr, *b = nullptr, *w = nullptr;
  for (const ProjectionSpec& projection : teacher.projections) {
    const auto* aligned = std::get_if<AlignedWeights>(&projection.weights);
    if (aligned == nullptr) return std::nullopt;
    const bool onto_readout = kind_of(teacher, projection.target) == PopulationKind::kReadout;
    const bool from_input = kind_of(teacher, projection.source) == PopulationKind::kInput;
    const std::vector<double>*& slot = onto_readout ? a : from_input ? b : w;
    if (slot != nullptr) return std::nullopt;
    slot = &aligned->values;
  }
  if (a == nullptr || b == nullptr) return std::nullopt;
  const Matrix u = basis(spec, spec.bases.u, "basis/U", matrices.a.rows());
  const Matrix p = basis(spec, spec.bases.p, "basis/P", matrices.w.rows());
  const Matrix v = basis(spec, spec.bases.v, "basis/V", matrices.b.cols());
  theory::AlignedNetwork found;
  std::vector<Eigen::Index> columns;
  for (std::size_t i = 0; i < std::min(a->size(), b->size()); ++i) {
    if ((*a)[i] * (*b)[i] == 0) continue;
    columns.push_back(static_cast<Eigen::Index>(i));
    found.modes.push_back({(*a)[i], (*b)[i], w != nullptr && i < w->size() ? (*w)[i] : 0});
  }
  found.bases = {u(Eigen::all, columns), p(Eigen::all, columns), v(Eigen::all, columns)};
  return found;
}

std::optional<theory::AlignedNetwork> modes_of_teacher(const Spec& spec, const StudentTeacherTask& task,
                                                       const LinearNetwork& matrices) {
  auto found = modes_as_written(spec, task.teacher, matrices);
  return found ? found : theory::take_apart(matrices);
}

}  // namespace

theory::LinearNetwork matrices_of(const NetworkSpec& network, const std::vector<Weights>& weights,
                                  const std::string& whose) {
  const auto n = neurons(network, PopulationKind::kRate);
  LinearNetwork result = {Matrix::Zero(neurons(network, PopulationKind::kReadout), n), Matrix::Zero(n, n),
                          Matrix::Zero(n, neurons(network, PopulationKind::kInput))};
  for (const PopulationSpec& population : network.populations) {
    if (population.is_unit) refuse(fmt::format("{} neurons have biases", whose));
    if (population.constant) refuse(fmt::format("{} population \"{}\" has constant inputs", whose, population.name));
    if (population.noise) refuse(fmt::format("{} population \"{}\" has noise", whose, population.name));
    if (population.lif) refuse(fmt::format("{} population \"{}\" spikes", whose, population.name));
    if (population.memory) refuse(fmt::format("{} readout population \"{}\" has memory", whose, population.name));
    if (population.kind != PopulationKind::kRate) continue;
    if (population.activation != Activation::kIdentity)
      refuse(fmt::format("{} population \"{}\" has activation {}", whose, population.name, name(population.activation)));
    if (population.leak.varies()) refuse(fmt::format("{} population \"{}\" has several leaks", whose, population.name));
    if (population.leak.first() != 1)
      refuse(fmt::format("{} population \"{}\" has leak {}", whose, population.name, population.leak.first()));
    if (!population.initial.empty())
      refuse(fmt::format("{} population \"{}\" does not begin at 0", whose, population.name));
  }
  const Topology topology = topology_of(network, Listing::kNone);
  for (std::size_t k = 0; k < weights.size(); ++k) {
    const Projection& projection = topology.projections[k];
    const bool onto_readout = projection.target_layer == Layer::kReadout;
    const bool from_input = projection.source_layer == Layer::kInput;
    if (from_input && onto_readout)
      refuse(fmt::format("{} projection \"{}\" goes from inputs to readouts", whose, projection.name));
    Matrix& into = onto_readout ? result.a : from_input ? result.b : result.w;
    const auto* dense = std::get_if<DenseMatrix>(&weights[k]);
    if (dense == nullptr) refuse(fmt::format("{} projection \"{}\" is sparse", whose, projection.name));
    // several projections between two populations act as their sum
    into.block(projection.target_begin, projection.source_begin, dense->rows, dense->cols) += eigen(*dense);
  }
  return result;
}

std::optional<theory::AlignedNetwork> teacher_modes(const Spec& spec) {
  const auto* task = std::get_if<StudentTeacherTask>(&spec.task);
  if (task == nullptr) refuse("the task has no teacher");
  return modes_of_teacher(spec, *task, matrices_of(task->teacher, teacher_weights(spec), "the teacher's"));
}

LinearModel linear_model(const Spec& spec) {
  const auto* task = std::get_if<StudentTeacherTask>(&spec.task);
  if (task == nullptr) refuse("the task has no teacher");
  if (!task->inputs.empty()) refuse("the task says what its inputs are");
  if (spec.training.loss != Loss::kFinal) refuse(fmt::format("the loss is {}", name(spec.training.loss)));
  if (spec.training.commit != CommitWhen::kEndOfBatch) refuse("weights are committed EVERY_TICK");
  if (!spec.training.optimizer.plain()) refuse("the optimizer is not plain gradient descent");
  if (!spec.training.wires.empty()) refuse("messages go over narrow wires");
  if (spec.training.synapses != NarrowSynapses{}) refuse("synapses have few bits");
  for (const RuleSpec& rule : spec.rules) {
    if (rule.learning_rate || rule.optimizer || rule.schedule)
      refuse(fmt::format("rule \"{}\" has a learning rate, optimizer or schedule of its own", rule.name));
  }
  for (const RuleSpec& rule : spec.rules) {
    if (locus::rule(rule.kind).keeps != Keeps::kAll)
      refuse(fmt::format("rule \"{}\" keeps only some sensitivities", rule.name));
    if (locus::rule(rule.kind).drive == Drive::kFactors)
      refuse(fmt::format("rule \"{}\" draws signs, and only its mean is known", rule.name));
  }
  for (const RuleSpec& rule : spec.rules) {
    if (feedback_learns(rule)) refuse(fmt::format("the feedback of rule \"{}\" learns", rule.name));
  }
  if (spec.training.carry_state) refuse("state is carried across trials");
  for (const ProjectionSpec& projection : spec.network.projections) {
    if (!projection.autapses) refuse(fmt::format("the student's projection \"{}\" has no autapses", projection.name));
    if (wait_of(spec.network, projection) > 0)
      refuse(fmt::format("the student's projection \"{}\" has a delay", projection.name));
    if (!projection.plastic) refuse(fmt::format("the student's projection \"{}\" is not plastic", projection.name));
    if (learning_rate_of(projection, spec.training) != spec.training.learning_rate.value_or(0))
      refuse(fmt::format("the student's projection \"{}\" has a learning rate of its own", projection.name));
    if (!optimizer_of(spec.training.optimizer, projection.limits).plain())
      refuse(fmt::format("the student's projection \"{}\" bounds its weights or lets them decay", projection.name));
    const auto beside = [&](const ProjectionSpec& other) {
      return other.source == projection.source && other.target == projection.target && &other != &projection;
    };
    if (std::ranges::any_of(spec.network.projections, beside))
      refuse(fmt::format("the student's projection \"{}\" has another beside it, and their sum learns twice as fast",
                         projection.name));
  }
  LinearModel model = {matrices_of(spec.network, network_weights(spec)),
                       matrices_of(task->teacher, teacher_weights(spec), "the teacher's"),
                       {},
                       {}};
  if (auto found = modes_of_teacher(spec, *task, model.teacher)) {
    model.bases = std::move(found->bases);
    model.modes = std::move(found->modes);
  }
  for (const Mode& mode : model.modes) {
    if (std::abs(mode.w) >= 1)
      refuse(fmt::format("a mode of the teacher has |w*| = {}, so its loss grows without bound with T", std::abs(mode.w)));
  }
  return model;
}

theory::ExactRule exact_rule_of(const Spec& spec, const RuleSpec& rule) {
  theory::ExactRule result = {
      .kind = rule.kind, .depth = rule.depth, .decay = rule.trace_decay.value_or(0), .feedback = {}};
  if (rule.feedback.empty()) return result;
  const Topology topology = topology_of(spec, Listing::kNone);
  const std::vector<Weights> weights = feedback_weights(spec, rule);
  result.feedback =
      Matrix::Zero(neurons(spec.network, PopulationKind::kReadout), neurons(spec.network, PopulationKind::kRate));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto* dense = std::get_if<DenseMatrix>(&weights[i]);
    if (dense == nullptr) refuse(fmt::format("the feedback of rule \"{}\" is sparse", rule.name));
    result.feedback.middleCols(topology.populations[PopulationId{rule.feedback[i].population}].begin, dense->cols) =
        eigen(*dense);
  }
  return result;
}

bool lies_in(const LinearNetwork& network, const Bases& bases) {
  constexpr double kTolerance = 1e-9;
  if (bases.p.rows() != network.w.rows() || bases.p.cols() == 0) return false;
  const std::vector<Mode> modes = theory::diagonal_in(network, bases);
  const LinearNetwork inside = theory::assemble(bases, modes);
  const auto near = [&](const Matrix& x, const Matrix& y) { return (x - y).norm() <= kTolerance * (1 + x.norm()); };
  return near(network.a, inside.a) && near(network.b, inside.b) && near(network.w * bases.p, inside.w * bases.p) &&
         near(network.w.transpose() * bases.p, inside.w * bases.p);
}

bool is_signed_permutation(const Matrix& p) {
  return ((p.cwiseAbs().array() < 1e-12) || ((p.cwiseAbs().array() - 1).abs() < 1e-12)).all();
}

}  // namespace locus
