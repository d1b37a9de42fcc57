// Place: which shard each actor sits on (and, with a chip, which core).
//
// Pure and deterministic; no result depends on it (core/transport/mailbox/sharding.h says why).
// Shards are ranges of about equal work.
#pragma once

#include "core/transport/mailbox/sharding.h"
#include "core/wire/topology.h"

namespace locus {

/// How many shards are worth having: one for every 4,096 synapses, at most 16, the same for any
/// number of threads.
int shards_for(const Topology& topology);

/// Cuts each layer into `shards` ranges. Rate neurons and readouts weigh as many as they have
/// incoming synapses, inputs as many as outgoing ones.
Sharding place(const Topology& topology, int shards);

}  // namespace locus
