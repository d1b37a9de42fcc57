// A synapse onto a spiking neuron under e-prop: it filters its source's activity in the same way as
// its neuron, and low-passes the result.
//
//     trace    = alpha trace + zeta pre              effect of the spike on the neuron's voltage
//     e        = psi (trace - beta adapted)          with the previous `adapted`
//     adapted  = rho adapted + e                     effect on the neuron's adaptation
//     low_pass = kappa low_pass + (1 - kappa) e
//     delta   += signal low_pass                     total += e
// POST brings psi and the signal. A tick without POST has psi = 0 and signal = 0, and the synapse
// then uses the clock alone.
// Onto a neuron with a synaptic current, under every rule that learns in the tick, the synapse
// first filters its source's activity as that current does (FilteredInput), and `pre` above is the
// result. Source: Bellec et al., Nat. Commun. 2020;11:3625, in the order of NEST 3.10's
// eprop_synapse_bsshslm_2020.
#pragma once

#include "core/actor/lif_neuron.h"
#include "core/wire/payload.h"

namespace locus {

template <class R>
struct EligibleSynapse {
  R& weight;    // W_ij [1]
  R& pre;       // activity of its source in this tick [1]; 0 if there is none
  R& trace;     // z-bar [1]
  R& adapted;   // eps [1]; stays 0 if the neuron does not adapt
  R& low_pass;  // e-bar [1]
  R& total;     // S, the sum of e over the trial [1]
  R& delta;     // Delta_ij, the sum of changes since the last commit [1]
};

/// The part of a synapse's source in the synaptic current of its neuron.
template <class R>
struct FilteredInput {
  R& filtered;   // q [1]
  const R& pre;  // activity of the source in this tick [1]; 0 if there is none
};
template <class R>
struct CurrentClock {
  R decay;  // delta of the postsynaptic neuron
};
template <class R>
void on(FilteredInput<R> s, CurrentClock<R> c) {  // before all else in a tick
  s.filtered = c.decay * s.filtered + s.pre;
}

/// The clock of such a synapse: constants of its postsynaptic neuron and of the rule, which it has.
template <class R>
struct Eligible {
  R decay;             // alpha
  R gain;              // zeta
  R adaptation_decay;  // rho
  R adaptation;        // beta
  R filter;            // kappa
};

/// The constants of the neuron `lif`, and the rule's kappa.
template <class R>
Eligible<R> eligible_of(const Lif<R>& lif, R filter) {
  return {lif.decay, lif.gain, lif.adaptation_decay, lif.adaptation, filter};
}

template <class R>
void on(EligibleSynapse<R> s, TrialBegin) {
  s.pre = s.trace = s.adapted = s.low_pass = s.total = R(0);
}

template <class R>
void on(EligibleSynapse<R> s, const Eligible<R>& c) {  // a tick without POST
  s.trace = c.decay * s.trace + c.gain * s.pre;
  s.adapted = c.adaptation_decay * s.adapted;
  s.low_pass = c.filter * s.low_pass;
}

template <class R>
void on(EligibleSynapse<R> s, Post<R> m, const Eligible<R>& c) {  // m.gain is psi
  s.trace = c.decay * s.trace + c.gain * s.pre;
  const R e = m.gain * (s.trace - c.adaptation * s.adapted);
  s.adapted = c.adaptation_decay * s.adapted + e;
  s.low_pass = c.filter * s.low_pass + (R(1) - c.filter) * e;
  s.delta += m.signal * s.low_pass;
  s.total += e;
}

template <class R>
void on(EligibleSynapse<R> s, RateError<R> m) {
  s.delta += m.value * s.total;
}

}  // namespace locus
