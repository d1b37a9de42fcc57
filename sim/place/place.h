// Place: which shard each actor sits on (and, with a chip, which core).
//
// Pure and deterministic; no result depends on it (core/transport/sharding.h says why). Shards are
// ranges of about equal work.
#pragma once

#include "core/actor/network.h"
#include "core/transport/sharding.h"

namespace locus {

/// How many shards are worth having: one for every 4,096 synapses, at most 16, the same for any
/// number of threads.
template <class R>
int shards_for(const Network<R>& network);

/// Cuts each layer into `shards` ranges. Rate neurons and readouts weigh as many as they have
/// incoming synapses, inputs as many as outgoing ones.
template <class R>
Sharding place(const Network<R>& network, int shards);

}  // namespace locus
