// A door for a rule that a test runs by hand: it allows the messages of the rule's row, with any
// locality unless there is a budget.
#pragma once

#include "core/protocol/declaration.h"

namespace locus {

inline Door open_door(const Learning& learning, Locality budget = Locality::kAny) {
  return {permit_of(learning, budget), sizeof(double)};
}

}  // namespace locus
