// The costs of a rule, from the model alone: no network is built and nothing runs.
//
// The costs are exact if every input, activity and error is non-zero, and otherwise an upper bound
// (core/protocol/closed_form.h).
#pragma once

#include "core/protocol/closed_form.h"
#include "sim/model/spec.h"

namespace locus {

/// Messages, stalled ticks and memory of the rule in one trial. `topology` must be that of the
/// spec.
Ledger forecast(const Spec& spec, const Topology& topology, const RuleSpec& rule);

}  // namespace locus
