#include "sim/model/check_matrices.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace locus {
namespace {

/// A fault for each index that is out of range (of many, the first).
void tell_indices(std::span<const std::int32_t> indices, std::int64_t limit, const FieldPath& field, FaultList& faults) {
  std::size_t told = 0;
  for (std::size_t k = 0; k < indices.size(); ++k) {
    if (indices[k] >= 0 && indices[k] < limit) continue;
    if (++told > kMostFaultsOfArray) continue;
    faults.error(field.element(k), fmt::format("is {}", indices[k]),
                 fmt::format("must be 0 to {} (indices count from 0)", limit - 1));
  }
  if (told > kMostFaultsOfArray)
    faults.error(field, fmt::format("has {} more indices out of range", told - kMostFaultsOfArray), "");
}

bool strictly_ascends(std::span<const std::int32_t> major, std::span<const std::int32_t> minor) {
  std::size_t wrong = 0;
  for (std::size_t k = 1; k < major.size(); ++k) {
    wrong += static_cast<std::size_t>(major[k] < major[k - 1] || (major[k] == major[k - 1] && minor[k] <= minor[k - 1]));
  }
  return wrong == 0;
}

/// Indices and repeated entries of a matrix whose arrays are of one length.
void check_entries(const SparseMatrix& matrix, const FieldPath& where, FaultList& faults) {
  const bool rows_good = all_below(matrix.row, matrix.rows);
  const bool cols_good = all_below(matrix.col, matrix.cols);
  if (!rows_good) tell_indices(matrix.row, matrix.rows, where.at("row"), faults);
  if (!cols_good) tell_indices(matrix.col, matrix.cols, where.at("col"), faults);
  if (!rows_good || !cols_good) return;
  const FieldPath field = where.at("row");
  const Repeats found = repeats(matrix);
  for (const Repeat& repeat : found.first) {
    const auto k = static_cast<std::size_t>(repeat.entry);
    faults.error(field.element(k),
                 fmt::format("names entry ({}, {}) again, as element {} did", matrix.row[k], matrix.col[k], repeat.earlier),
                 "an entry may come once");
  }
  if (found.more > 0)
    faults.error(field, fmt::format("names {} more entries again", found.more), "an entry may come once");
}

void add(std::int64_t entry, std::int64_t earlier, Repeats& found) {
  if (found.first.size() < kMostFaultsOfArray) {
    found.first.push_back({entry, earlier});
  } else {
    ++found.more;
  }
}

/// Entries are laid out by row, those of a row in their order; then each column remembers its last
/// entry. Cost: O(entries + rows + cols).
void find_by_counting(const SparseMatrix& matrix, Repeats& found) {
  std::vector<std::int64_t> next(static_cast<std::size_t>(matrix.rows) + 1, 0);
  for (const std::int32_t row : matrix.row) ++next[static_cast<std::size_t>(row) + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  std::vector<std::int64_t> entries(matrix.row.size());
  for (std::size_t k = 0; k < matrix.row.size(); ++k)
    entries[static_cast<std::size_t>(next[static_cast<std::size_t>(matrix.row[k])]++)] = static_cast<std::int64_t>(k);
  std::vector<std::int64_t> last(static_cast<std::size_t>(matrix.cols), -1);
  for (const std::int64_t entry : entries) {
    const auto k = static_cast<std::size_t>(entry);
    std::int64_t& earlier = last[static_cast<std::size_t>(matrix.col[k])];
    if (earlier >= 0 && matrix.row[static_cast<std::size_t>(earlier)] == matrix.row[k]) add(entry, earlier, found);
    earlier = entry;
  }
}

/// Cost: O(entries log entries).
void find_by_sorting(const SparseMatrix& matrix, Repeats& found) {
  std::vector<std::int64_t> order(matrix.row.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  const auto key = [&](std::int64_t k) {
    const auto i = static_cast<std::size_t>(k);
    return static_cast<std::int64_t>(matrix.row[i]) * matrix.cols + matrix.col[i];
  };
  std::sort(order.begin(), order.end(),
            [&](std::int64_t a, std::int64_t b) { return key(a) != key(b) ? key(a) < key(b) : a < b; });
  for (std::size_t k = 1; k < order.size(); ++k) {
    if (key(order[k]) == key(order[k - 1])) add(order[k], order[k - 1], found);
  }
}

}  // namespace

bool all_below(std::span<const std::int32_t> indices, std::int64_t limit) {
  std::uint32_t largest = 0;  // a negative index is a large one here
  for (const std::int32_t index : indices) largest = std::max(largest, static_cast<std::uint32_t>(index));
  return indices.empty() || largest < limit;
}

Repeats repeats(const SparseMatrix& matrix) {
  Repeats found;
  if (strictly_ascends(matrix.row, matrix.col) || strictly_ascends(matrix.col, matrix.row)) return found;
  // Counting takes memory for every row and column, which a small file may claim many of.
  if (matrix.rows + matrix.cols > 4 * std::ssize(matrix.row) + 1024) {
    find_by_sorting(matrix, found);
  } else {
    find_by_counting(matrix, found);
  }
  return found;
}

bool check_length(std::size_t length, std::size_t wanted, std::string_view of, const FieldPath& field, FaultList& faults) {
  if (length == wanted) return true;
  faults.error(field, fmt::format("has {} numbers", length), fmt::format("must have {}, {}", wanted, of));
  return false;
}

void check_matrix(const DenseMatrix& matrix, const MatrixShape& shape, const FieldPath& where, SynapseBudget& budget,
                  FaultList& faults) {
  const FieldPath field = where.at("values");
  const bool fits = check_shape(matrix.rows, matrix.cols, shape, where, faults);
  if (fits && !budget.take(matrix.rows, matrix.cols, where, faults)) return;
  if (faults.is_silenced(field)) return;
  if (fits) {
    check_length(matrix.values.size(), static_cast<std::size_t>(matrix.rows * matrix.cols),
                 fmt::format("rows x cols = {} x {}", matrix.rows, matrix.cols), field, faults);
  }
  check_finite(matrix.values, field, faults);
}

void check_matrix(const SparseMatrix& matrix, const MatrixShape& shape, const FieldPath& where, SynapseBudget& budget,
                  FaultList& faults) {
  const bool within = budget.take(std::ssize(matrix.row), 1, where, faults);
  const bool fits = check_shape(matrix.rows, matrix.cols, shape, where, faults);
  if (faults.is_silenced(where.at("values"))) return;
  const bool whole = check_length(matrix.col.size(), matrix.row.size(), "as many as row", where.at("col"), faults);
  check_length(matrix.values.size(), matrix.row.size(), "as many as row", where.at("values"), faults);
  check_finite(matrix.values, where.at("values"), faults);
  if (fits && within && whole) check_entries(matrix, where, faults);
}

}  // namespace locus
