// Weights as they leave a network and return to it: in the form and the order of the model file,
// whatever the order of its columns.
#pragma once

#include <vector>

#include "core/actor/network.h"
#include "sim/model/spec.h"
#include "sim/run/result.h"
#include "sim/run/state.h"

namespace locus {

/// The weights of one projection, and those of every one.
template <class R>
ProjectionWeights weights_of(const Projection& projection, const Column<R>& weight);
template <class R>
std::vector<ProjectionWeights> weights_of(const Network<R>& network);

/// R of each feedback that learns (neurons x readouts).
template <class R>
std::vector<ProjectionWeights> learned_feedback_of(const Network<R>& network);

/// For each value that the model file has of a projection the synapse that it is of; -1 on a
/// diagonal that is no synapse.
std::vector<std::int64_t> synapses_in_file_order(const Projection& projection);

/// The numbers of weights_of alone: dense row by row, sparse as the file lists its entries.
template <class R>
std::vector<std::vector<double>> values_of(const Network<R>& network);

/// Puts such numbers back. A number that came from the network comes back bit by bit.
template <class R>
void set_values(const std::vector<std::vector<double>>& values, Network<R>& network);
template <class R>
void set_values(const std::vector<double>& values, ProjectionId projection, Network<R>& network);
/// Into a column of the projection's synapses.
template <class R>
void set_values(const Projection& projection, const std::vector<double>& values, Column<R>& column);

/// What the network keeps besides weights, in the same order, and back: a rule goes on from a state
/// that fits.
template <class R>
std::vector<Kept> kept_of(const Network<R>& network);
template <class R>
void restore_kept(const std::vector<Kept>& kept, Network<R>& network);
/// Of that, what its neurons carry over from trial to trial; empty where they carry nothing.
template <class R>
std::vector<Kept> carried_of(const Network<R>& network);
/// Of that, the weights of feedback that learns.
template <class R>
std::vector<Kept> learning_feedback_of(const Network<R>& network);

/// weights_of a network of this topology that holds these numbers.
std::vector<ProjectionWeights> weights_with(const Topology& topology, std::vector<std::vector<double>> values);

}  // namespace locus
