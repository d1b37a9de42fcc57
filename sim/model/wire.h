// wire: a model's populations and projections become a topology, and a rule's feedback its wires.
//
// A run does this once; everything that asks who is wired to whom reads the result
// (core/wire/topology.h). Cost: one pass over the entries of sparse weights; those that are drawn
// are drawn here, and nowhere else in a run.
#pragma once

#include <vector>

#include "core/wire/topology.h"
#include "sim/model/spec.h"

namespace locus {

Layer layer_of(PopulationKind kind);

/// Populations and projections are numbered as in the spec.
Topology topology_of(const Spec& spec);

/// R of a rule that learns from FEEDBACK, one a rate population, by its first neuron; empty for
/// other rules.
std::vector<Projection> feedback_of(const Topology& topology, const RuleSpec& rule);

}  // namespace locus
