// Exact expected loss and update of a linear network, for any matrices and finite T, without
// sampling.
//
// With x_t ~ N(0, I) and the final loss, every quantity of a rule is a sum over lags:
//     C_k = A W^k B - A* W*^k B*  ( = E[eps_T x_{T-k}^T] ),  k = 0..T-1,
//     L = 1/2 sum_k |C_k|^2       dA = sum_k C_k (W^k B)^T       dB = sum_{j < tau} G_j^T C_j
//     dW = sum_{j < tau} G_j^T D_j
//     D_j = sum_l C_{j+1+l} (W^l B)^T = C_{j+1} B^T + D_{j+1} W^T,   G_0 = F,   G_{j+1} = G_j M
// The rules differ in (F, M, tau):
//     BPTT, RTRL     (A, W, T)
//     tBPTT(tau)     (A, W, tau), whatever its stride
//     RFLO           (R, lambda I, T)
//     e-prop         (A, diag W, T)
//     random e-prop  (R, diag W, T)
// A loss over the last `window` ticks has the same sums with weights: an error of each of these
// ticks, of which min(window, T - k) come k ticks after an input, meets the same C_k, so that
//     L = 1/2 sum_k v_k |C_k|^2,  v_k = scale min(window, T - k),
// and v_k C_k stands for C_k in every change. The final loss has window = scale = 1; the sequence
// loss window = T, scale = 1 / T, so that v_k = 1 - k / T. Truncated sweeps are then those of
// stride 1.
// The mean of sampled updates approaches these values.
// Source: derived from the definitions of the rules (docs/rules.md); arXiv:2606.00243 has the limit
// T -> infinity.
// Cost: T products of n x n with n x (n + m + o); the recursion of D saves a second sum over lags.
// Memory: T o (m + n) numbers.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "core/protocol/rule.h"
#include "sim/theory/linear_network.h"

namespace locus::theory {

/// A rule in the terms of the expectation.
struct ExactRule {
  RuleKind kind = RuleKind::kBptt;
  int depth = 0;     // tau, ticks, 0 means T; only for rules with a depth
  double decay = 0;  // lambda [1]; only for rules with a constant decay
  Matrix feedback;   // R [1] (o x n); only for rules with a feedback
};

/// The ticks of a trial, and those with an error: the last `window`, whose loss is scale / 2 times
/// their squared errors.
struct ExactTrial {
  int ticks = 1;  // T
  int window = 1;
  double scale = 1;
  /// The final loss.
  ExactTrial(int all) : ticks(all) {}  // NOLINT(google-explicit-constructor)
  ExactTrial(int all, int with_error, double factor) : ticks(all), window(with_error), scale(factor) {}
  /// The sequence loss.
  static ExactTrial sequence(int all) { return {all, all, 1.0 / all}; }
  /// v_k of lag k.
  double weight(int lag) const { return scale * (window < ticks - lag ? window : ticks - lag); }
};

struct ExactUpdate {
  double loss = 0;
  LinearNetwork delta;  // dA (o x n), dW (n x n), dB (n x m) [1]; theta <- theta - eta delta
};

double exact_loss(const LinearNetwork& student, const LinearNetwork& teacher, const ExactTrial& trial);
ExactUpdate exact_update(const LinearNetwork& student, const LinearNetwork& teacher, const ExactRule& rule,
                         const ExactTrial& trial);

struct ExactTraining {
  // one before each update and one after the last; the list ends with the last finite loss
  std::vector<double> losses;
  LinearNetwork student;  // after the last update with finite weights
  bool diverged = false;
  bool interrupted = false;
};

/// The learning curve without noise: `updates` steps of theta <- theta - eta delta. `interrupt` may
/// be set by another thread or a signal, and ends it after the present step.
ExactTraining exact_training(LinearNetwork student, const LinearNetwork& teacher, const ExactRule& rule,
                             const ExactTrial& trial, double learning_rate, std::int64_t updates,
                             const std::atomic<bool>* interrupt = nullptr);

}  // namespace locus::theory
