// Closed forms: the costs of one trial of a rule, from the topology alone.
//
// Each phase that the rule selects (core/protocol/phase.h) is counted projection by projection,
// with the projection's own delay. The result is exact if every activity, error and input is
// non-zero and every possible message is sent ("generic values"), and otherwise an upper bound,
// since a zero activity or error sends nothing.
// Cost: O(projections) for each phase, and for each lag of a sweep; O(sources) if neurons begin a
// trial with an activity.
#pragma once

#include <cstdint>
#include <span>

#include "core/protocol/phase.h"
#include "core/wire/ledger.h"
#include "core/wire/topology.h"

namespace locus {

/// Messages, stalled ticks and memory of one trial, with its `trials` and `ticks` set. `feedback`:
/// the wires R of the rule.
Ledger closed_form(const Learning& learning, const Topology& topology, std::span<const Projection> feedback,
                   const TrialShape& trial, int scalar_bytes);

/// Adds the messages of one phase in such a trial, whether the rule selects it or not.
void add_phase(const PhaseRow& row, const Learning& learning, const Topology& topology,
               std::span<const Projection> feedback, const TrialShape& trial, Ledger& ledger);

struct ProtocolMemory {
  std::int64_t history_bytes = 0;
  std::int64_t trace_bytes = 0;
};

/// The memory that the actors of one replica need. History: s min(tau, T) (m + n + curved), and s n
/// (min(k, window) - 1) more for the agent; under any rule the activities on their way on axons,
/// and under a sweep the same amount again for the agent's delayed adjoints of rate neurons. A past
/// spike takes a bit, in place of s. Traces: s N (or their own bits where these are few), or s n N
/// under RTRL (restricted: those that are kept); e-prop has two for each synapse onto spiking
/// neurons and three onto adapting ones; leaky readouts have one for each synapse.
ProtocolMemory protocol_memory(const Learning& learning, const Topology& topology, const TrialShape& trial,
                               int scalar_bytes);

/// The traces that each synapse of a projection keeps between ticks; sensitivities, which neurons
/// keep, are not among them.
std::int64_t traces_of_synapse(const Learning& learning, const Topology& topology, const Projection& projection);
/// N, the number of plastic synapses onto rate neurons, biases included.
std::int64_t plastic_onto_rate(const Topology& topology);
/// Gives the ledger the bits of narrow wires.
void set_scalar_bits(const Learning& learning, Ledger& ledger);

/// The activities on the axons of one neuron of the population: its longest additional delay in
/// ticks.
std::int64_t longest_wait(const Topology& topology, const Population& population);
/// The number of activities on the axons of a layer's neurons: for each neuron its longest
/// additional delay in ticks.
std::int64_t under_way(const Topology& topology, Layer layer);

}  // namespace locus
