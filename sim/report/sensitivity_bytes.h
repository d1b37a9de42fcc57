// The sensitivities of a rule that carries them, foreseen from the model: their numbers and bytes.
#pragma once

#include "core/protocol/sensitivity_pattern.h"
#include "sim/model/spec.h"
#include "sim/run/run.h"

namespace locus {

/// The counts of a rule's pattern. `outline`: the spec's topology, with or without lists; a
/// restricted rule makes the lists anew.
SensitivityCounts sensitivity_counts(const Spec& spec, const Topology& outline, const RuleSpec& rule);

/// P and its next value (core/nonlocal/sensitivities.h), the places of synapses, and what a pattern
/// lists; over single messages also GATHER, of every neuron for every synapse whose sensitivity it
/// keeps. The factors of UORO, likewise.
double sensitivity_bytes(const Spec& spec, const Topology& outline, const RuleSpec& rule, double scalar, double lanes,
                         TransportKind transport);

}  // namespace locus
