// How a rule would be carried out over a model, as `info --plan` prints it: a row a projection,
// then which phases of a tick are one and what all of it takes (core/plan/plan.h).
#pragma once

#include <string>

#include "core/plan/plan.h"
#include "sim/model/spec.h"

namespace locus {

/// What a plan is made for; outputs are seen where the model records them.
Horizon horizon_of(const Spec& spec);

/// The plan of a run of this model's rule with so many threads.
Plan plan_of(const Spec& spec, const RuleSpec& rule, int threads);

/// At most kTextWidth wide.
std::string plan_table(const Spec& spec, const RuleSpec& rule, int threads);

}  // namespace locus
