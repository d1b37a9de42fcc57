// The memory of a core: what its neurons and synapses keep under a rule, in numbers of each kind.
//
// It follows from topology, rule and placement, without a run. The sums over all places are those
// of the closed forms (core/protocol/closed_form.h): traces and history are the ledger's. Weights,
// waiting changes and the optimizer's means count biases; a neuron's own state (its activity,
// voltage and so on) is left out. The history of inputs is the host's, that of the backward agent
// is where the agent is.
// Cost: O(synapses of sparse projections + neurons x cores).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/protocol/trial_shape.h"
#include "sim/place/reach.h"

namespace locus {

/// The memory of one place: a core, or the host.
struct CoreMemory {
  std::int32_t place = kHost;
  std::int64_t neurons = 0;
  std::int64_t weights = 0;  // one for each synapse, with biases
  std::int64_t sources = 0;  // numbers of source neurons: one for each sparse synapse
  std::int64_t changes = 0;  // sums of changes that wait for the end of a batch
  std::int64_t means = 0;    // the optimizer's m and v
  std::int64_t traces = 0;   // of synapses, and RTRL's sensitivities
  std::int64_t history = 0;  // past activity, and adjoints and activities that are under way
  std::int64_t spikes = 0;   // past spikes and those under way, of one bit; beside `history`
  // those of the weights and of the traces that have few bits (core/wire/narrow.h)
  std::int64_t narrow_weights = 0;
  std::int64_t narrow_traces = 0;
  std::int64_t axons_in = 0;   // neurons elsewhere whose AXON or FEEDBACK comes here
  std::int64_t axons_out = 0;  // other cores to which those of own neurons go, summed over neurons
  friend bool operator==(const CoreMemory&, const CoreMemory&) = default;
};

/// Bits of the numbers that a core keeps.
struct MemoryBits {
  std::int32_t scalar = 64;   // of weights and state
  std::int32_t address = 32;  // of the number of a source, and of an entry of an axon table
  std::int32_t weight = 0;    // of narrow weights
  std::int32_t trace = 0;     // of narrow traces
};

/// What a place keeps of one kind, in bits: weights; traces; history with its spikes.
std::int64_t bits_of_weights(const CoreMemory& memory, const MemoryBits& bits);
std::int64_t bits_of_traces(const CoreMemory& memory, const MemoryBits& bits);
std::int64_t bits_of_history(const CoreMemory& memory, const MemoryBits& bits);

/// The memory of a place, in bits.
std::int64_t bits_of(const CoreMemory& memory, const MemoryBits& bits);

/// By place, the host first (cores + 1). `feedback`: the wires R of the rule. `learning` has the
/// numbers of its restriction (learning_on_chip.h). Sparse projections need their lists.
std::vector<CoreMemory> core_memories(const Topology& topology, const std::vector<Projection>& feedback,
                                      const Placement& placement, const Learning& learning, const TrialShape& trial);

/// The same of a rule of the spec, whose chip has this placement.
std::vector<CoreMemory> core_memories(const Spec& spec, const Topology& topology, const Placement& placement,
                                      const RuleSpec& rule);

/// The numbers of a chip's cores have the precision of the run, or their own few bits.
MemoryBits memory_bits_of(const Spec& spec);

/// A neuron with too many synapses, or a core that would hear too many neurons or keep too many
/// bytes under a rule of the spec, and a sufficient budget, as a fault of the model at `path`.
/// Empty if everything fits. The chip has room (placement.h); sparse projections need their lists.
std::optional<Fault> lack_of_memory(const Spec& spec, const Topology& topology, const std::string& path);

/// The lack of room (placement.h), or else of memory; empty without a chip. A run begins with it.
std::optional<Fault> lack_on_chip(const Spec& spec, const Topology& topology, const std::string& path);

/// The core that keeps most (the first of equals).
const CoreMemory& fullest_core(const std::vector<CoreMemory>& memories, const MemoryBits& bits);

}  // namespace locus
