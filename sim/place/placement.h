// Placement: the core of each neuron on the chip, according to a policy. A synapse is on the core
// of its postsynaptic neuron.
//
// Policies are pure functions of numbers, so that a model has the same placement on every machine.
// The number of a neuron is its index among the rate neurons followed by the readouts, in the order
// of the file. A new policy is one function and its name.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "core/wire/topology.h"
#include "sim/model/errors.h"
#include "sim/model/spec.h"
#include "sim/place/mesh.h"

namespace locus {

/// The core of each neuron.
std::vector<std::int32_t> place_block(std::int32_t neurons, std::int32_t neurons_per_core);
std::vector<std::int32_t> place_round_robin(std::int32_t neurons, std::int32_t cores);
/// Fills core after core, always with the neuron that has the most synapses with the neurons
/// already there (the first of equals). If the blocks cut no more synapses, they replace the
/// result. Then neurons exchange places as long as this cuts fewer synapses.
/// Cost: O(neurons^2 + synapses) a pass, a few passes.
std::vector<std::int32_t> place_greedy(const Topology& topology, std::int32_t neurons_per_core);

/// The number of a neuron, or -1 if it is at the host.
std::int32_t number_of(const Topology& topology, Layer layer, std::int32_t neuron);

/// The number of synapses of W and A between different cores.
std::int64_t cut_synapses(const Topology& topology, const std::vector<std::int32_t>& core_of);

struct Placement {
  Mesh mesh;
  PlacementPolicy policy = PlacementPolicy::kBlock;
  std::vector<std::int32_t> rate;     // core of each rate neuron (n)
  std::vector<std::int32_t> readout;  // core of each readout (o)
  // of the backward agent; inputs and environment are at the host
  std::int32_t agent = kHost;
  // each core has the part of the agent for its own neurons: `agent` has no meaning
  bool spread_agent = false;
  // a core adds up its TRANSPORT to the same neuron, or to the agent about it, and sends the sum
  bool partial_sums = false;
  std::int32_t core_of(Layer layer, std::int32_t neuron) const;
};

/// The chip must have room: load checks this, and overrides of the command line use `lack_of_room`
/// first.
Placement place_on_chip(const ChipSpec& chip, const Topology& topology);

/// Every rate neuron and readout alone on a core that has its number, each with its part of the
/// agent: places that name neurons.
Placement place_apart(const LayerSizes& sizes);

/// The number of synapses of B, W and A on each core.
std::vector<std::int64_t> synapses_by_core(const Placement& placement, const Topology& topology);

/// The lack of room on this chip and a sufficient size, as a fault of the model at `path`; empty if
/// everything fits.
std::optional<Fault> lack_of_room(const ChipSpec& chip, const Topology& topology, const std::string& path);

inline constexpr std::array kPlacementPolicies = {PlacementPolicy::kBlock, PlacementPolicy::kRoundRobin,
                                                  PlacementPolicy::kGreedy, PlacementPolicy::kExplicit};

/// "BLOCK", the name in model files.
std::string_view name(PlacementPolicy policy);

}  // namespace locus
