#include "sim/model/realise.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "core/base/check.h"
#include "core/base/random.h"
#include "sim/model/draw_sparse.h"
#include "sim/model/network_size.h"
#include "sim/model/orthogonal.h"
#include "sim/model/signs.h"

namespace locus {
namespace {

DenseMatrix zeros(std::int64_t rows, std::int64_t cols) {
  return {rows, cols, std::vector<double>(static_cast<std::size_t>(rows * cols), 0.0)};
}

/// Left and right basis of one matrix; null where its weights are not aligned.
struct BasisPair {
  const DenseMatrix* left = nullptr;   // (rows x rows)
  const DenseMatrix* right = nullptr;  // (cols x cols)
};

/// Weights that the model does not spell out.
DenseMatrix draw(const WeightsSpec& weights, std::int64_t rows, std::int64_t cols, RandomKey key, const BasisPair& pair) {
  if (const auto* aligned = std::get_if<AlignedWeights>(&weights)) {
    CHECK(pair.left != nullptr && pair.right != nullptr, "aligned weights have their bases");
    return from_modes(*pair.left, aligned->values, *pair.right);
  }
  DenseMatrix matrix = zeros(rows, cols);
  if (const auto* gaussian = std::get_if<GaussianWeights>(&weights)) {
    fill_normal(key, 0, 0, gaussian->stddev, matrix.values);
  } else {
    matrix.values.assign(matrix.values.size(), std::get<ConstantWeights>(weights).value);
  }
  return matrix;
}

/// U, P and V of one network: given by the model, or drawn; each made when first asked for.
class BasisSet {
 public:
  BasisSet(const Spec& spec, const NetworkSpec& network) : spec_(spec), network_(network) {}

  /// The basis over the neurons of a kind.
  const DenseMatrix* over(PopulationKind kind) {
    std::optional<DenseMatrix>& made = made_[static_cast<std::size_t>(kind)];
    if (!made) {
      const auto& [given, purpose] = source(kind);
      made = given ? *given : random_orthogonal(spec_.seed, purpose, neurons(network_, kind));
    }
    return &*made;
  }

 private:
  std::pair<const std::optional<DenseMatrix>&, std::string> source(PopulationKind kind) const {
    switch (kind) {
      case PopulationKind::kInput: return {spec_.bases.v, "basis/V"};
      case PopulationKind::kRate: return {spec_.bases.p, "basis/P"};
      case PopulationKind::kReadout: break;
    }
    return {spec_.bases.u, "basis/U"};
  }
  const Spec& spec_;
  const NetworkSpec& network_;
  std::optional<DenseMatrix> made_[3];  // by PopulationKind
};

/// Without autapses the diagonal is no synapse, and 0 to whoever looks at the whole matrix.
void clear_diagonal(DenseMatrix& matrix) {
  for (std::int64_t i = 0; i < std::min(matrix.rows, matrix.cols); ++i)
    matrix.values[static_cast<std::size_t>(i * matrix.cols + i)] = 0;
}

enum class DrawnSparse { kVisited, kLeftOut };

void visit_weights(const Spec& spec, const NetworkSpec& network, const std::string& purpose, DrawnSparse drawn_sparse,
                   const VisitWeights& visit) {
  BasisSet bases(spec, network);
  for (std::size_t k = 0; k < network.projections.size(); ++k) {
    const ProjectionSpec& projection = network.projections[k];
    if (const auto* dense = std::get_if<DenseMatrix>(&projection.weights)) {
      if (projection.autapses) {
        visit(k, dense);
        continue;
      }
      DenseMatrix own = *dense;
      clear_diagonal(own);
      visit(k, &own);
      continue;
    }
    if (const auto* sparse = std::get_if<SparseMatrix>(&projection.weights)) {
      visit(k, sparse);
      continue;
    }
    if (const auto* random = std::get_if<SparseRandomWeights>(&projection.weights)) {
      if (drawn_sparse == DrawnSparse::kLeftOut) continue;
      SparseMatrix drawn = draw_sparse(*random);
      give_sign(projection.limits.sign, drawn.values);
      visit(k, &drawn);
      continue;
    }
    const PopulationSpec& source = network.populations[static_cast<std::size_t>(projection.source)];
    const PopulationSpec& target = network.populations[static_cast<std::size_t>(projection.target)];
    const bool aligned = std::holds_alternative<AlignedWeights>(projection.weights);
    const BasisPair pair = aligned ? BasisPair{bases.over(target.kind), bases.over(source.kind)} : BasisPair{};
    DenseMatrix drawn =
        draw(projection.weights, target.size, source.size, random_key(spec.seed, purpose + projection.name), pair);
    if (std::holds_alternative<GaussianWeights>(projection.weights)) give_sign(projection.limits.sign, drawn.values);
    if (!projection.autapses) clear_diagonal(drawn);
    visit(k, &drawn);
  }
}

std::vector<Weights> weights_of(const Spec& spec, const NetworkSpec& network, const std::string& purpose) {
  std::vector<Weights> all;
  visit_weights(spec, network, purpose, DrawnSparse::kVisited, [&](std::size_t, const auto& weights) {
    std::visit([&](const auto* matrix) { all.emplace_back(*matrix); }, weights);
  });
  return all;
}

}  // namespace

DenseMatrix random_orthogonal(std::uint64_t seed, const std::string& purpose, std::int64_t side) {
  DenseMatrix gaussian = zeros(side, side);
  fill_normal(random_key(seed, purpose), 0, 0, 1, gaussian.values);
  return orthogonal_factor(gaussian);
}

std::vector<Weights> network_weights(const Spec& spec) { return weights_of(spec, spec.network, "weights/"); }

std::vector<Weights> teacher_weights(const Spec& spec) {
  const auto* task = std::get_if<StudentTeacherTask>(&spec.task);
  CHECK(task != nullptr, "only a student and teacher have a teacher");
  return weights_of(spec, task->teacher, "teacher/");
}

void visit_network_weights(const Spec& spec, const VisitWeights& visit) {
  visit_weights(spec, spec.network, "weights/", DrawnSparse::kLeftOut, visit);
}

std::vector<Weights> feedback_weights(const Spec& spec, const RuleSpec& rule) {
  BasisSet bases(spec, spec.network);
  const std::int64_t readouts = neurons(spec.network, PopulationKind::kReadout);
  std::vector<Weights> all;
  for (const FeedbackSpec& feedback : rule.feedback) {
    const PopulationSpec& population = spec.network.populations[static_cast<std::size_t>(feedback.population)];
    if (const auto* dense = std::get_if<DenseMatrix>(&feedback.weights)) {
      all.emplace_back(*dense);
      continue;
    }
    if (const auto* sparse = std::get_if<SparseMatrix>(&feedback.weights)) {
      all.emplace_back(*sparse);
      continue;
    }
    const bool aligned = std::holds_alternative<AlignedWeights>(feedback.weights);
    const BasisPair pair =
        aligned ? BasisPair{bases.over(PopulationKind::kReadout), bases.over(PopulationKind::kRate)} : BasisPair{};
    all.emplace_back(
        draw(feedback.weights, readouts, population.size, random_key(spec.seed, "feedback/" + population.name), pair));
  }
  return all;
}

}  // namespace locus
