#include "tests/support/random_matrices.h"

#include <utility>

namespace locus {
namespace {

double exact_value(Dice& dice) {
  const double sizes[] = {0.5, 1, 2};
  return (dice.chance(50) ? 1 : -1) * sizes[dice.between(0, 2)];
}

double draw(Dice& dice, bool exact) { return exact ? exact_value(dice) : dice.value(); }

}  // namespace

DenseMatrix random_dense(int rows, int cols, int percent_zero, bool exact, Dice& dice) {
  DenseMatrix result{rows, cols, {}};
  for (int k = 0; k < rows * cols; ++k) result.values.push_back(dice.chance(percent_zero) ? 0.0 : draw(dice, exact));
  return result;
}

SparseMatrix random_sparse(int rows, int cols, int percent_zero, bool exact, Dice& dice) {
  std::vector<std::pair<int, int>> places;
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < cols; ++j) {
      places.insert(places.begin() + dice.between(0, static_cast<int>(places.size())), {i, j});
    }
  }
  SparseMatrix result{rows, cols, {}, {}, {}};
  for (const auto& [i, j] : places) {
    if (!result.row.empty() && dice.chance(33)) continue;
    result.row.push_back(i);
    result.col.push_back(j);
    result.values.push_back(dice.chance(percent_zero) ? 0.0 : draw(dice, exact));
  }
  return result;
}

int neurons_of(const Spec& spec, PopulationKind kind) {
  int neurons = 0;
  for (const PopulationSpec& population : spec.network.populations) {
    if (population.kind == kind) neurons += population.size;
  }
  return neurons;
}

}  // namespace locus
