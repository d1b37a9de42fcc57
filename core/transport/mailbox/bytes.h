// The memory of a mailbox, foreseen from the topology before it is built.
#pragma once

#include <cstdint>

#include "core/protocol/rule.h"
#include "core/wire/topology.h"

namespace locus {

/// The bytes of the columns and lists of Mailbox<R>, sizeof(R) being scalar_bytes, where every
/// synapse hears its source in the same tick. The queues are not among them: they grow with the
/// messages that wait at a time.
double mailbox_bytes(const Topology& topology, const Learning& learning, std::int32_t lanes, int scalar_bytes);

}  // namespace locus
