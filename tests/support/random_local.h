// Random texts of local rules: a function of the dice alone.
#pragma once

#include "core/expression/local_text.h"
#include "sim/model/spec.h"
#include "tests/support/random_model.h"

namespace locus {

/// Constants, up to four traces at all places, up to three changes, all of names that neurons of
/// this kind have; finite whatever the values, and small. Spiking neurons tell something in every
/// tick in which their pseudo-derivative is not 0.
LocalText random_local(Dice& dice, bool spiking, LocalSignal signal);

/// A rule of the spec with such a text.
RuleSpec random_local_rule(const Spec& spec, Dice& dice, LocalSignal signal);

}  // namespace locus
