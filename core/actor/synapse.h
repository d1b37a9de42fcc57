// Synapse: one weight, and the eligibility trace that (nearly) every learning rule asks of it.
//
//     trace = decay * trace + gain * pre        delta += signal * trace
//
// RFLO (Murray, eLife 2019;8:e43299): decay = lambda. e-prop (Bellec et al., Nat. Commun. 2020;11:3625): decay = lambda_i(t) of the neuron.
// A sweep of BPTT and the readout's delta rule: decay = 0. RTRL asks only for the sum.
// A view is references to what the synapse owns (or provably shares, such as `pre` with all synapses of its source). Handlers see the view and one
// message.
#pragma once

#include "core/wire/payload.h"

namespace locus {

template <class R>
struct Synapse {
  R& weight;  // W_ij [1]
  R& pre;     // what it last heard from its source in this tick (or revisited tick); 0 if nothing
  R& trace;   // P_ij, eligibility
  R& delta;   // Delta_ij, the change asked for since the last commit
};

template <class R>
void on(Synapse<R> s, Silence) {
  s.pre = R(0);
}

template <class R>
void on(Synapse<R> s, TrialBegin) {
  s.pre = R(0);
  s.trace = R(0);
}

/// AXON: answers with the DENDRITE to its own postsynaptic neuron.
template <class R>
Dendrite<R> on(Synapse<R> s, Axon<R> m) {
  s.pre = m.activity;
  return {s.weight * m.activity, m.activity};
}

template <class R>
void on(Synapse<R> s, Replay<R> m) {
  s.pre = m.activity;
}

template <class R>
void on(Synapse<R> s, Drift<R> c) {
  s.trace = c.decay * s.trace + c.gain * s.pre;
}

template <class R>
void on(Synapse<R> s, Post<R> m) {
  s.trace = m.decay * s.trace + m.gain * s.pre;
  s.delta += m.signal * s.trace;
}

/// The TRANSPORT with which a synapse answers a POST where a rule carries errors back over weights: W_ij g_i, g = gain * signal.
template <class R>
Transport<R> transported(Synapse<R> s, Post<R> m) {
  return {s.weight * (m.gain * m.signal)};
}

template <class R>
void on(Synapse<R> s, Sensitivity<R> m) {
  s.delta += m.signal * m.sensitivity;
}

template <class R>
void on(Synapse<R> s, Gather<R> m) {
  s.delta += m.value;
}

template <class R>
void on(Synapse<R> s, Commit<R> c) {
  s.weight -= c.rate * s.delta;
  s.delta = R(0);
}

}  // namespace locus
