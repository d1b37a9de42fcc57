// Models with any optimizer, paces of rules and limits of projections.
#pragma once

#include <cstdint>

#include "sim/model/spec.h"

namespace locus {

/// The model with an optimizer drawn for its training and for some of its rules, learning rates of
/// some rules, and signs, bounds and decay of some projections.
Spec with_optimizers(Spec spec, std::uint64_t seed);

}  // namespace locus
