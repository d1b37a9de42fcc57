// Reduction: linear networks that train as smaller ones do.
//
// Two facts about a linear network whose recurrent weights begin at 0, exact at any number of ticks
// and any learning rate:
//   1. Width. P = span(A_0^T, B_0 [, R^T]) is invariant: every change of A, W, B under BPTT, tBPTT,
//      RTRL and RFLO stays in it. The network of any width n therefore trains as its projection
//      (A P, P^T W P, P^T B) onto an orthonormal basis of P, which has at most m + o units (with a
//      feedback m + 2 o). e-prop is an exception, because the diagonal of W has no meaning in
//      another basis.
//   2. Overlaps. Under RFLO, W = R^T Q and B = B_0 + R^T S. The output depends on five small
//      matrices alone, a = A R^T, c = A B_0, S, p = Q R^T, q = Q B_0, whatever n; the constants are
//      G = R R^T, K = R B_0, H = B_0^T B_0. With g_0 = S, g_k = p g_{k-1} + [k = 1] q:
//        C_k = a g_k + [k = 0] c - A* W*^k B*
//        da = sum_k C_k (g_k^T G + [k = 0] K^T)      dc = sum_k C_k (g_k^T K + [k = 0] H)
//        dS = sum_j lambda^j C_j
//        dp = sum_j lambda^j sum_l C_{j+1+l} (g_l^T G + [l = 0] K^T), dq likewise with (K, H)
//      For errors at several ticks v_k C_k stands for C_k in every change (exact.h).
// Source: derived from the definitions of the rules (docs/theory.md).
// Cost: of the overlaps O(T^2 o m (o + m)) an update, whatever n.
// Thread safety: all functions are pure.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/theory/exact.h"
#include "sim/theory/linear_network.h"

namespace locus::theory {

/// An orthonormal basis of span(A^T, B, R^T) (n x at most m + 2 o). An empty R adds nothing.
Matrix invariant_basis(const LinearNetwork& network, const Matrix& feedback);

/// The network and a feedback in the coordinates of the basis: A P, P^T W P, P^T B; R P.
LinearNetwork projected(const LinearNetwork& network, const Matrix& basis);

/// The state of RFLO as overlaps.
struct Overlaps {
  Matrix a;  // A R^T (o x o)
  Matrix c;  // A B_0 (o x m)
  Matrix s;  // B = B_0 + R^T S (o x m)
  Matrix p;  // Q R^T, where W = R^T Q (o x o)
  Matrix q;  // Q B_0 (o x m)
};

/// The learning curve of RFLO without noise, from overlaps alone. Requires W = 0 of the student.
struct OverlapTraining {
  std::vector<double> losses;  // one before each update and one after the last, while finite
  Overlaps last;
};
OverlapTraining train_overlaps(const LinearNetwork& student, const LinearNetwork& teacher, const Matrix& feedback,
                               double decay, const ExactTrial& trial, double learning_rate, std::int64_t updates);

}  // namespace locus::theory
