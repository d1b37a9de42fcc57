// Orthogonal matrices and what is made from them: all that model files need of linear algebra.
//
// These functions have a file of their own because a decomposition costs seconds to compile: nobody
// else in sim/model includes Eigen. Cost: O(n^3), n the side.
#pragma once

#include <span>

#include "sim/model/spec.h"

namespace locus {

/// Q of the QR decomposition of a square matrix, with the signs of R's diagonal taken into it, so
/// that a Gaussian matrix gives one uniform over the orthogonal group. (Mezzadri, Notices of the
/// AMS 54:592, 2007.)
DenseMatrix orthogonal_factor(const DenseMatrix& matrix);

/// The largest entry of Q^T Q - I: 0 for an orthogonal matrix.
double off_orthogonal(const DenseMatrix& q);

/// left diag(values) right^T, modes beyond the values being 0; left (rows x rows), right
/// (cols x cols), no more values than either has columns.
DenseMatrix from_modes(const DenseMatrix& left, std::span<const double> values, const DenseMatrix& right);

}  // namespace locus
