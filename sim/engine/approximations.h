// Everything in which a rule on an engine differs from the rule, each with its worst error.
#pragma once

#include <vector>

#include "sim/engine/binding.h"

namespace locus {

/// Of a binding whose accesses, variables and products are complete.
std::vector<Approximation> approximations_of(const Binding& binding, const EngineSpec& engine,
                                             const BindingContext& context);

}  // namespace locus
