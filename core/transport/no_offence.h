// The ends of a message that breaks no budget: what the door is given where no message can be the
// first to break one.
#pragma once

#include "core/wire/door.h"

namespace locus {

/// For channels that can break no budget at this point of a tick: local ones, those over wires of
/// their own, and those of a revisited tick, which begins with ADJOINT; and the factor of CLIP,
/// which answers squares.
inline Endpoints no_offence() { CHECK(false, "a message that follows none that breaks the budget broke it"); }

}  // namespace locus
