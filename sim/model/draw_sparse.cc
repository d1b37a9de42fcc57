#include "sim/model/draw_sparse.h"

#include <algorithm>
#include <span>
#include <string>
#include <variant>

#include "core/base/check.h"

namespace locus {
namespace {

/// Draws the columns of one row after the other.
class RowDraw {
 public:
  explicit RowDraw(const SparseRandomWeights& weights) : weights_(weights) {
    if (!weights.probability) taken_.assign(static_cast<std::size_t>(weights.cols), false);
  }

  /// The columns of a row, ascending; valid until the next call.
  const std::vector<std::int32_t>& columns(std::int64_t row) {
    const std::int64_t sources = weights_.cols - (weights_.autapses ? 0 : 1);
    if (weights_.probability) {
      draw_indices(weights_.synapse_key, static_cast<std::uint64_t>(row), 0, *weights_.probability, sources, columns_);
    } else {
      draw_subset(static_cast<std::uint64_t>(row), sources);
    }
    if (!weights_.autapses) {  // what is at or behind the diagonal moves on by one
      for (std::int32_t& column : columns_) column += column >= row ? 1 : 0;
    }
    return columns_;
  }

 private:
  /// in_degree different ones of 0 .. sources - 1, all such sets equally likely (Floyd; Bentley, CACM 30:754, 1987).
  void draw_subset(std::uint64_t row, std::int64_t sources) {
    columns_.clear();
    for (std::int64_t last = sources - weights_.in_degree; last < sources; ++last) {
      const double uniform = uniform_at(weights_.synapse_key, row, 0, static_cast<std::uint64_t>(last));
      auto chosen = std::min(static_cast<std::int64_t>(uniform * static_cast<double>(last + 1)), last);
      if (taken_[static_cast<std::size_t>(chosen)]) chosen = last;
      taken_[static_cast<std::size_t>(chosen)] = true;
      columns_.push_back(static_cast<std::int32_t>(chosen));
    }
    for (const std::int32_t column : columns_) taken_[static_cast<std::size_t>(column)] = false;
    std::ranges::sort(columns_);
  }

  const SparseRandomWeights& weights_;
  std::vector<bool> taken_;  // by source, within a row
  std::vector<std::int32_t> columns_;
};

std::int64_t count(const SparseRandomWeights& weights) {
  if (!weights.probability) return weights.rows * weights.in_degree;
  RowDraw rows(weights);
  std::int64_t sum = 0;
  for (std::int64_t row = 0; row < weights.rows; ++row) sum += std::ssize(rows.columns(row));
  return sum;
}

void settle(std::uint64_t seed, const std::string& purpose, NetworkSpec& network) {
  for (ProjectionSpec& projection : network.projections) {
    auto* weights = std::get_if<SparseRandomWeights>(&projection.weights);
    if (weights == nullptr) continue;
    weights->rows = network.populations[static_cast<std::size_t>(projection.target)].size;
    weights->cols = network.populations[static_cast<std::size_t>(projection.source)].size;
    weights->synapse_key = random_key(seed, purpose + projection.name);
    weights->value_key = random_key(seed, purpose + projection.name + "/values");
    weights->synapses = count(*weights);
  }
}

}  // namespace

SparseMatrix draw_sparse(const SparseRandomWeights& weights) {
  SparseMatrix matrix = {weights.rows, weights.cols, {}, {}, {}};
  const auto size = static_cast<std::size_t>(weights.synapses);
  matrix.row.reserve(size);
  matrix.col.reserve(size);
  matrix.values.assign(size, weights.mean);
  RowDraw rows(weights);
  for (std::int64_t row = 0; row < weights.rows; ++row) {
    const std::vector<std::int32_t>& columns = rows.columns(row);
    const std::size_t begin = matrix.col.size();
    matrix.row.insert(matrix.row.end(), columns.size(), static_cast<std::int32_t>(row));
    matrix.col.insert(matrix.col.end(), columns.begin(), columns.end());
    CHECK(matrix.col.size() <= size, "a drawn matrix has the entries that were counted");
    if (weights.stddev > 0) {
      fill_normal(weights.value_key, static_cast<std::uint64_t>(row), 0, weights.stddev,
                  std::span(matrix.values).subspan(begin, columns.size()));
    }
  }
  CHECK(matrix.col.size() == size, "a drawn matrix has the entries that were counted");
  return matrix;
}

void settle_sparse(Spec& spec) {
  settle(spec.seed, "weights/", spec.network);
  if (auto* taught = std::get_if<StudentTeacherTask>(&spec.task)) settle(spec.seed, "teacher/", taught->teacher);
}

}  // namespace locus
