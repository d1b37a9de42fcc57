// The memory of a mailbox, foreseen from the topology before it is built.
#pragma once

#include <cstdint>

#include "core/protocol/learning.h"
#include "core/wire/topology.h"

namespace locus {

/// The bytes of the columns and lists of Mailbox<R>, sizeof(R) being scalar_bytes. Of `topology`
/// only sizes are read.
double mailbox_bytes(const Topology& topology, const Learning& learning, std::int32_t lanes, int scalar_bytes);

/// The bytes of its queues at their largest, and of what is under way on axons: an upper bound, met
/// where no activity and no error is 0.
double mailbox_queue_bytes(const Topology& topology, const Learning& learning, std::int32_t lanes, int scalar_bytes);

}  // namespace locus
