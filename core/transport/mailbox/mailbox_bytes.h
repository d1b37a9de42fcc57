// The bytes that a mailbox takes beside its network, from sizes alone: an upper bound, met where no
// activity and no error is 0.
#pragma once

#include <cstdint>

#include "core/protocol/rule.h"
#include "core/wire/topology.h"

namespace locus {

/// scalar_bytes: 8 or 4. `topology`: sizes only are read.
double mailbox_bytes(const Topology& topology, const Learning& learning, std::int32_t lanes, std::int32_t scalar_bytes);

}  // namespace locus
