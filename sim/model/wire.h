// wire: a model's populations and projections become a topology, and a rule's feedback its wires.
//
// A run does this once. Every other part reads the result (core/wire/topology.h). Cost: one pass
// over the entries of sparse weights; those that are drawn are drawn here, and nowhere else while a
// model runs.
#pragma once

#include <vector>

#include "core/wire/topology.h"
#include "sim/model/spec.h"

namespace locus {

Layer layer_of(PopulationKind kind);

/// The targets that a topology lists; they take memory for each synapse.
enum class Listing {
  kAll,     // the targets of sparse and hollow projections, which networks read
  kSparse,  // those of sparse ones: all but networks work with it
  // nothing is drawn: ends and sizes alone, from which memory is foreseen before it is taken. Of
  // sparse projections size() is known, and neither sources nor targets; autapses are not found.
  kNone,
};

/// Populations and projections are numbered as in the spec.
Topology topology_of(const NetworkSpec& network, Listing listing = Listing::kAll);
inline Topology topology_of(const Spec& spec, Listing listing = Listing::kAll) {
  return topology_of(spec.network, listing);
}

/// R of a rule that learns from FEEDBACK, one a rate population, by its first neuron; empty for
/// other rules.
std::vector<Projection> feedback_of(const Topology& topology, const RuleSpec& rule);

}  // namespace locus
