// LinearNetwork: h_t = W h_{t-1} + B x_t, y_t = A h_t, as three matrices; the setting of everything
// in this room.
//
// No actor and no message: mathematics only. What a model file means by its projections is worked
// out elsewhere and arrives here as matrices.
#pragma once

#include <Eigen/Core>

namespace locus::theory {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

struct LinearNetwork {
  Matrix a;  // A [1] (o x n)
  Matrix w;  // W [1] (n x n)
  Matrix b;  // B [1] (n x m)
};

/// Bases of a data-aligned network: A = U diag(a) P^T, W = P diag(w) P^T, B = P diag(b) V^T.
/// Columns are the modes.
struct Bases {
  Matrix u;  // (o x modes), orthonormal columns
  Matrix p;  // (n x modes)
  Matrix v;  // (m x modes)
};

}  // namespace locus::theory
