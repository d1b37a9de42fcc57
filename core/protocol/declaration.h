// Declarations: which phases a rule selects, and what it may send because of them.
//
// The door refuses what is not declared (core/wire/door.h); `locus rules` prints declarations.
// Payload sizes are looked up in tables that are made when the program is compiled, so that a
// delivery costs no search.
#pragma once

#include <cstdint>
#include <vector>

#include "core/protocol/phase.h"

namespace locus {

/// All that a rule may send, whatever the task; without what the optimizer adds.
Selection selection_of(const Rule& rule);
/// What a run of this rule sends on these trials.
Selection selection_of(const Learning& learning, const TrialShape& trial);
/// Trials that are shown forward and compared with their targets; nothing is learnt.
Selection selection_of_evaluation(const TrialShape& trial);

/// The channels of a rule on any task, in channel order; without those of the optimizer (CLIP).
std::vector<Channel> channels_of(const Rule& rule);
bool declares(const Rule& rule, Channel channel);
/// Whether some message of the rule revisits an earlier tick.
bool revisits(const Rule& rule);

/// Whether some message of the rule is a violation in space, and whether one may be in time (where
/// a sweep is deeper than 1).
Violation declared_violation(const Rule& rule);

/// The largest lag (ticks) that a message of this rule may have: the depth of its sweeps less one;
/// 0 where it has none.
std::int32_t declared_lag(const Learning& learning);

/// What the door lets through: all that the rule may send on any task, and CLIP where the optimizer
/// bounds the norm of all changes.
Permit permit_of(const Learning& learning, Locality budget);
/// The same for trials that are only shown and measured, under any budget.
Permit permit_of_evaluation();

/// The payload of a message, in scalars. `of_rate_neuron`: a POST from, a DENDRITE onto, a rate
/// neuron rather than a readout. An autapse's own weight is a DENDRITE of 1 and a firing-rate error
/// a POST of 1 whatever the rule; a spiking neuron's POST has kSpikingPostScalars; INFLUENCE
/// carries as many scalars as there are plastic synapses onto rate neurons, which the sender knows.
std::int64_t scalars_of(const Rule& rule, Channel channel, bool of_rate_neuron);

}  // namespace locus
