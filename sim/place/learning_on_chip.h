// The learning of a rule with everything that its sensitivities follow from.
//
// A restricted RTRL (core/protocol/sensitivity_pattern.h) keeps what the seed draws or what the
// placement puts on one core, and neither is the rule's own. Whoever builds, counts or foresees the
// run of a rule takes its learning from here, so that all of them have the same pattern.
#pragma once

#include "core/protocol/learning.h"
#include "core/wire/topology.h"
#include "sim/model/spec.h"

namespace locus {

/// As learning_of of sim/model/learning.h, with the seed of all that is drawn and the core of each
/// rate neuron. Under a restricted rule sparse projections need their lists.
Learning learning_of(const Spec& spec, const Topology& topology, const RuleSpec& rule);

/// Sets the numbers of a restriction that are the model's and not the rule's.
void restrict_to(const Spec& spec, const Topology& topology, Learning& learning);

}  // namespace locus
