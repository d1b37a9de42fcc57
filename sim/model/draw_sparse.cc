#include "sim/model/draw_sparse.h"

#include <algorithm>
#include <bit>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include "core/base/check.h"
#include "core/base/huge_pages.h"

namespace locus {
namespace {

/// Draws the columns of one row after the other.
class RowDraw {
 public:
  explicit RowDraw(const SparseRandomWeights& weights) : weights_(weights) {
    if (!weights.probability) taken_.assign(static_cast<std::size_t>(weights.cols + 63) / 64, 0);
  }

  /// The columns of a row, ascending; valid until the next call.
  const std::vector<std::int32_t>& columns(std::int64_t row) {
    const std::int64_t sources = weights_.cols - (weights_.autapses ? 0 : 1);
    if (weights_.probability) {
      draw_indices(weights_.synapse_key, static_cast<std::uint64_t>(row), 0, *weights_.probability, sources, columns_);
    } else {
      draw_sources(static_cast<std::uint64_t>(row), sources);
    }
    if (!weights_.autapses) {  // what is at or behind the diagonal moves on by one
      for (std::int32_t& column : columns_) column += column >= row ? 1 : 0;
    }
    return columns_;
  }

 private:
  /// in_degree different ones of 0 .. sources - 1.
  void draw_sources(std::uint64_t row, std::int64_t sources) {
    columns_.clear();
    const auto is_drawn = [&](std::int64_t source) { return is_taken(source); };
    draw_subset(weights_.synapse_key, row, 0, sources, weights_.in_degree, is_drawn, [&](std::int64_t source) {
      take(source, true);
      columns_.push_back(static_cast<std::int32_t>(source));
    });
    if (static_cast<std::int64_t>(columns_.size()) * kWorthLooking < sources) {
      for (const std::int32_t column : columns_) take(column, false);
      std::ranges::sort(columns_);
      return;
    }
    columns_.clear();  // all words looked through, which sorts them
    for (std::size_t word = 0; word < taken_.size(); ++word) {
      for (std::uint64_t left = taken_[word]; left != 0; left &= left - 1)
        columns_.push_back(static_cast<std::int32_t>(64 * word) + std::countr_zero(left));
      taken_[word] = 0;
    }
  }

  bool is_taken(std::int64_t column) const {
    return (taken_[static_cast<std::size_t>(column / 64)] >> (static_cast<std::uint64_t>(column) % 64) & 1U) != 0;
  }
  void take(std::int64_t column, bool taken) {
    const std::uint64_t bit = std::uint64_t{1} << (static_cast<std::uint64_t>(column) % 64);
    std::uint64_t& word = taken_[static_cast<std::size_t>(column / 64)];
    word = taken ? word | bit : word & ~bit;
  }

  /// Sorting takes as long for each that was drawn as looking at so many bits.
  static constexpr std::int64_t kWorthLooking = 1024;

  const SparseRandomWeights& weights_;
  std::vector<std::uint64_t> taken_;  // a bit a source, within a row
  std::vector<std::int32_t> columns_;
};

std::int64_t count(const SparseRandomWeights& weights) {
  if (!weights.probability) return weights.rows * weights.in_degree;
  RowDraw rows(weights);
  std::int64_t sum = 0;
  for (std::int64_t row = 0; row < weights.rows; ++row) sum += std::ssize(rows.columns(row));
  return sum;
}

/// All but the number of entries.
void tell(std::uint64_t seed, const std::string& purpose, const NetworkSpec& network, const ProjectionSpec& projection,
          SparseRandomWeights& weights) {
  weights.rows = network.populations[static_cast<std::size_t>(projection.target)].size;
  weights.cols = network.populations[static_cast<std::size_t>(projection.source)].size;
  weights.synapse_key = random_key(seed, purpose + projection.name);
  weights.value_key = random_key(seed, purpose + projection.name + "/values");
}

void settle(std::uint64_t seed, const std::string& purpose, NetworkSpec& network) {
  for (ProjectionSpec& projection : network.projections) {
    auto* weights = std::get_if<SparseRandomWeights>(&projection.weights);
    if (weights == nullptr) continue;
    tell(seed, purpose, network, projection, *weights);
    weights->synapses = count(*weights);
    weights->counted_probability = weights->probability;
    weights->counted_autapses = weights->autapses;
  }
}

}  // namespace

DrawnWires draw_wires(const SparseRandomWeights& weights) {
  DrawnWires drawn;
  const auto size = static_cast<std::size_t>(weights.synapses);
  for (std::vector<std::int32_t>* indices : {&drawn.target, &drawn.source}) {
    indices->reserve(size);
    ask_for_huge_pages(indices->data(), size * sizeof(std::int32_t));
  }
  RowDraw rows(weights);
  for (std::int64_t row = 0; row < weights.rows; ++row) {
    const std::vector<std::int32_t>& columns = rows.columns(row);
    drawn.target.insert(drawn.target.end(), columns.size(), static_cast<std::int32_t>(row));
    drawn.source.insert(drawn.source.end(), columns.begin(), columns.end());
    CHECK(drawn.source.size() <= size, "a drawn matrix has the entries that were counted");
  }
  CHECK(drawn.source.size() == size, "a drawn matrix has the entries that were counted");
  return drawn;
}

std::vector<double> draw_values(const SparseRandomWeights& weights, const std::vector<std::int64_t>& entries) {
  const auto size = static_cast<std::size_t>(weights.synapses);
  std::vector<double> values;
  values.reserve(size);
  ask_for_huge_pages(values.data(), size * sizeof(double));
  values.assign(size, weights.mean);
  if (weights.stddev <= 0) return values;
  std::size_t begin = 0;
  for (std::size_t row = 0; row < entries.size(); ++row) {
    const auto own = static_cast<std::size_t>(entries[row]);
    CHECK(begin + own <= size, "a drawn matrix has the entries that were counted");
    fill_normal(weights.value_key, row, 0, weights.stddev, std::span(values).subspan(begin, own));
    begin += own;
  }
  return values;
}

SparseMatrix draw_sparse(const SparseRandomWeights& weights) {
  DrawnWires wires = draw_wires(weights);
  std::vector<std::int64_t> entries(static_cast<std::size_t>(weights.rows), 0);
  for (const std::int32_t row : wires.target) ++entries[static_cast<std::size_t>(row)];
  return {weights.rows, weights.cols, std::move(wires.target), std::move(wires.source), draw_values(weights, entries)};
}

bool is_settled(const SparseRandomWeights& weights, const NetworkSpec& network, const ProjectionSpec& projection,
                std::uint64_t seed, const std::string& purpose) {
  SparseRandomWeights told = weights;
  tell(seed, purpose, network, projection, told);
  const bool counted = weights.counted_probability == weights.probability && weights.counted_autapses == weights.autapses &&
                       (weights.probability.has_value() || weights.synapses == weights.rows * weights.in_degree);
  return counted && weights.rows == told.rows && weights.cols == told.cols && weights.synapse_key == told.synapse_key &&
         weights.value_key == told.value_key;
}

void settle_sparse(Spec& spec) {
  settle(spec.seed, "weights/", spec.network);
  if (auto* taught = std::get_if<StudentTeacherTask>(&spec.task)) settle(spec.seed, "teacher/", taught->teacher);
}

}  // namespace locus
