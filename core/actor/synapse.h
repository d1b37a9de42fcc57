// Synapse: one weight, and the eligibility trace that nearly every learning rule needs.
//
//     trace = decay * trace + gain * pre        delta += signal * trace
//
// RFLO (Murray, eLife 2019;8:e43299) has decay = lambda. e-prop (Bellec et al., Nat. Commun.
// 2020;11:3625) has decay = lambda_i(t) of the neuron. A sweep of BPTT and the readout's delta rule
// have decay = 0. RTRL needs only the sum delta. A view consists of references to the synapse's own
// state (or to a value that several synapses provably share, such as `pre` for all synapses of a
// source). A handler sees the view and one message. R is a scalar, or a register with one scalar
// for each of several synapses.
#pragma once

#include "core/wire/payload.h"

namespace locus {

template <class R>
struct Synapse {
  R& weight;  // W_ij [1]
  R& pre;     // latest activity of the source in this (or the revisited) tick [1]; 0 if none
  R& trace;   // eligibility P_ij [1]
  R& delta;   // Delta_ij, the sum of changes since the last commit [1]
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

/// AXON: the answer is the DENDRITE to its own postsynaptic neuron.
template <class R>
Dendrite<R> on(Synapse<R> s, Axon<R> m) {
  s.pre = m.activity;
  return {s.weight * m.activity, m.activity};
}

template <class R>
void on(Synapse<R> s, Replay<R> m) {
  s.pre = m.activity;
}

/// The trace alone. If all synapses of a source provably have equal traces, one value serves them
/// all.
template <class R>
struct Eligibility {
  R& trace;      // P_ij [1]
  const R& pre;  // activity of the source in this tick [1]; 0 if there is none
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

/// POST to a synapse of R that learns: `pre` is the error that it carries in this tick, so that its
/// change is that of the readout's synapse between the same two neurons.
template <class R>
void on(Synapse<R> s, FeedbackPost<R> m) {
  s.delta += s.pre * m.activity;
}

/// The TRANSPORT that answers a POST in rules that carry errors back over weights: W_ij g_i with
/// g = gain * signal.
template <class R>
Transport<R> transported(Synapse<R> s, Post<R> m) {
  return {s.weight * (m.gain * m.signal)};
}

/// A synapse at its commit, and under RTRL: it has no trace, and messages contain its change.
template <class R>
struct TaughtSynapse {
  R& weight;  // W_ij [1]
  R& delta;   // Delta_ij [1]
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
