// Rate neuron: leaky integration of its currents, u_t = W h_{t-1} + B x_t, h_t = (1 - alpha)
// h_{t-1} + alpha phi(u_t).
//
// With alpha = 1 and phi = identity this is the linear RNN of Williams, Payeur, Lajoie (ICML 2026,
// arXiv:2606.00243). The neuron also sums its learning signal and sends gain and signal to its
// incoming synapses (POST). Under e-prop its autapse sends it its own weight W_ii.
#pragma once

#include "core/actor/activation.h"
#include "core/wire/payload.h"

namespace locus {

template <class R>
struct RateNeuron {
  R& current;     // u_t [1]
  R& activity;    // h [1]
  R& gain;        // alpha phi'(u) of the present or revisited tick [1]
  R& signal;      // learning signal [1]
  R& own_weight;  // W_ii [1]
};

template <class R>
void on(RateNeuron<R> n, TrialBegin m) {
  n.current = n.gain = n.signal = n.own_weight = R(0);
  if (!m.carried) n.activity = R(0);
}

template <class R>
void on(RateNeuron<R> n, Initial<R> m) {
  n.activity = m.activity;
}

/// The gain may stay: nothing has arrived that it could pass on.
template <class R>
void on(RateNeuron<R> n, Wait) {
  n.activity = R(0);
}

template <class R>
void on(RateNeuron<R> n, Silence) {
  n.current = R(0);
  n.signal = R(0);
}

template <class R>
void on(RateNeuron<R> n, Dendrite<R> m) {
  n.current += m.current;
}

template <class R>
void on(RateNeuron<R> n, CurrentNoise<R> m) {
  n.current += m.value;
}

template <class R>
void on(RateNeuron<R> n, ActivityNoise<R> m) {
  n.activity += m.value;
}

template <class R>
void on(RateNeuron<R> n, OwnWeightBegin) {
  n.own_weight = R(0);
}

/// One from each of the neuron's autapses: several projections may connect its population to
/// itself.
template <class R>
void on(RateNeuron<R> n, OwnWeight<R> m) {
  n.own_weight += m.weight;
}

/// Always inlined, because the compiler vectorises no loop that calls a function for each neuron.
template <class Phi, class R>
[[gnu::always_inline]] inline void step(RateNeuron<R> n, Step<R> c) {
  const Response<R> phi = Phi::at(n.current);
  n.activity = (R(1) - c.leak) * n.activity + c.leak * phi.value;
  n.gain = c.leak * phi.slope;
}

template <class R>
void on(RateNeuron<R> n, Feedback<R> m) {
  n.signal += m.value;
}

template <class R>
// symmetric feedback: the synapses of A carry the error to their presynaptic neuron
void on(RateNeuron<R> n, Transport<R> m) {
  n.signal += m.value;
}

template <class R>
void on(RateNeuron<R> n, Adjoint<R> m) {
  n.signal = m.delta;
}

/// The clock beside learned feedback: the neuron filters its activity as the synapses of a readout
/// with memory do.
template <class R>
void mirror(R& filtered, R activity, Mirror<R> c) {
  filtered = c.decay * filtered + c.gain * activity;
}

/// The decay of e-prop's trace: lambda_i(t) = (1 - alpha) + alpha phi'_t W_ii (Bellec et al. 2020,
/// rate form).
template <class R>
R own_decay(RateNeuron<R> n, Step<R> c) {
  return (R(1) - c.leak) + n.gain * n.own_weight;
}

}  // namespace locus
