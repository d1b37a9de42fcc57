// What a rule will cost on a model, from the model alone: no network is built and nothing is run.
//
// Exact where every input, activity and error is non-zero; an upper bound otherwise
// (core/protocol/closed_form.h).
#pragma once

#include "core/protocol/closed_form.h"
#include "sim/model/spec.h"

namespace locus {

/// Messages, stalled ticks and protocol memory of one trial. The topology is the spec's.
Ledger forecast(const Spec& spec, const Topology& topology, const RuleSpec& rule);

}  // namespace locus
