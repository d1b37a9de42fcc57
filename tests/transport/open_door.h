// A door for a rule that a test runs by hand: what its row declares, any locality unless a budget
// is given.
#pragma once

#include "core/protocol/declaration.h"

namespace locus {

inline Door open_door(const Learning& learning, Locality budget = Locality::kAny) {
  return {permit_of(learning, budget), sizeof(double)};
}

}  // namespace locus
