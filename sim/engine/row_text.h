// The rules of the table at the synapses of one projection, as texts: what an engine is asked for.
//
// tests/properties/local_rules_test.cc holds such texts against their rows, bit by bit.
#pragma once

#include <optional>

#include "core/expression/local_text.h"
#include "sim/model/spec.h"

namespace locus {

struct RowText {
  LocalText text;
  // Name of the trace whose value at the end of a trial, times a number of the target neuron,
  // is a change (firing-rate targets); empty: none.
  std::string summed = {};
};

/// The learning of a plastic projection's synapses under a rule: by its text, by a row's, or by the
/// delta rule of readouts. Empty where nothing of the kind says it: a rule that walks back in time
/// or carries sensitivities, and a projection that does not learn.
std::optional<RowText> row_text(const RuleSpec& rule, const Spec& spec, const ProjectionSpec& projection);

}  // namespace locus
