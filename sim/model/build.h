// build: makes a network of actors from a topology, its Spec and one of the rules.
//
// The topology has the numbers of neurons and synapses (core/wire/topology.h); build gives neurons
// their constants and synapses their weights. Random weights are drawn here (realise.h), so that
// all rules of a run start with the same ones.
// Cost: one pass over the synapses, and a second copy of a projection's matrix while its weights
// are made. Nothing in the network grows afterwards.
#pragma once

#include <cstdint>
#include <optional>

#include "core/actor/network.h"
#include "sim/model/spec.h"

namespace locus {

/// The range of a population and the constants of its neurons' clock; dt: ms of a tick. Without a
/// seed the neurons have no noise. ticks: of a trial, for shift registers.
Neurons neurons_of(const PopulationSpec& from, const Topology& topology, PopulationId id, double dt,
                   std::optional<std::uint64_t> seed = std::nullopt, std::int32_t ticks = 1);

/// `topology` is that of the Spec (wire.h) and must outlive the network. `rule` is one of the
/// Spec's, or a short form made for it; R exists only if it carries the learning signal. `lanes`:
/// trials of the batch.
template <class R>
Network<R> build(const Spec& spec, const Topology& topology, const RuleSpec& rule, std::int32_t lanes);

/// Weights of few bits that come from outside are the nearest levels, whatever the rounding of
/// commits. A bias keeps its precision.
template <class R>
void round_weights(const Grid& grid, ProjectionId projection, Network<R>& network);

}  // namespace locus
