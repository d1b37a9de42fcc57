// The message vocabulary: what travels, by channel (channel.h), and what the clock says.
//
// Payloads are values of one to three scalars R (float or double); the sizes that the ledger counts
// stand in the rule table and channel table. Source of the symbols: docs/rules.md; Williams,
// Payeur, Lajoie (ICML 2026, arXiv:2606.00243).
#pragma once

#include <cstdint>

namespace locus {

// Messages: each is counted when it passes the door.

template <class R>
struct Axon {  // AXON, lag 0
  R activity;  // x_t, h_{t-1} or h_t [1]; never 0
};
template <class R>
struct Replay {  // AXON, lag t - s: the source recalls what it sent at the revisited tick s
  R activity;    // x_s or h_{s-1} [1]; never 0
};
template <class R>
struct Dendrite {  // DENDRITE
  R current;       // W_ij h_j [1]
  R behind;        // h_j, the activity behind it; travels under RTRL only
};
template <class R>
struct OwnWeight {  // DENDRITE of an autapse that tells its neuron its weight (e-prop)
  R weight;         // W_ii [1]
};
template <class R>
struct Post {  // POST
  // of the trace; travels where it is the neuron's own (e-prop), otherwise the synapse knows it
  R decay;
  R gain;    // alpha phi'(u) of the (revisited) tick [1]; a readout's is 1
  R signal;  // learning signal: dL/dh or its approximation [1]
};
template <class R>
struct Sensitivity {  // POST under RTRL
  R sensitivity;      // dh_k / dtheta of this synapse theta onto neuron k
  R signal;           // (A^T eps_t)_k
};
template <class R>
struct Target {  // TARGET
  R value;       // y*_k [1]
};
template <class R>
struct Norm {  // NORM
  R value;     // exp(y_k) of the sender
};
template <class R>
struct RateError {  // POST at the end of a trial, under a firing-rate target
  R value;          // reg_j: how far the neuron's rate was off, times the strength
};
template <class R>
struct Feedback {  // FEEDBACK
  R value;         // R_ki eps_k
};
template <class R>
struct Transport {  // TRANSPORT
  R value;          // weight times error
};
template <class R>
struct Adjoint {  // ADJOINT
  R delta;        // dL/dh of the revisited tick
};
// The sender's sensitivities as they are until its next tick, which begins after every INFLUENCE
// has been heard.
template <class R>
struct Influence {         // INFLUENCE
  const R* sensitivities;  // P_l(t-1) of the sender (N)
  R weight;                // W_kl, of the wire that it takes
  std::int64_t size;       // N
};
template <class R>
struct Gather {  // GATHER
  R value;       // (A^T eps_t)_k P_k,theta
};

template <class R>
struct Square {  // CLIP, to the agent
  R value;       // of the change that is asked of the synapse
};
template <class R>
struct Factor {  // CLIP, from the agent
  R value;       // of the changes of all synapses
};

// The clock: heard by every actor, carries nothing of another actor, is no message.

struct TrialBegin {
  bool carried =
      // neurons stay as the last trial left them: activity, voltage, adaptation, refractoriness, a
      // readout's memory
      false;
};
template <class R>
struct Initial {  // a trial begins that carries nothing over: a rate neuron's h_0, which it knows
  R activity;
};
// a tick or a stage of a sweep begins: nothing has been heard from the source yet
struct Silence {};
template <class R>
struct Drift {  // a tick without POST: constants that the synapse knows
  R decay;
  R gain;
};
template <class R>
struct Step {  // a neuron's tick
  R leak;      // alpha [1]
};
template <class R>
struct Leaky {  // a readout's tick
  R decay;      // alpha; 0: no memory
  R gain;       // zeta
};
struct SweepBegin {};  // a walk back through time begins
template <class R>
struct RateTarget {  // a trial ends under a firing-rate target
  R target;          // spikes a tick
  R strength;        // c_reg [1]
  R ticks;           // T
};
template <class R>
struct Commit {
  R rate;  // eta / batch
};

}  // namespace locus
