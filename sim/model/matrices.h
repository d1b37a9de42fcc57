// Matrices of a message in the form of a Spec.
//
// The checks of the Spec look at their contents (check_matrices.h); this file checks the offsets of
// a compressed matrix, which a Spec does not have.
// Cost: packed arrays are taken over as a whole.
#pragma once

#include "locus/v1/weights.pb.h"
#include "sim/model/reading.h"

namespace locus {

DenseMatrix read_dense(v1::Matrix& message, const FieldPath& where, Reading& reading);
SparseMatrix read_sparse(v1::SparseMatrix& message, const FieldPath& where, Reading& reading);
/// `as` is the field of the sparse matrix that the checks use.
SparseMatrix read_csr(v1::CsrMatrix& message, const FieldPath& where, const FieldPath& as, Reading& reading);

/// Appends the row index of each entry of a compressed matrix: row first_row + i as often as
/// `offset` says. The offsets must ascend.
void append_rows(std::span<const std::int64_t> offset, std::int32_t first_row, std::vector<std::int32_t>& row);

/// Adds a fault unless there are `rows` + 1 offsets that begin at 0, ascend and end at `entries`.
/// `field` is that of the offsets.
bool check_offsets(std::span<const std::int64_t> offset, std::int64_t rows, std::int64_t entries,
                   const FieldPath& field, FaultList& faults);

}  // namespace locus
