// Matrices of a message, checked: sizes, indices, no entry twice, finite values.
//
// Cost: packed arrays are taken over whole, checked by loops that vectorise, and looked at one by
// one only where something is wrong. Whether an entry comes twice is seen in one pass if the
// entries ascend, and costs a sort otherwise.
#pragma once

#include "locus/v1/weights.pb.h"
#include "sim/model/reading.h"

namespace locus {

DenseMatrix read_dense(v1::Matrix& message, const MatrixShape& shape, const FieldPath& where, Reading& reading);
SparseMatrix read_sparse(v1::SparseMatrix& message, const MatrixShape& shape, const FieldPath& where, Reading& reading);
SparseMatrix read_csr(v1::CsrMatrix& message, const MatrixShape& shape, const FieldPath& where, Reading& reading);

/// Faults of entries that are out of range or come twice. Fields `row`, `col` are below `where`;
/// those of a csr matrix have no `row`.
void check_entries(const SparseMatrix& matrix, const FieldPath& where, bool has_row_field, FaultList& faults);

/// An entry that names the same place as an earlier one; both counted from 0.
struct Repeat {
  std::int64_t entry = 0;
  std::int64_t earlier = 0;
};
struct Repeats {
  std::vector<Repeat> first;  // at most kMostFaultsOfArray
  std::int64_t more = 0;
};
/// The matrix' indices must be in range.
Repeats repeats(const SparseMatrix& matrix);

/// True if 0 <= index < limit for all. Vectorises.
bool all_below(std::span<const std::int32_t> indices, std::int64_t limit);

/// Row indices of the rows of a compressed matrix: row first_row + i as often as offset says. The
/// offsets must ascend.
void append_rows(std::span<const std::int64_t> offset, std::int32_t first_row, std::vector<std::int32_t>& row);

/// A fault unless offsets begin at 0, ascend and end at `entries`; `rows` + 1 of them. `field` is
/// the offsets'.
bool check_offsets(std::span<const std::int64_t> offset, std::int64_t rows, std::int64_t entries,
                   const FieldPath& field, FaultList& faults);

}  // namespace locus
