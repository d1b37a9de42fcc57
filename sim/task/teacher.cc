#include "sim/task/teacher.h"

#include <array>

#include "core/base/check.h"

namespace locus {
namespace {

using Sparse = Eigen::SparseMatrix<double, Eigen::RowMajor>;

Teacher::State eigen_matrix(const DenseMatrix& matrix) {
  return Eigen::Map<const Teacher::State>(matrix.values.data(), matrix.rows, matrix.cols);
}

Sparse eigen_matrix(const SparseMatrix& matrix) {
  std::vector<Eigen::Triplet<double>> entries;
  entries.reserve(matrix.values.size());
  for (std::size_t k = 0; k < matrix.values.size(); ++k)
    entries.emplace_back(matrix.row[k], matrix.col[k], matrix.values[k]);
  Sparse result(matrix.rows, matrix.cols);
  result.setFromTriplets(entries.begin(), entries.end());
  return result;
}

/// h = (1 - alpha) h + alpha phi(u), over the rows of one population.
void respond(Activation activation, double leak, const double* current, double* activity, std::size_t count) {
  dispatch(activation, [&](auto phi) {
    for (std::size_t k = 0; k < count; ++k) activity[k] = (1 - leak) * activity[k] + leak * phi.at(current[k]).value;
  });
}

}  // namespace

Teacher::Teacher(const NetworkSpec& network, std::span<const Weights> weights, std::int32_t lanes) {
  CHECK(weights.size() == network.projections.size(), "a teacher needs the weights of each of its projections");
  std::array<Eigen::Index, 3> sizes = {0, 0, 0};  // of the layers, by PopulationKind
  std::vector<Eigen::Index> begins;               // of each population, within its layer
  for (const PopulationSpec& population : network.populations) {
    Eigen::Index& size = sizes[static_cast<std::size_t>(population.kind)];
    begins.push_back(size);
    if (population.kind == PopulationKind::kRate) {
      populations_.push_back({size, population.size, population.activation, population.leak});
    }
    size += population.size;
  }
  for (std::size_t k = 0; k < weights.size(); ++k) {
    const auto source = static_cast<std::size_t>(network.projections[k].source);
    const auto target = static_cast<std::size_t>(network.projections[k].target);
    const bool onto_readouts = network.populations[target].kind == PopulationKind::kReadout;
    const bool from_inputs = network.populations[source].kind == PopulationKind::kInput;
    std::vector<Block>& blocks = onto_readouts ? to_readouts_ : from_inputs ? from_inputs_ : recurrent_;
    Block& block = blocks.emplace_back(Block{begins[target], begins[source], {}});
    std::visit([&](const auto& matrix) { block.weights = eigen_matrix(matrix); }, weights[k]);
  }
  input_ = State::Zero(sizes[static_cast<std::size_t>(PopulationKind::kInput)], lanes);
  activity_ = State::Zero(sizes[static_cast<std::size_t>(PopulationKind::kRate)], lanes);
  current_ = activity_;
  readout_ = State::Zero(sizes[static_cast<std::size_t>(PopulationKind::kReadout)], lanes);
}

void Teacher::begin() { activity_.setZero(); }

void Teacher::add_product(const std::vector<Block>& blocks, const State& source, State& target) {
  for (const Block& block : blocks) {
    std::visit(
        [&](const auto& weights) {
          target.middleRows(block.row, weights.rows()).noalias() += weights * source.middleRows(block.col, weights.cols());
        },
        block.weights);
  }
}

void Teacher::step() {
  current_.setZero();
  add_product(recurrent_, activity_, current_);
  add_product(from_inputs_, input_, current_);
  for (const Population& population : populations_) {
    const Eigen::Index first = population.begin * current_.cols();
    const auto count = static_cast<std::size_t>(population.size * current_.cols());
    respond(population.activation, population.leak, current_.data() + first, activity_.data() + first, count);
  }
}

const Teacher::State& Teacher::readout() {
  readout_.setZero();
  add_product(to_readouts_, activity_, readout_);
  return readout_;
}

}  // namespace locus
