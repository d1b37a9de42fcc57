// The plan of a rule over a model, as `info --plan` prints it: a row a projection,
// then which phases of a tick are one and what all of it takes (core/plan/plan.h).
#pragma once

#include <string>

#include "sim/model/spec.h"

namespace locus {

/// At most kTextWidth wide.
std::string plan_table(const Spec& spec, const RuleSpec& rule, int threads);

}  // namespace locus
