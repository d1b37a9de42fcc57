#include "sim/model/realise.h"

#include <algorithm>
#include <cmath>
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

namespace {

/// The readout's weights from the neurons of a population (readouts x neurons); 0 without a
/// synapse. Several projections between the same neurons add.
DenseMatrix readout_weights(const Spec& spec, std::int32_t population) {
  const NetworkSpec& network = spec.network;
  const std::int64_t size = network.populations[static_cast<std::size_t>(population)].size;
  DenseMatrix sums = zeros(neurons(network, PopulationKind::kReadout), size);
  visit_weights(spec, network, "weights/", DrawnSparse::kVisited, [&](std::size_t p, const auto& weights) {
    const ProjectionSpec& projection = network.projections[p];
    const auto onto = static_cast<std::size_t>(projection.target);
    if (projection.is_bias || projection.source != population || network.populations[onto].kind != PopulationKind::kReadout)
      return;
    std::int64_t first = 0;  // row of the target population
    for (std::size_t before = 0; before < onto; ++before) {
      if (network.populations[before].kind == PopulationKind::kReadout) first += network.populations[before].size;
    }
    const auto add = [&](std::int64_t row, std::int64_t col, double value) {
      sums.values[static_cast<std::size_t>((first + row) * size + col)] += value;
    };
    if (const auto* const* sparse = std::get_if<const SparseMatrix*>(&weights)) {
      for (std::size_t k = 0; k < (*sparse)->values.size(); ++k)
        add((*sparse)->row[k], (*sparse)->col[k], (*sparse)->values[k]);
      return;
    }
    const DenseMatrix& dense = *std::get<const DenseMatrix*>(weights);
    for (std::size_t k = 0; k < dense.values.size(); ++k)
      add(static_cast<std::int64_t>(k) / dense.cols, static_cast<std::int64_t>(k) % dense.cols, dense.values[k]);
  });
  return sums;
}

/// Gives R the signs of the readout's weights, one bit a synapse.
void take_signs(const DenseMatrix& from, Weights& feedback) {
  const auto take = [&](std::size_t place, double& value) {
    if (from.values[place] != 0) value = std::copysign(value, from.values[place]);
  };
  if (auto* dense = std::get_if<DenseMatrix>(&feedback)) {
    for (std::size_t k = 0; k < dense->values.size(); ++k) take(k, dense->values[k]);
    return;
  }
  auto& sparse = std::get<SparseMatrix>(feedback);
  for (std::size_t k = 0; k < sparse.values.size(); ++k)
    take(static_cast<std::size_t>(sparse.row[k] * from.cols + sparse.col[k]), sparse.values[k]);
}

/// R of one feedback, before it takes signs.
Weights feedback_matrix(const Spec& spec, const FeedbackSpec& feedback, BasisSet& bases) {
  if (const auto* dense = std::get_if<DenseMatrix>(&feedback.weights)) return *dense;
  if (const auto* sparse = std::get_if<SparseMatrix>(&feedback.weights)) return *sparse;
  const PopulationSpec& population = spec.network.populations[static_cast<std::size_t>(feedback.population)];
  const bool aligned = std::holds_alternative<AlignedWeights>(feedback.weights);
  const BasisPair pair =
      aligned ? BasisPair{bases.over(PopulationKind::kReadout), bases.over(PopulationKind::kRate)} : BasisPair{};
  return draw(feedback.weights, neurons(spec.network, PopulationKind::kReadout), population.size,
              random_key(spec.seed, "feedback/" + population.name), pair);
}

}  // namespace

std::vector<Weights> feedback_weights(const Spec& spec, const RuleSpec& rule) {
  BasisSet bases(spec, spec.network);
  std::vector<Weights> all;
  for (const FeedbackSpec& feedback : rule.feedback) {
    all.push_back(feedback_matrix(spec, feedback, bases));
    if (feedback.concordant) take_signs(readout_weights(spec, feedback.population), all.back());
  }
  return all;
}

}  // namespace locus
