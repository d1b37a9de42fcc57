// build: a topology, its Spec and one of the rules become a network of actors.
//
// The topology says how neurons and synapses are numbered (core/wire/topology.h); build gives
// neurons their constants and synapses their weights. Weights are drawn here (realise.h), so two
// rules of a run start from the same ones. Cost: one pass over the synapses, a second copy of the
// matrix while a projection's weights are made. Nothing of the network grows afterwards.
#pragma once

#include <cstdint>

#include "core/actor/network.h"
#include "sim/model/spec.h"

namespace locus {

/// The range of a population and the constants of its neurons' clock; dt: ms of a tick.
Neurons neurons_of(const PopulationSpec& from, const Population& population, double dt);

/// `topology` is the spec's (wire.h) and outlives the network. `rule` is one of the spec's, or a
/// short form made for it: R is there only if its learning signal comes over it. `lanes` is the
/// trials of a batch.
template <class R>
Network<R> build(const Spec& spec, const Topology& topology, const RuleSpec& rule, std::int32_t lanes);

}  // namespace locus
