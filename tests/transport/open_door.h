// A door for a rule that a test runs by hand: what its row declares, any locality unless a budget
// is given.
#pragma once

#include "core/protocol/rule.h"
#include "core/wire/door.h"

namespace locus {

inline Door open_door(const Learning& learning, Locality budget = Locality::kAny) {
  Permit permit{.channels = 0, .largest_lag = declared_lag(learning), .budget = budget};
  for (const Channel channel : rule(learning.kind).channels) permit.channels |= 1U << static_cast<unsigned>(channel);
  return {permit, sizeof(double)};
}

}  // namespace locus
