// Fixed points of the mode flow and their stability.
//
// There are two manifolds of fixed points. Every rule has the optimal one, {ab = p*, w = w*}, with
// the parameter s: a = s, b = p*/s. Only rules whose signal is the mode's own a have the other one,
// {a = b = 0, any w}, because a fixed feedback keeps changing b. Along the optimal manifold one
// eigenvalue of the flow is 0; the other two solve
//     l^2 + tr l + det = 0,
//     tr  = b^2/E + s F S0 + F b p* (S2/E + S0 w*^2/E^2),
//     det = F b p* (b^2 S2 + s F S0^2) / E^2,
//     E = 1 - w*^2,   S0 = sum_{j < tau} (r w*)^j,   S2 = sum_{j < tau} (j + 1) (r w*)^j,
// where F is s or the feedback, r is w* or the decay, and tau is the depth. For tau = infinity (S0
// = 1/D, S2 = 1/D^2, D = 1 - r w*) and for tau = 1 (S0 = S2 = 1) these are the closed forms of the
// paper. The depths between follow from the same linearisation. They show that truncated BPTT is
// stable at every depth: with F = s every term is positive.
// Source: arXiv:2606.00243, stability of the optimal manifold.
#pragma once

#include <array>
#include <complex>
#include <optional>

#include "sim/theory/mode.h"

namespace locus::theory {

/// The linearisation of the flow at one point of the optimal manifold. A rate is per unit of time
/// (updates times eta).
struct Linearisation {
  double s = 0;  // a of the point [1]
  // tr above: minus the trace of the flow's Jacobian
  double trace = 0;
  double determinant = 0;  // det above
  // of the flow's Jacobian: first the 0 along the manifold, then the others, ascending by real part
  std::array<std::complex<double>, 3> eigenvalues;
  bool stable = false;  // trace > 0 and determinant > 0
  // the smaller |real part| of the other two: the speed of attraction to a stable point
  double rate = 0;
};

/// The point of the optimal manifold with a = s: (s, p*/s, w*). Requires s != 0.
Mode optimum(const Mode& teacher, double s);

/// The closed forms at that point. Requires p* != 0.
Linearisation linearise(const Mode& teacher, double s, const ModeRule& rule);

/// The eigenvalues of the flow at (0, 0, w), ascending: 0 and +- |p*| sqrt(S0(w w*) / (1 - w w*)).
/// The point is therefore a saddle. The result is empty under a fixed feedback, because (0, 0, w)
/// is then no fixed point.
std::optional<std::array<double, 3>> saddle_eigenvalues(const Mode& teacher, double w, const ModeRule& rule);

/// p*^2 / (2 (1 - w*^2)): the loss at every point of {a = b = 0}.
double saddle_loss(const Mode& teacher);

}  // namespace locus::theory
