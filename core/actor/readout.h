// Readout neuron: y_t = alpha y_{t-1} + zeta A h_t (without memory alpha = 0 and zeta = 1). It
// compares y with its target and computes eps = dL/dy.
//
//     FINAL          L = 1/2 |e_T|^2              eps_T = e_T
//     SEQUENCE       L = 1/(2T) sum_t |e_t|^2     eps_t = e_t / T
//     SUM            L = 1/2 sum_t |e_t|^2        eps_t = e_t
//     CROSS_ENTROPY  L = -1/w sum_t y*_t . log(pi_t)     pi_k = exp(y_k) / sum_l exp(y_l)
//                    e = pi - y*,                 eps_t = e_t / w     w: ticks with an error
// Under CROSS_ENTROPY every readout receives the outputs of all others (NORM). It keeps the sum of
// their exponentials relative to the largest output, so that finite outputs give finite
// probabilities. The sum runs in the order of the readouts, with the readout's own part in its
// place, so that all readouts have the same sum to the last bit.
#pragma once

#include <cmath>
#include <limits>

#include "core/wire/payload.h"

namespace locus {

template <class R>
struct Readout {
  R& current;  // A h_t, the sum of arrivals in this tick [1]
  R& output;   // y_t [1]
  R& error;    // e_t [1]
  R& epsilon;  // dL/dy_t [1]
  R& peak;     // the largest output among those in `norm` [1]; only for CROSS_ENTROPY
  R& norm;     // sum over readouts l of exp(y_l - peak) [1]; only for CROSS_ENTROPY
};

template <class R>
void on(Readout<R> k, TrialBegin m) {
  if (!m.carried) k.output = R(0);
}

template <class R>
void on(Readout<R> k, Silence) {
  k.current = R(0);
  k.error = R(0);
  k.epsilon = R(0);
}

template <class R>
void on(Readout<R> k, Dendrite<R> m) {
  k.current += m.current;
}

template <class R>
void step(Readout<R> k, Leaky<R> c) {
  k.output = c.gain * k.current + c.decay * k.output;
}

/// TARGET. `scale` is the constant of the loss: 1, or 1 / ticks with an error where the loss is a
/// mean over them.
template <class R>
void on(Readout<R> k, Target<R> m, R scale) {
  k.error = k.output - m.value;
  k.epsilon = scale * k.error;
}

/// The same where trials weigh their errors: with weight w the loss has w e^2 in place of e^2. An
/// error of weight 0 brings no message, and the readout has none.
template <class R>
void on(Readout<R> k, WeightedTarget<R> m, R scale) {
  k.error = k.output - m.value;
  k.epsilon = scale * m.weight * k.error;
}

/// The clock before NORM: the sum of this tick begins without parts.
template <class R>
void begin_norm(Readout<R> k) {
  k.peak = -std::numeric_limits<R>::infinity();
  k.norm = R(0);
}
/// NORM: the message to the other readouts, and the handler of theirs. It takes the readout's own
/// part too, which no message carries.
template <class R>
Norm<R> norm(Readout<R> k) {
  return {k.output};
}
template <class R>
void on(Readout<R> k, Norm<R> m) {
  if (m.output <= k.peak) {
    k.norm += std::exp(m.output - k.peak);
  } else {
    k.norm = k.norm * std::exp(k.peak - m.output) + R(1);
    k.peak = m.output;
  }
}

/// TARGET of one class among several, after all NORM messages. `scale` is the constant of the loss:
/// 1 / ticks with an error.
template <class R>
void classify(Readout<R> k, Target<R> m, R scale) {
  k.error = std::exp(k.output - k.peak) / k.norm - m.value;
  k.epsilon = scale * k.error;
}

template <class R>
void classify(Readout<R> k, WeightedTarget<R> m, R scale) {
  classify(k, Target<R>{m.value}, scale);
  k.epsilon = scale * m.weight * k.error;
}

/// The POST to its incoming synapses: the delta rule, Delta A = sum_t eps_t h_t^T, with a trace
/// without memory (the synapses of a leaky readout filter by their own constants).
template <class R>
Post<R> post(Readout<R> k) {
  return {R(0), R(1), k.epsilon};
}

/// The FEEDBACK over one of its fixed wires, a synapse of R with weight R_ki. said: eps_k, or what
/// is left of it on a narrow wire.
template <class R>
Feedback<R> feedback(R said, R weight) {
  return {weight * said};
}

}  // namespace locus
