// Alignment: how close a network is to the bases of its teacher, and its modes in these bases.
//
// A teacher A* = U diag(a*) P^T, W* = P diag(w*) P^T, B* = P diag(b*) V^T fixes U and V for all its
// students. The hidden basis Q belongs to the student: its columns q_i = B v_i / |B v_i| are the
// directions in which the teacher's inputs arrive. A student is aligned if the q_i are orthonormal
// and all four matrices (A, W, B and the feedback) are diagonal between U, Q and V. Each measure is
// the share of a squared Frobenius norm that lies on the diagonal: 1 for an aligned network, about
// 1/modes for unrelated matrices.
// Source: arXiv:2606.00243, data alignment; Proca et al., PMLR 267:49860. The paper does not print
// its measure; the one here is our own definition.
#pragma once

#include <optional>
#include <vector>

#include "sim/theory/linear_network.h"
#include "sim/theory/mode.h"

namespace locus::theory {

struct Alignment {
  double input = 0;      // [1], share of V^T B^T B V: do the student's inputs arrive orthogonally
  double recurrent = 0;  // [1], share of Q^T W Q
  double output = 0;     // [1], share of U^T A Q
  double feedback = 0;   // [1], share of U^T R Q; 0 without feedback
  double mean() const { return (input + recurrent + output) / 3; }
};

/// The bases and modes of an aligned network.
struct AlignedNetwork {
  Bases bases;
  std::vector<Mode> modes;  // one for each column of the bases
};

/// Splits a network into its modes if it is aligned: W is symmetric, and W, A^T A and B B^T are
/// diagonal in one orthogonal basis, up to `tolerance` times their norms. The result leaves out
/// modes with ab = 0 and sorts the others by |ab| / sqrt(1 - w^2), the largest first. In every
/// basis vector the largest entry is positive, which fixes the signs of a and b. The result is
/// empty if the network is not aligned or a mode has |w| >= 1.
std::optional<AlignedNetwork> take_apart(const LinearNetwork& network, double tolerance = 1e-9);

/// Measures the student's alignment with the teacher's `bases`, of which only U and V are used.
/// `feedback` (o x n) may be empty.
Alignment alignment_with(const LinearNetwork& student, const Bases& bases, const Matrix& feedback);

/// The student's modes: its diagonal between the teacher's U, V and its own Q (see above), with a_i
/// = u_i^T A q_i, w_i = q_i^T W q_i and b_i = |B v_i|.
std::vector<Mode> modes_within(const LinearNetwork& student, const Bases& bases);

/// The distance of `network` from a diagonal form in `bases` [1]: the largest entry of U^T A P, P^T
/// W P and P^T B V off the diagonal. `bases` must contain all columns of P.
double largest_coupling(const LinearNetwork& network, const Bases& bases);

/// The diagonal of `network` in `bases`; these are its modes if it is aligned with them.
std::vector<Mode> diagonal_in(const LinearNetwork& network, const Bases& bases);

/// The aligned network with these modes in these bases.
LinearNetwork assemble(const Bases& bases, const std::vector<Mode>& modes);

}  // namespace locus::theory
