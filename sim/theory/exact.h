// Exact expected loss and update of a linear network, for any matrices and finite T: no sampling.
//
// With x_t ~ N(0, I) and the final loss everything that a rule computes is a sum over lags of
//     C_k = A W^k B - A* W*^k B*  ( = E[eps_T x_{T-k}^T] ),  k = 0..T-1,
//     L = 1/2 sum_k |C_k|^2       dA = sum_k C_k (W^k B)^T       dB = sum_{j < tau} G_j^T C_j
//     dW = sum_{j < tau} G_j^T D_j
//     D_j = sum_l C_{j+1+l} (W^l B)^T = C_{j+1} B^T + D_{j+1} W^T,   G_0 = F,   G_{j+1} = G_j M
// with (F, M, tau) = (A, W, T) BPTT and RTRL; (A, W, tau) tBPTT(tau), whatever its stride; (R,
// lambda I, T) RFLO; (A, diag W, T) e-prop; (R, diag W, T) random e-prop. The mean of sampled
// updates approaches these.
// Source: derived from the rules' own definitions (docs/rules.md); arXiv:2606.00243 has the limit T
// -> infinity. Cost: T products of n x n with n x (n + m + o); the D recursion saves the second sum
// over lags. Memory: T o (m + n) numbers.
#pragma once

#include <cstdint>
#include <vector>

#include "core/protocol/rule.h"
#include "sim/theory/linear_network.h"

namespace locus::theory {

/// A rule as the expectation needs it.
struct ExactRule {
  RuleKind kind = RuleKind::kBptt;
  int depth = 0;     // tau, ticks; 0 = T; of rules that take a depth
  double decay = 0;  // lambda; of rules with a constant decay
  Matrix feedback;   // R (o x n); of rules whose signal comes by feedback
};

struct ExactUpdate {
  double loss = 0;
  LinearNetwork delta;  // dA (o x n), dW (n x n), dB (n x m); theta <- theta - eta delta
};

double exact_loss(const LinearNetwork& student, const LinearNetwork& teacher, int ticks);
ExactUpdate exact_update(const LinearNetwork& student, const LinearNetwork& teacher, const ExactRule& rule, int ticks);

struct ExactTraining {
  // before each update, and one more after the last; ends with the last finite one
  std::vector<double> losses;
  LinearNetwork student;  // after the last update that left every weight finite
  bool diverged = false;
};

/// The noise-free learning curve: `updates` steps of theta <- theta - eta delta.
ExactTraining exact_training(LinearNetwork student, const LinearNetwork& teacher, const ExactRule& rule, int ticks,
                             double learning_rate, std::int64_t updates);

}  // namespace locus::theory
