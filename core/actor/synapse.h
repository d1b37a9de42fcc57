// Synapse: one weight, and the eligibility trace that (nearly) every learning rule asks of it.
//
//     trace = decay * trace + gain * pre        delta += signal * trace
//
// RFLO (Murray, eLife 2019;8:e43299): decay = lambda. e-prop (Bellec et al., Nat. Commun.
// 2020;11:3625): decay = lambda_i(t) of the neuron. A sweep of BPTT and the readout's delta rule:
// decay = 0. RTRL asks only for the sum. A view is references to what the synapse owns (or provably
// shares, such as `pre` with all synapses of its source). Handlers see the view and one message. R
// is a scalar, or a register of them: as many synapses at once.
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

/// The trace alone; where all synapses of a source provably hold equal ones, it is kept once for
/// them.
template <class R>
struct Eligibility {
  R& trace;      // P_ij
  const R& pre;  // what the source sent in this tick; 0 if nothing
};

template <class R>
void on(Eligibility<R> e, Drift<R> c) {
  e.trace = c.decay * e.trace + c.gain * e.pre;
}

template <class R>
void on(Synapse<R> s, Drift<R> c) {
  on(Eligibility<R>{s.trace, s.pre}, c);
}

template <class R>
void on(Synapse<R> s, Post<R> m) {
  s.trace = m.decay * s.trace + m.gain * s.pre;
  s.delta += m.signal * s.trace;
}

/// The TRANSPORT with which a synapse answers a POST where a rule carries errors back over weights:
/// W_ij g_i, g = gain * signal.
template <class R>
Transport<R> transported(Synapse<R> s, Post<R> m) {
  return {s.weight * (m.gain * m.signal)};
}

/// A synapse at its commit, and under RTRL: it keeps no trace and is told its change.
template <class R>
struct TaughtSynapse {
  R& weight;  // W_ij [1]
  R& delta;   // Delta_ij
};

template <class R>
void on(TaughtSynapse<R> s, Sensitivity<R> m) {
  s.delta += m.signal * m.sensitivity;
}

template <class R>
void on(TaughtSynapse<R> s, Gather<R> m) {
  s.delta += m.value;
}

template <class R>
void on(TaughtSynapse<R> s, Commit<R> c) {
  s.weight -= c.rate * s.delta;
  s.delta = R{};
}

template <class R>
void on(Synapse<R> s, Commit<R> c) {
  on(TaughtSynapse<R>{s.weight, s.delta}, c);
}

}  // namespace locus
