// LinearNetwork: h_t = W h_{t-1} + B x_t, y_t = A h_t, as three matrices; all of sim/theory is
// about such networks.
//
// This is mathematics only, without actors and messages. sim/study turns the projections of a model
// file into these matrices.
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

/// The bases of a data-aligned network: A = U diag(a) P^T, W = P diag(w) P^T, B = P diag(b) V^T.
/// Each column is one mode.
struct Bases {
  Matrix u;  // (o x modes), orthonormal columns
  Matrix p;  // (n x modes)
  Matrix v;  // (m x modes)
};

}  // namespace locus::theory
