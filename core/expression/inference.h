// Inference: what follows from the normal form of a local rule: which traces a tick needs, which
// are linear in themselves, and in which ticks a neuron tells its synapses something.
//
// A number of the payload vanishes if a factor of it is 0 without an error: the learning signal,
// that an error has come, or a reward that is minus the loss. Synapses know a number if it vanishes
// or follows from constants.
// Cost: one visit a node for each trace.
#pragma once

#include "core/expression/local_rule.h"
#include "core/expression/normal_form.h"

namespace locus {

/// Fills what a rule with its normal forms does not say yet: `is_state` and `is_lazy` of traces,
/// `vanishes` and `posts`.
void infer(LocalRule& rule, const NormalForm& form);

}  // namespace locus
