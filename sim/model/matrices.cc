#include "sim/model/matrices.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "core/base/huge_pages.h"

namespace locus {
namespace {

/// The array of a field, from the bytes of the file or else from the message.
template <class T>
std::vector<T> take(google::protobuf::RepeatedField<T>& field, const FieldPath& where, Reading& reading) {
  if (reading.arrays != nullptr) {
    if (std::optional<std::vector<T>> taken = reading.arrays->give<T>(where)) return *std::move(taken);
  }
  std::vector<T> values(field.begin(), field.end());
  google::protobuf::RepeatedField<T>().Swap(&field);  // frees what Clear would keep
  return values;
}

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

bool check_length(std::size_t length, std::size_t wanted, std::string_view of, const FieldPath& field, FaultList& faults) {
  if (length == wanted) return true;
  faults.error(field, fmt::format("has {} numbers", length), fmt::format("must have {}, {}", wanted, of));
  return false;
}

}  // namespace

bool all_below(std::span<const std::int32_t> indices, std::int64_t limit) {
  std::uint32_t largest = 0;  // a negative index is a large one here
  for (const std::int32_t index : indices) largest = std::max(largest, static_cast<std::uint32_t>(index));
  return indices.empty() || largest < limit;
}

void check_entries(const SparseMatrix& matrix, const FieldPath& where, bool has_row_field, FaultList& faults) {
  const bool rows_good = all_below(matrix.row, matrix.rows);
  const bool cols_good = all_below(matrix.col, matrix.cols);
  if (!rows_good) tell_indices(matrix.row, matrix.rows, where.at("row"), faults);
  if (!cols_good) tell_indices(matrix.col, matrix.cols, where.at("col"), faults);
  if (!rows_good || !cols_good || matrix.row.size() != matrix.col.size()) return;
  const FieldPath field = where.at(has_row_field ? "row" : "col");
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

Repeats repeats(const SparseMatrix& matrix) {
  Repeats found;
  if (strictly_ascends(matrix.row, matrix.col) || strictly_ascends(matrix.col, matrix.row)) return found;
  std::vector<std::int64_t> order(matrix.row.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  const auto key = [&](std::int64_t k) {
    const auto i = static_cast<std::size_t>(k);
    return static_cast<std::int64_t>(matrix.row[i]) * matrix.cols + matrix.col[i];
  };
  std::sort(order.begin(), order.end(),
            [&](std::int64_t a, std::int64_t b) { return key(a) != key(b) ? key(a) < key(b) : a < b; });
  for (std::size_t k = 1; k < order.size(); ++k) {
    if (key(order[k]) != key(order[k - 1])) continue;
    if (found.first.size() < kMostFaultsOfArray) {
      found.first.push_back({order[k], order[k - 1]});
    } else {
      ++found.more;
    }
  }
  return found;
}

DenseMatrix read_dense(v1::Matrix& message, const MatrixShape& shape, const FieldPath& where, Reading& reading) {
  DenseMatrix matrix = {message.rows(), message.cols(), {}};
  const FieldPath field = where.at("values");
  std::vector<double> values = take(*message.mutable_values(), field, reading);
  if (!check_shape(matrix.rows, matrix.cols, shape, where, reading.faults)) {
    check_finite(values, field, reading.faults);
    return matrix;
  }
  if (!reading.count(matrix.rows, matrix.cols, where)) return matrix;
  matrix.values = std::move(values);
  check_length(matrix.values.size(), static_cast<std::size_t>(matrix.rows * matrix.cols),
               fmt::format("rows x cols = {} x {}", matrix.rows, matrix.cols), field, reading.faults);
  check_finite(matrix.values, field, reading.faults);
  return matrix;
}

SparseMatrix read_sparse(v1::SparseMatrix& message, const MatrixShape& shape, const FieldPath& where, Reading& reading) {
  SparseMatrix matrix = {message.rows(), message.cols(), {}, {}, {}};
  const bool fits = check_shape(matrix.rows, matrix.cols, shape, where, reading.faults);
  matrix.row = take(*message.mutable_row(), where.at("row"), reading);
  matrix.col = take(*message.mutable_col(), where.at("col"), reading);
  matrix.values = take(*message.mutable_values(), where.at("values"), reading);
  check_finite(matrix.values, where.at("values"), reading.faults);
  check_length(matrix.col.size(), matrix.row.size(), "as many as row", where.at("col"), reading.faults);
  check_length(matrix.values.size(), matrix.row.size(), "as many as row", where.at("values"), reading.faults);
  if (fits && reading.count(static_cast<std::int64_t>(matrix.row.size()), 1, where)) {
    check_entries(matrix, where, true, reading.faults);
  }
  return matrix;
}

bool check_offsets(std::span<const std::int64_t> offset, std::int64_t rows, std::int64_t entries,
                   const FieldPath& field, FaultList& faults) {
  if (!check_length(offset.size(), static_cast<std::size_t>(rows) + 1, "one more than rows", field, faults))
    return false;
  if (offset[0] != 0) {
    faults.error(field.element(0), fmt::format("is {}", offset[0]), "must be 0");
    return false;
  }
  for (std::size_t i = 1; i < offset.size(); ++i) {
    if (offset[i] >= offset[i - 1] && offset[i] <= entries) continue;
    faults.error(field.element(i), fmt::format("is {}", offset[i]),
                 fmt::format("must be {} (the one before) to {} (the length of col)", offset[i - 1], entries));
    return false;
  }
  if (offset.back() == entries) return true;
  faults.error(field.element(offset.size() - 1), fmt::format("is {}", offset.back()),
               fmt::format("must be {}, the length of col", entries));
  return false;
}

void append_rows(std::span<const std::int64_t> offset, std::int32_t first_row, std::vector<std::int32_t>& row) {
  for (std::size_t i = 0; i + 1 < offset.size(); ++i) {
    row.insert(row.end(), static_cast<std::size_t>(offset[i + 1] - offset[i]), first_row + static_cast<std::int32_t>(i));
  }
}

SparseMatrix read_csr(v1::CsrMatrix& message, const MatrixShape& shape, const FieldPath& where, Reading& reading) {
  SparseMatrix matrix = {message.rows(), message.cols(), {}, {}, {}};
  const bool fits = check_shape(matrix.rows, matrix.cols, shape, where, reading.faults);
  matrix.col = take(*message.mutable_col(), where.at("col"), reading);
  matrix.values = take(*message.mutable_values(), where.at("values"), reading);
  const std::vector<std::int64_t> offset = take(*message.mutable_offset(), where.at("offset"), reading);
  check_finite(matrix.values, where.at("values"), reading.faults);
  const bool values_fit =
      check_length(matrix.values.size(), matrix.col.size(), "as many as col", where.at("values"), reading.faults);
  if (!fits || !values_fit || !reading.count(static_cast<std::int64_t>(matrix.col.size()), 1, where)) return matrix;
  if (!check_offsets(offset, matrix.rows, static_cast<std::int64_t>(matrix.col.size()), where.at("offset"), reading.faults))
    return matrix;
  matrix.row.reserve(matrix.col.size());
  ask_for_huge_pages(matrix.row.data(), matrix.col.size() * sizeof(std::int32_t));
  append_rows(offset, 0, matrix.row);
  check_entries(matrix, where, false, reading.faults);
  return matrix;
}

}  // namespace locus
