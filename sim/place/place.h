// Place: the shard of each actor (and with a chip, its core).
//
// The functions are pure and deterministic, and no result depends on them
// (core/transport/mailbox/sharding.h explains why). Shards are ranges with about the same work.
#pragma once

#include "core/transport/mailbox/sharding.h"
#include "core/wire/topology.h"

namespace locus {

/// The best number of shards: one for every 4,096 synapses, at most 16, the same for any number of
/// threads.
int shards_for(const Topology& topology);

/// Cuts each layer into `shards` ranges. The weight of a rate neuron or a readout is its number of
/// incoming synapses, that of an input its number of outgoing ones.
Sharding place(const Topology& topology, int shards);

}  // namespace locus
