// What a rule will cost on a model, from the model alone: no network is built and nothing is run.
//
// Exact where every input, activity and error is non-zero; an upper bound otherwise
// (core/protocol/closed_form.h).
#pragma once

#include "core/protocol/closed_form.h"
#include "sim/model/spec.h"

namespace locus {

/// Counts of the network that `build` would make for this rule. Cost: O(projections), and
/// O(entries) of sparse ones.
NetworkShape shape_of(const NetworkSpec& network, const RuleSpec& rule);

/// Messages, stalled ticks and protocol memory of one trial.
Ledger forecast(const Spec& spec, const RuleSpec& rule);

}  // namespace locus
