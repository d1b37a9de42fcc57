// Placement: which core of the chip each neuron sits on, and by which policy. A synapse sits with
// its postsynaptic neuron.
//
// Policies are pure functions of the numbers that they are given: the same model is placed the same
// way on every machine. A neuron's number is its place among the rate neurons, then the readouts,
// in file order. A new policy is one function and its name.
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

/// Core of each neuron.
std::vector<std::int32_t> place_block(std::int32_t neurons, std::int32_t neurons_per_core);
std::vector<std::int32_t> place_round_robin(std::int32_t neurons, std::int32_t cores);
/// Core by core, always the neuron with most synapses from and to those that are there already (the
/// first of equals), or the blocks, where these cut no more synapses; then neurons change places
/// for as long as that cuts fewer. Cost: O(neurons^2 + synapses) a pass, a few passes.
std::vector<std::int32_t> place_greedy(const Topology& topology, std::int32_t neurons_per_core);

/// A neuron's number, -1 where it sits at the host.
std::int32_t number_of(const Topology& topology, Layer layer, std::int32_t neuron);

/// Synapses of W and A whose two neurons sit on different cores.
std::int64_t cut_synapses(const Topology& topology, const std::vector<std::int32_t>& core_of);

struct Placement {
  Mesh mesh;
  PlacementPolicy policy = PlacementPolicy::kBlock;
  std::vector<std::int32_t> rate;     // core of each rate neuron (n)
  std::vector<std::int32_t> readout;  // core of each readout (o)
  // of the backward agent; inputs and environment sit at the host
  std::int32_t agent = kHost;
  std::int32_t core_of(Layer layer, std::int32_t neuron) const;
};

/// The chip has room (load sees to that; overrides of a command line are held against
/// `lack_of_room` first).
Placement place_on_chip(const ChipSpec& chip, const Topology& topology);

/// Synapses of B, W and A on each core.
std::vector<std::int64_t> synapses_by_core(const Placement& placement, const Topology& topology);

/// What does not fit on this chip and what would, as a fault of the model at `path`; none where all
/// fits.
std::optional<Fault> lack_of_room(const ChipSpec& chip, const Topology& topology, const std::string& path);

inline constexpr std::array kPlacementPolicies = {PlacementPolicy::kBlock, PlacementPolicy::kRoundRobin,
                                                  PlacementPolicy::kGreedy, PlacementPolicy::kExplicit};

/// "BLOCK", as models spell it.
std::string_view name(PlacementPolicy policy);

}  // namespace locus
