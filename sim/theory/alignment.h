// Alignment: how far a network lies in the bases of its teacher, and the modes that it has in them.
//
// A teacher A* = U diag(a*) P^T, W* = P diag(w*) P^T, B* = P diag(b*) V^T fixes U and V for every
// student of it; the hidden basis is the student's own: the directions q_i = B v_i / |B v_i| in
// which the teacher's inputs arrive. A student is aligned if these are orthonormal and all four
// matrices are diagonal between U, Q and V. Each measure is the share of a squared Frobenius norm
// that lies on the diagonal: 1 when aligned, about 1/modes for matrices without relation.
// Source: arXiv:2606.00243, data alignment; Proca et al., PMLR 267:49860. The paper does not print
// its measure: this one is ours, and stated.
#pragma once

#include <optional>
#include <vector>

#include "sim/theory/linear_network.h"
#include "sim/theory/mode.h"

namespace locus::theory {

struct Alignment {
  double input = 0;      // of V^T B^T B V: whether the student's input directions are the teacher's
  double recurrent = 0;  // of Q^T W Q
  double output = 0;     // of U^T A Q
  double feedback = 0;   // of U^T R Q; 0 where there is no feedback
  double mean() const { return (input + recurrent + output) / 3; }
};

/// Bases and modes of an aligned network.
struct AlignedNetwork {
  Bases bases;
  std::vector<Mode> modes;  // one a column of the bases
};

/// Takes a network apart into its modes if it is aligned: W symmetric, and W, A^T A and B B^T
/// diagonal in one orthogonal basis, to `tolerance` of their norms. Modes that carry nothing (ab =
/// 0) are left out; the others are ordered by |ab| / sqrt(1 - w^2), largest first. Every basis
/// vector has its largest entry positive, which fixes the signs of a and b. None where the network
/// is not aligned, or |w| >= 1 for a mode.
std::optional<AlignedNetwork> take_apart(const LinearNetwork& network, double tolerance = 1e-9);

/// `bases`: the teacher's; only U and V are used. `feedback` (o x n) may be empty.
Alignment alignment_with(const LinearNetwork& student, const Bases& bases, const Matrix& feedback);

/// The student's modes as its diagonal between the teacher's U, V and its own Q (see above): a_i =
/// u_i^T A q_i, w_i = q_i^T W q_i, b_i = |B v_i|.
std::vector<Mode> modes_within(const LinearNetwork& student, const Bases& bases);

/// How far `network` is from diagonal in `bases`: the largest entry of U^T A P, P^T W P and P^T B V
/// off the diagonal [1]. All of P's columns must be given.
double largest_coupling(const LinearNetwork& network, const Bases& bases);

/// The diagonal of `network` in `bases`: its modes where it is aligned in them.
std::vector<Mode> diagonal_in(const LinearNetwork& network, const Bases& bases);

/// An aligned network of these modes in these bases.
LinearNetwork assemble(const Bases& bases, const std::vector<Mode>& modes);

}  // namespace locus::theory
