// Checks of matrices: sizes, indices, no entry twice, finite values.
//
// Cost: a pass over the values, and one over the indices. Whether an entry comes twice is seen in
// that pass if the entries ascend row by row or column by column; otherwise they are laid out by
// row once, which takes 8 bytes an entry.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/model/check_basics.h"

namespace locus {

/// `where` is the matrix' field; a file's field that was looked at while it was read is skipped.
void check_matrix(const DenseMatrix& matrix, const MatrixShape& shape, const FieldPath& where, SynapseBudget& budget,
                  FaultList& faults);
void check_matrix(const SparseMatrix& matrix, const MatrixShape& shape, const FieldPath& where, SynapseBudget& budget,
                  FaultList& faults);

/// True if 0 <= index < limit for all. Vectorises.
bool all_below(std::span<const std::int32_t> indices, std::int64_t limit);

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

/// A fault unless an array has `wanted` numbers, which are as many as `of` says.
bool check_length(std::size_t length, std::size_t wanted, std::string_view of, const FieldPath& field, FaultList& faults);

}  // namespace locus
