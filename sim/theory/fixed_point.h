// Fixed points of the mode flow, and what happens next to them.
//
// Two manifolds: the optimal one {ab = p*, w = w*}, which every rule has, parametrised by s = a, b
// = p*/s; and {a = b = 0, w any}, which only rules whose signal is the mode's own a have (a fixed
// feedback keeps pushing b). Along the optimal manifold one eigenvalue of the flow is 0; the other
// two solve
//     l^2 + tr l + det = 0,
//     tr  = b^2/E + s F S0 + F b p* (S2/E + S0 w*^2/E^2)        det = F b p* (b^2 S2 + s F S0^2) /
//         E^2
//     E = 1 - w*^2,   S0 = sum_{j < tau} (r w*)^j,   S2 = sum_{j < tau} (j + 1) (r w*)^j
// with F = s or the feedback, r = w* or the decay, and tau the depth. For tau = infinity (S0 = 1/D,
// S2 = 1/D^2, D = 1 - r w*) and for tau = 1 (S0 = S2 = 1) these are the closed forms of the paper;
// in between they follow from the same linearisation, and show that truncated BPTT is stable at
// every depth: with F = s every term is positive.
// Source: arXiv:2606.00243, stability of the optimal manifold.
#pragma once

#include <array>
#include <complex>
#include <optional>

#include "sim/theory/mode.h"

namespace locus::theory {

/// The flow linearised at one point of the optimal manifold. Rates are per unit of time (updates
/// times eta).
struct Linearisation {
  double s = 0;  // a of the point [1]
  // tr above: the negative trace of the flow's Jacobian
  double trace = 0;
  double determinant = 0;  // det above
  // of the flow's Jacobian: 0 first (along the manifold), then by real part, ascending
  std::array<std::complex<double>, 3> eigenvalues;
  bool stable = false;  // trace > 0 and determinant > 0
  // smallest |real part| of the other two; how fast the point attracts where it is stable
  double rate = 0;
};

/// The point of the optimal manifold with a = s: (s, p*/s, w*). s is not 0.
Mode optimum(const Mode& teacher, double s);

/// Closed forms at that point. p* is not 0.
Linearisation linearise(const Mode& teacher, double s, const ModeRule& rule);

/// Eigenvalues of the flow at (0, 0, w): 0, and +- |p*| sqrt(S0(w w*) / (1 - w w*)), hence a
/// saddle; ascending. None under a fixed feedback, where the point is not fixed.
std::optional<std::array<double, 3>> saddle_eigenvalues(const Mode& teacher, double w, const ModeRule& rule);

/// p*^2 / (2 (1 - w*^2)): the loss all along {a = b = 0}.
double saddle_loss(const Mode& teacher);

}  // namespace locus::theory
