// Readout neuron: y_t = A h_t, without memory; it compares y with its target and knows eps = dL/dy.
//
// FINAL: L = 1/2 |e_T|^2, eps_T = e_T. SEQUENCE: L = 1/(2T) sum_t |e_t|^2, eps_t = e_t / T.
#pragma once

#include "core/wire/payload.h"

namespace locus {

template <class R>
struct Readout {
  R& output;   // y_t [1]
  R& error;    // e_t = y_t - y*_t [1]
  R& epsilon;  // dL/dy_t [1]
};

template <class R>
void on(Readout<R> k, Silence) {
  k.output = R(0);
  k.error = R(0);
  k.epsilon = R(0);
}

template <class R>
void on(Readout<R> k, Dendrite<R> m) {
  k.output += m.current;
}

/// TARGET. `scale` is the loss's own constant: 1 (final) or 1/T (sequence).
template <class R>
void on(Readout<R> k, Target<R> m, R scale) {
  k.error = k.output - m.value;
  k.epsilon = scale * k.error;
}

/// The POST to its incoming synapses: the delta rule, Delta A = sum_t eps_t h_t^T, a trace without memory.
template <class R>
Post<R> post(Readout<R> k) {
  return {R(0), R(1), k.epsilon};
}

/// The FEEDBACK over one of its fixed wires, a synapse of R with weight R_ki.
template <class R>
Feedback<R> feedback(Readout<R> k, R weight) {
  return {weight * k.epsilon};
}

}  // namespace locus
