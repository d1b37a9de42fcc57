#include <algorithm>

#include <fmt/format.h>

#include "sim/model/check_matrices.h"
#include "sim/model/checks.h"

namespace locus {
namespace {

/// One form of weights. `where` is the field of the weights, below which each form has its own.
struct CheckForm {
  const MatrixShape& shape;
  const FieldPath& where;
  Checking& checking;

  void operator()(const DenseMatrix& matrix) const {
    check_matrix(matrix, shape, where.at("dense"), checking.budget, checking.faults);
  }

  void operator()(const SparseMatrix& matrix) const {
    check_matrix(matrix, shape, where.at("sparse"), checking.budget, checking.faults);
  }

  void operator()(const GaussianWeights& weights) const {
    take_all();
    check_not_negative(weights.stddev, where.at("gaussian").at("stddev"), checking.faults);
  }

  void operator()(const ConstantWeights& weights) const {
    take_all();
    check_finite(weights.value, where.at("constant").at("value"), checking.faults);
  }

  void operator()(const AlignedWeights& weights) const {
    take_all();
    const FieldPath field = where.at("aligned");
    const std::int64_t modes = std::ssize(weights.values);
    const std::int64_t most = std::min(shape.rows, shape.cols);
    if (most != kUnknown && (modes < 1 || modes > most)) {
      checking.faults.error(field.at("values"), fmt::format("has {} modes", modes),
                            fmt::format("must have 1 to {}, the smaller side of {} x {}", most, shape.rows, shape.cols));
    }
    if (std::max(shape.rows, shape.cols) > kLargestBasis) {
      checking.faults.error(field, fmt::format("is aligned and {} x {}", shape.rows, shape.cols),
                            fmt::format("orthogonal bases are made up to {} x {}", kLargestBasis, kLargestBasis));
    }
    check_finite(weights.values, field.at("values"), checking.faults);
  }

  void operator()(const SparseRandomWeights& weights) const {
    const FieldPath field = where.at("sparse_random");
    double entries = weights.in_degree;  // of a row
    if (weights.probability) {
      entries = *weights.probability * static_cast<double>(shape.cols);
      if (!(*weights.probability >= 0 && *weights.probability <= 1)) {
        checking.faults.error(field.at("probability"), "is " + shown(*weights.probability), "must be 0 to 1");
        return;
      }
    } else if (shape.cols != kUnknown &&
               !check_range(weights.in_degree, 0, shape.cols, field.at("in_degree"), checking.faults)) {
      return;
    }
    check_finite(weights.mean, field.at("constant").at("value"), checking.faults);
    check_not_negative(weights.stddev, field.at("gaussian").at("stddev"), checking.faults);
    if (entries >= 1) checking.budget.take(shape.rows, static_cast<std::int64_t>(entries), field, checking.faults);
  }

  /// Weights that every pair has.
  void take_all() const { checking.budget.take(shape.rows, shape.cols, where, checking.faults); }
};

}  // namespace

void check_weights(const WeightsSpec& weights, const MatrixShape& shape, const FieldPath& where, Checking& checking) {
  if (checking.faults.is_silenced(where.at("form"))) return;  // a reader found none
  std::visit(CheckForm{shape, where, checking}, weights);
}

}  // namespace locus
