// Closed forms: what one trial of a rule costs, from the shape of the network alone.
//
// Exact where every activity, error and input is non-zero and something is sent wherever it may be
// ("generic values"); an upper bound otherwise, since a zero activity or error sends nothing.
// Derived from who sends what when (docs/locality.md), not from the simulator, which the tests hold
// against it.
#pragma once

#include <cstdint>
#include <vector>

#include "core/protocol/rule.h"
#include "core/wire/ledger.h"
#include "core/wire/topology.h"

namespace locus {

/// The synapses of a projection whose AXON arrives later than it otherwise would; they are counted
/// in the shape's sums as well.
struct LateSynapses {
  bool recurrent = false;  // W
  bool readout = false;    // A
  std::int64_t synapses = 0;
  std::int64_t plastic = 0;
  std::int32_t delay = 0;  // ticks
  friend bool operator==(const LateSynapses&, const LateSynapses&) = default;
};

/// All that the counts depend on. Synapse counts; "plastic" ones are among them.
struct NetworkShape {
  std::int64_t inputs = 0;        // m
  std::int64_t rate_neurons = 0;  // n
  // rate neurons with phi other than the identity, and spiking ones
  std::int64_t curved_neurons = 0;
  std::int64_t readouts = 0;            // o
  std::int64_t input_synapses = 0;      // b
  std::int64_t recurrent_synapses = 0;  // w
  std::int64_t readout_synapses = 0;    // a
  std::int64_t feedback_synapses = 0;   // r
  std::int64_t plastic_input = 0;       // b_p
  std::int64_t plastic_recurrent = 0;   // w_p
  std::int64_t plastic_readout = 0;     // a_p
  // of b_p + w_p, those onto a neuron with phi other than the identity
  std::int64_t plastic_onto_curved = 0;
  std::int64_t autapses = 0;               // of rate neurons; a spiking one asks nothing of its own
  std::int64_t plastic_onto_spiking = 0;   // of b_p + w_p, those onto a spiking neuron
  std::int64_t plastic_onto_adapting = 0;  // of them, those onto one whose threshold adapts
  std::int64_t plastic_onto_leaky = 0;     // of a_p, those onto a readout with memory
  // of w, those whose source begins a trial with an activity: h_0 is not 0
  std::int64_t awake_recurrent = 0;
  std::int64_t awake_plastic = 0;  // of them, plastic ones
  std::vector<LateSynapses> late;  // in file order
  // activities on axons: of each neuron as many as its longest wait
  std::int64_t under_way = 0;
  std::int64_t under_way_from_rate = 0;  // of them, those of rate neurons

  std::int64_t plastic() const { return plastic_input + plastic_recurrent; }  // N
};

/// feedback: the rule's own wires R.
NetworkShape shape_of(const Topology& topology, const std::vector<Projection>& feedback);

/// A trial as the counts see it.
struct TrialShape {
  std::int32_t ticks = 0;   // T
  std::int32_t window = 1;  // ticks with an error: the last of the trial, 1 (final) .. T (sequence)
  bool classes = false;     // the cross-entropy, for which readouts tell each other (NORM)
  bool carries =
      // neurons begin it where the last one ended, so that none is silent then; the run's first
      // trial sends less
      false;
  // weights change in every tick, or after every sweep; otherwise at the end of a batch
  bool commits = false;

  bool has_error(std::int32_t tick) const { return tick > ticks - window; }
};

/// Messages, stalled ticks and memory of one trial, with its `trials` and `ticks` set.
Ledger closed_form(const Learning& learning, const NetworkShape& shape, const TrialShape& trial, int scalar_bytes);

struct ProtocolMemory {
  std::int64_t history_bytes = 0;
  std::int64_t trace_bytes = 0;
};

/// What the actors of one replica must keep: history s min(tau, T) (m + n + curved), and s n
/// (min(k, window) - 1) more for the agent; under any rule what is under way on axons, and under a
/// sweep as much again of the agent's for rate neurons (what waits to be told them). Traces s N, or
/// s n N under RTRL; e-prop onto spiking neurons two a synapse, three onto adapting ones; one a
/// synapse onto leaky readouts.
ProtocolMemory protocol_memory(const Learning& learning, const NetworkShape& shape, const TrialShape& trial,
                               int scalar_bytes);

/// Whether a sweep is due at the end of tick t.
bool sweep_due(const Learning& learning, const TrialShape& trial, std::int32_t tick);

}  // namespace locus
