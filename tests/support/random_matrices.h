// Random matrices of the random models (random_model.h).
#pragma once

#include "tests/support/random_model.h"

namespace locus {

/// rows x cols; so many percent of the values are 0. exact: values are powers of two.
DenseMatrix random_dense(int rows, int cols, int percent_zero, bool exact, Dice& dice);
/// About two thirds of the entries, at least one, in any order; some of them store a zero.
SparseMatrix random_sparse(int rows, int cols, int percent_zero, bool exact, Dice& dice);
/// The neurons of all populations of a kind.
int neurons_of(const Spec& spec, PopulationKind kind);

}  // namespace locus
