// The memory of a mailbox, foreseen from the topology before it is built.
#pragma once

#include <cstdint>

#include "core/protocol/rule.h"
#include "core/wire/topology.h"

namespace locus {

/// The bytes that a Mailbox<R> takes beside its network, sizeof(R) being scalar_bytes: columns,
/// lists, and queues at their largest. An upper bound, met where no activity and no error is 0.
/// `topology`: sizes only are read.
double mailbox_bytes(const Topology& topology, const Learning& learning, std::int32_t lanes, int scalar_bytes);

}  // namespace locus
