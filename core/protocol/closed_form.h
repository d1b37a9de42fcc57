// Closed forms: what one trial of a rule costs, from who is wired to whom alone.
//
// Each phase that the rule selects (core/protocol/phase.h) is counted projection by projection,
// each with its own delay. Exact where every activity, error and input is non-zero and something is
// sent wherever it may be ("generic values"); an upper bound otherwise, since a zero activity or
// error sends nothing. Cost: O(projections) a phase and, of sweeps, a lag; O(sources) where neurons
// begin a trial with an activity.
#pragma once

#include <cstdint>
#include <span>

#include "core/protocol/phase.h"
#include "core/wire/ledger.h"
#include "core/wire/topology.h"

namespace locus {

/// Messages, stalled ticks and memory of one trial, with its `trials` and `ticks` set. feedback:
/// the rule's own wires R.
Ledger closed_form(const Learning& learning, const Topology& topology, std::span<const Projection> feedback,
                   const TrialShape& trial, int scalar_bytes);

/// Adds the messages that one phase sends in such a trial, whether the rule selects it or not.
void add_phase(const PhaseRow& row, const Learning& learning, const Topology& topology,
               std::span<const Projection> feedback, const TrialShape& trial, Ledger& ledger);

struct ProtocolMemory {
  std::int64_t history_bytes = 0;
  std::int64_t trace_bytes = 0;
};

/// What the actors of one replica must keep: history s min(tau, T) (m + n + curved), and s n
/// (min(k, window) - 1) more for the agent; under any rule what is under way on axons, and under a
/// sweep as much again of the agent's for rate neurons (what waits to be told them). Traces s N, or
/// s n N under RTRL; e-prop onto spiking neurons two a synapse, three onto adapting ones; one a
/// synapse onto leaky readouts.
ProtocolMemory protocol_memory(const Learning& learning, const Topology& topology, const TrialShape& trial,
                               int scalar_bytes);

/// Plastic synapses onto rate neurons: N.
std::int64_t plastic_onto_rate(const Topology& topology);
/// Activities on the axons of a layer's neurons: of each neuron as many as its longest wait.
std::int64_t under_way(const Topology& topology, Layer layer);

}  // namespace locus
