// Checks of matrices: sizes, indices, repeated entries, finite values.
//
// Cost: one pass over the values and one over the indices. The latter finds repeated entries if the
// entries ascend row by row or column by column; otherwise they are sorted by row once, which takes
// 8 bytes for each entry.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/model/check_basics.h"

namespace locus {

/// `where` is the field of the matrix; the field of a file that was checked on reading is skipped.
void check_matrix(const DenseMatrix& matrix, const MatrixShape& shape, const FieldPath& where, SynapseBudget& budget,
                  FaultList& faults);
void check_matrix(const SparseMatrix& matrix, const MatrixShape& shape, const FieldPath& where, SynapseBudget& budget,
                  FaultList& faults);

/// True if 0 <= index < limit for all. Vectorises.
bool all_below(std::span<const std::int32_t> indices, std::int64_t limit);

/// An entry at the same place as an earlier one; both counted from 0.
struct Repeat {
  std::int64_t entry = 0;
  std::int64_t earlier = 0;
};
struct Repeats {
  std::vector<Repeat> first;  // at most kMostFaultsOfArray
  std::int64_t more = 0;
};
/// Requires that the indices of the matrix are in range.
Repeats repeats(const SparseMatrix& matrix);

/// Adds a fault unless the array has `wanted` numbers; `of` explains that number.
bool check_length(std::size_t length, std::size_t wanted, std::string_view of, const FieldPath& field, FaultList& faults);

}  // namespace locus
