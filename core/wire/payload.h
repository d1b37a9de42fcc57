// The message vocabulary: the payload of each channel (channel.h), and the signals of the clock.
//
// A payload is a value of one to three scalars R (float or double). The sizes for the ledger stand
// in the tables of rules and channels.
// Source: docs/rules.md explains the symbols; Williams, Payeur, Lajoie (ICML 2026,
// arXiv:2606.00243).
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "core/expression/local_text.h"

namespace locus {

// Messages. The door counts each of them.

template <class R>
struct Axon {  // AXON, lag 0
  R activity;  // x_t, h_{t-1} or h_t [1]; never 0
};
template <class R>
struct Replay {  // AXON, lag t - s: the source repeats its activity of the revisited tick s
  R activity;    // x_s or h_{s-1} [1]; never 0
};
template <class R>
struct Dendrite {  // DENDRITE
  R current;       // W_ij h_j [1]
  R behind;        // h_j, the activity of the source; only under RTRL
};
template <class R>
struct OwnWeight {  // DENDRITE of an autapse with its weight, to its neuron (e-prop)
  R weight;         // W_ii [1]
};
template <class R>
struct Post {  // POST
  // of the trace; only if it is the neuron's own (e-prop), otherwise the synapse has it as a
  // constant
  R decay;
  R gain;    // alpha phi'(u) of the present or revisited tick [1]; 1 for a readout
  R signal;  // learning signal: dL/dh or its approximation [1]
};
template <class R>
struct LocalPost {                      // POST under a local rule
  std::array<R, kMostPayload> factors;  // of its text, as many as it has
};
template <class R>
struct Reward {  // REWARD
  R value;       // r_t [1], the same for all rate neurons; never 0
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
struct WeightedTarget {  // TARGET where trials weigh their errors
  R value;               // y*_k [1]
  R weight;              // of its error in the loss [1]; never 0
};
template <class R>
struct Norm {  // NORM
  R output;    // y_k of the sender [1]
};
template <class R>
struct RateError {  // POST at the end of a trial, under a firing-rate target
  R value;          // reg_j: the error of the neuron's rate times the strength
};
template <class R>
struct FeedbackPost {  // POST to an incoming synapse of R that learns
  R activity;          // h_i, filtered as readouts with memory do [1]; never 0
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
/// A run of sensitivities that both ends of a synapse of W keep: its places among the sender's and
/// among the receiver's, and its length. A constant of the wire.
struct SharedRun {
  std::int32_t from;
  std::int32_t to;
  std::int32_t size;
};
// The sender's sensitivities. They stay constant until its next tick, which begins after all
// receivers have handled their INFLUENCE.
template <class R>
struct Influence {                  // INFLUENCE
  const R* sensitivities;           // P_l(t-1) of the sender: all that it keeps
  R weight;                         // W_kl of the wire
  std::span<const SharedRun> runs;  // those that are sent; under exact RTRL one run of N
};
template <class R>
struct Gather {  // GATHER
  R value;       // (A^T eps_t)_k P_k,theta
};

// UORO (core/nonlocal/rank_one.h).
template <class R>
struct MixedFactor {  // AXON, to the synapses of W
  R value;            // a~_l(t-1), the random mixture of the sender's sensitivities
};
template <class R>
struct FactorCurrent {  // DENDRITE
  R value;              // W_kl a~_l(t-1)
};
template <class R>
struct FactorSums {    // REDUCE, to the agent: one neuron's parts, or their sums
  R traces = 0;        // |theta~|^2
  R carried = 0;       // |J a~|^2
  R drawn = 0;         // |(nu * gain) pre^T|^2
  R carried_loss = 0;  // (A^T eps) . (J a~)
  R drawn_loss = 0;    // (A^T eps) . nu
};
template <class R>
struct FactorScales {  // REDUCE, from the agent: the same for all
  R carried;           // rho_0
  R drawn;             // rho_1; 0: nothing is added
  R signal;            // (A^T eps) . a~
};

template <class R>
struct Square {  // CLIP, to the agent
  R value;       // of the synapse's change
};
template <class R>
struct Factor {  // CLIP, from the agent
  R value;       // of the changes of all synapses
};

// The clock. Every actor receives it; it contains nothing of another actor and is no message.

struct TrialBegin {
  // true: neurons keep their state from the last trial: activity, voltage, adaptation,
  // refractoriness, the memory of a readout
  bool carried = false;
};
template <class R>
struct Initial {  // the begin of a trial without carried state: h_0, a constant of the rate neuron
  R activity;
};
// a tick before the first of its lane's trial: a neuron is as before a trial, and sends nothing
struct Wait {};
template <class R>
struct CurrentNoise {  // before a noisy neuron's tick: its own number of this tick, on its current
  R value;
};
template <class R>
struct ActivityNoise {  // the same after its tick, on its activity
  R value;
};
// the begin of a tick, or of a stage of a sweep: the source has not sent yet
struct Silence {};
template <class R>
struct Drift {  // a tick without POST: constants of the synapse
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
template <class R>
struct Mirror {  // a rate neuron's tick beside learned feedback: constants of the readouts
  R decay;       // alpha; 0: no memory
  R gain;        // zeta
};
struct OwnWeightBegin {};  // the tick's own weights are about to come
struct SweepBegin {};      // the begin of a walk back through time
template <class R>
struct RateTarget {  // the end of a trial with a firing-rate target
  R target;          // spikes in a tick
  R strength;        // c_reg [1]
  R ticks;           // T
};
template <class R>
struct Commit {
  R rate;  // eta / batch
};

}  // namespace locus
