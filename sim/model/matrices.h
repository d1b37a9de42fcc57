// Matrices of a message, as a Spec has them.
//
// What is in them is looked at by the checks of the Spec (check_matrices.h); here are the offsets
// of a compressed one, which a Spec has not. Cost: packed arrays are taken over whole.
#pragma once

#include "locus/v1/weights.pb.h"
#include "sim/model/reading.h"

namespace locus {

DenseMatrix read_dense(v1::Matrix& message, const FieldPath& where, Reading& reading);
SparseMatrix read_sparse(v1::SparseMatrix& message, const FieldPath& where, Reading& reading);
/// `as` is the field of the sparse matrix that the checks look at.
SparseMatrix read_csr(v1::CsrMatrix& message, const FieldPath& where, const FieldPath& as, Reading& reading);

/// Row indices of the rows of a compressed matrix: row first_row + i as often as offset says. The
/// offsets must ascend.
void append_rows(std::span<const std::int64_t> offset, std::int32_t first_row, std::vector<std::int32_t>& row);

/// A fault unless offsets begin at 0, ascend and end at `entries`; `rows` + 1 of them. `field` is
/// the offsets'.
bool check_offsets(std::span<const std::int64_t> offset, std::int64_t rows, std::int64_t entries,
                   const FieldPath& field, FaultList& faults);

}  // namespace locus
