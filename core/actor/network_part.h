// The network of one rank (core/wire/part.h): its synapses and neurons, cut from the whole one.
#pragma once

#include <vector>

#include "core/actor/network.h"
#include "core/wire/part.h"

namespace locus {

/// `part` is the topology of a rank of whole's, and outlives the network. Columns of neurons are
/// those of all, of which the rank steps its own.
template <class R>
Network<R> part_of(const Network<R>& whole, const Topology& part);

/// Writes the weights and moments of a rank's network into the whole one's.
template <class R>
void put_part(const Network<R>& part, Network<R>& whole);

}  // namespace locus
