// Mode: one singular direction of a data-aligned linear network, and how each learning rule moves
// it.
//
// Setting: alpha = 1, phi = identity, x_t ~ N(0, I), final loss, T -> infinity and eta -> 0. In the
// bases of its teacher an aligned network falls apart into modes z = (a, b, w) that do not see each
// other, each with its own teacher (a*, b*, w*); p = ab. Every rule is the same sum over how far
// back a perturbation may come from,
//     Delta b = F sum_{j < tau} r^j c_j,    Delta w = F b sum_{j < tau} r^j sum_l w^l c_{j+1+l},
//     c_k = p w^k - p* w*^k,
// and differs in the signal F (a itself, or a fixed feedback), the memory r (w itself, or a fixed
// decay) and the depth tau. Source: Williams, Payeur, Lajoie (ICML 2026, arXiv:2606.00243),
// data-aligned dynamics; Murray 2019 (RFLO); Bellec et al. 2020 (e-prop). Cost: a few dozen
// floating point operations a call. Thread safety: pure functions.
#pragma once

#include "core/protocol/rule.h"

namespace locus::theory {

/// (a, b, w) of a student, or (a*, b*, w*) of a teacher. All [1]; |w| < 1.
struct Mode {
  double a = 0;  // readout strength
  double b = 0;  // input strength
  double w = 0;  // recurrent strength
};

/// A rule as one mode meets it.
struct ModeRule {
  // any that learns; RTRL is BPTT, and so is symmetric e-prop where P is the identity
  RuleKind kind = RuleKind::kBptt;
  int depth = 0;        // tau, ticks; 0 = T; of rules that take a depth
  double feedback = 0;  // a-hat [1]; of rules whose signal comes by feedback
  double decay = 0;     // lambda [1], |lambda| < 1; of rules with a constant decay
};

/// Whether the learning signal is the mode's own a (true) or a fixed feedback.
bool signal_is_own(const ModeRule& rule);
/// Whether the memory is the mode's own w (true) or a fixed decay.
bool memory_is_own(const ModeRule& rule);
/// How many ticks a perturbation may come from; 0: all of them.
int depth_of(const ModeRule& rule);

/// L = 1/2 [p^2 / (1 - w^2) - 2 p p* / (1 - w w*) + p*^2 / (1 - w*^2)]: the expected final loss of
/// one mode.
double loss(const Mode& mode, const Mode& teacher);

/// Delta of one mode under a rule: the flow is dz/dt = -Delta, t in units of updates times eta. For
/// BPTT it is the gradient of `loss`.
Mode delta(const Mode& mode, const Mode& teacher, const ModeRule& rule);

}  // namespace locus::theory
