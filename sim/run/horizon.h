// Horizon of a run: the facts beyond its rule that decide how the columns transport carries it out
// (core/plan/plan.h).
//
// Why apart: the learner that runs a rule, the estimate of its memory and the table of `info
// --plan` need the same plan, and the last two make no network. Cost: that of a plan.
#pragma once

#include "core/plan/plan.h"
#include "sim/model/spec.h"

namespace locus {

/// The use of a learner: which outputs are read, and when its inputs are known. It changes no
/// count and no bit of what is learnt.
struct Audience {
  bool outputs_are_seen = false;     // at ticks without an error too
  bool inputs_tick_by_tick = false;  // x_t is written after tick t - 1
};

/// The audience of a run that records what the model asks for.
Audience audience_of(const Spec& spec);

Horizon horizon_of(const TrialShape& trial, Audience audience);
/// The horizon of a run of this model.
Horizon horizon_of(const Spec& spec);

/// The plan of a run of this model's rule with so many threads. Sizes of the topology are read
/// only, so one that lists no targets will do.
Plan plan_of(const Spec& spec, const Topology& topology, const RuleSpec& rule, int threads);
Plan plan_of(const Spec& spec, const RuleSpec& rule, int threads);

}  // namespace locus
