// Mode: one singular direction of a data-aligned linear network, and its change under each rule.
//
// Setting: alpha = 1, phi = identity, x_t ~ N(0, I), final loss, T -> infinity and eta -> 0. In the
// bases of its teacher an aligned network splits into independent modes z = (a, b, w), each with
// its own teacher (a*, b*, w*); p = ab. Every rule is the same sum over the age j of a
// perturbation,
//     Delta b = F sum_{j < tau} r^j c_j,    Delta w = F b sum_{j < tau} r^j sum_l w^l c_{j+1+l},
//     c_k = p w^k - p* w*^k.
// The rules differ in the signal F (a itself, or a fixed feedback), the memory r (w itself, or a
// fixed decay) and the depth tau.
// Source: Williams, Payeur, Lajoie (ICML 2026, arXiv:2606.00243), data-aligned dynamics; Murray
// 2019 (RFLO); Bellec et al. 2020 (e-prop).
// Cost: a few dozen floating point operations a call.
// Thread safety: all functions are pure.
#pragma once

#include <optional>

#include "core/protocol/rule.h"

namespace locus::theory {

/// (a, b, w) of a student, or (a*, b*, w*) of a teacher; all [1], |w| < 1.
struct Mode {
  double a = 0;  // readout strength
  double b = 0;  // input strength
  double w = 0;  // recurrent strength
};

/// A rule in the terms of one mode.
struct ModeRule {
  // any that learns; RTRL counts as BPTT, and so does symmetric e-prop where P is the identity
  RuleKind kind = RuleKind::kBptt;
  int depth = 0;        // tau, ticks, 0 means T; only for rules with a depth
  double feedback = 0;  // a-hat [1]; only for rules with a feedback
  double decay = 0;     // lambda [1], |lambda| < 1; only for rules with a constant decay
  // omega [1 / (update x eta)]: the feedback learns beside a, and both decay; empty: it is fixed.
  // Only for rules with a feedback
  std::optional<double> learned = {};
};

/// True if the learning signal is the mode's own a, false if it is a fixed feedback.
bool signal_is_own(const ModeRule& rule);
/// True if the memory is the mode's own w, false if it is a fixed decay.
bool memory_is_own(const ModeRule& rule);
/// tau, the largest age of a perturbation in ticks; 0 means any age.
int depth_of(const ModeRule& rule);

/// The expected final loss of one mode: L = 1/2 [p^2 / (1 - w^2) - 2 p p* / (1 - w w*) + p*^2 / (1
/// - w*^2)].
double loss(const Mode& mode, const Mode& teacher);

/// Delta of one mode under a rule. The flow is dz/dt = -Delta, and one unit of t is one update
/// times eta. For BPTT, Delta is the gradient of `loss`. Under learned feedback Delta a contains
/// omega a, and integrate() moves the feedback by -(Delta a - omega a + omega a-hat), so that
/// a - a-hat only decays (Kolen & Pollack, ICNN 1994).
Mode delta(const Mode& mode, const Mode& teacher, const ModeRule& rule);

}  // namespace locus::theory
