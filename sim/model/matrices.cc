#include "sim/model/matrices.h"

#include <fmt/format.h>

#include "core/base/huge_pages.h"
#include "sim/model/check_matrices.h"

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

}  // namespace

DenseMatrix read_dense(v1::Matrix& message, const FieldPath& where, Reading& reading) {
  return {message.rows(), message.cols(), take(*message.mutable_values(), where.at("values"), reading)};
}

SparseMatrix read_sparse(v1::SparseMatrix& message, const FieldPath& where, Reading& reading) {
  return {message.rows(), message.cols(), take(*message.mutable_row(), where.at("row"), reading),
          take(*message.mutable_col(), where.at("col"), reading),
          take(*message.mutable_values(), where.at("values"), reading)};
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

SparseMatrix read_csr(v1::CsrMatrix& message, const FieldPath& where, const FieldPath& as, Reading& reading) {
  FaultList& faults = reading.faults;
  faults.respell(as, where);
  faults.respell(as.at("row"), where.at("col"));  // where an entry that comes twice is told
  SparseMatrix matrix = {message.rows(), message.cols(), {}, {}, {}};
  matrix.col = take(*message.mutable_col(), where.at("col"), reading);
  matrix.values = take(*message.mutable_values(), where.at("values"), reading);
  const std::vector<std::int64_t> offset = take(*message.mutable_offset(), where.at("offset"), reading);
  const bool rows_good = matrix.rows >= 1 && matrix.rows <= kMostNeurons;
  // rows that are no number of rows are told by the checks
  if (!check_length(matrix.values.size(), matrix.col.size(), "as many as col", where.at("values"), faults) ||
      !rows_good || !check_offsets(offset, matrix.rows, std::ssize(matrix.col), where.at("offset"), faults)) {
    for (const char* array : {"row", "col", "values"}) faults.silence(as.at(array));
    return matrix;
  }
  matrix.row.reserve(matrix.col.size());
  ask_for_huge_pages(matrix.row.data(), matrix.col.size() * sizeof(std::int32_t));
  append_rows(offset, 0, matrix.row);
  return matrix;
}

}  // namespace locus
