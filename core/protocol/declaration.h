// Declarations: the phases that a rule selects, and the messages that it may therefore send.
//
// The door refuses messages that are not declared (core/wire/door.h); `locus rules` prints
// declarations.
#pragma once

#include <cstdint>
#include <vector>

#include "core/protocol/phase.h"

namespace locus {

/// All phases that a rule may use, for any task; without those of the optimizer.
Selection selection_of(const Rule& rule);
/// The same of a rule with its numbers, or with its text.
Selection selection_of(const Learning& learning);
/// The phases of a run of this rule on these trials.
Selection selection_of(const Learning& learning, const TrialShape& trial);
/// The phases of trials that run forward with an error but without learning.
Selection selection_of_evaluation(const TrialShape& trial);

/// The channels of a rule for any task, in the order of channels; without the optimizer's (CLIP).
std::vector<Channel> channels_of(const Rule& rule);
std::vector<Channel> channels_of(const Selection& selection);
bool declares(const Rule& rule, Channel channel);
/// True if some message of the rule revisits an earlier tick.
bool revisits(const Rule& rule);

/// The channels whose messages the rule keeps within the cores of a chip.
ChannelSet core_local_channels(const Rule& rule);

/// True if some message of the rule is a violation in space, and if one may be a violation in time
/// (for a sweep deeper than 1).
Violation declared_violation(const Rule& rule);

/// The largest lag of the rule's messages in ticks: the depth of its sweeps minus one; 0 without
/// sweeps.
std::int32_t declared_lag(const Learning& learning);

/// The permit of the door: all messages that the rule may send for any task, each channel up to the
/// largest lag of its phases, and CLIP if the optimizer bounds the norm of all changes.
Permit permit_of(const Learning& learning, Locality budget);
/// The permit for trials without learning, under any budget.
Permit permit_of_evaluation();

}  // namespace locus
