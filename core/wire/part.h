// Part: the wires of one rank of a run that several processes share.
//
// A rank has whole grains of the rate layer (core/base/tree.h), with all synapses onto their
// neurons and, of projections from rate neurons to readouts, those from them. Inputs, readouts and
// what goes from the one to the other are on every rank. So each synapse but the last kind is on
// one rank, and what a tick must carry between ranks is activities, and sums over grains.
// Cost: of a sparse projection one pass over its list of targets.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "core/wire/topology.h"

namespace locus {

/// The shares of `ranks` >= 1 ranks, one after the other: as many grains each, to one. More ranks
/// than grains leave some with nothing. A population begins a grain.
std::vector<Share> shares_of(const Topology& topology, std::int32_t ranks);

/// Why a network cannot be shared out by neurons, or nothing: the first reason. `sweeps`: errors
/// are carried back over projections between rate neurons.
std::string why_not_shared(const Topology& topology, bool sweeps);

/// The part of a rank: projections cut to its share, populations and sizes of the whole. `whole`
/// must have its lists of targets, and why_not_shared gives nothing.
Topology part_of(const Topology& whole, const std::vector<Share>& shares, std::int32_t rank);

/// A projection cut to a share; as it is if it goes from inputs to readouts.
Projection part_of(const Projection& whole, Share share);

/// Calls visit(synapse of the whole, synapse of the part) for each synapse of a part, in its order.
template <class Visit>
void each_own(const Projection& whole, const Projection& part, Visit visit) {
  std::int64_t own = 0;
  for (std::int32_t j = part.sources_before; j < part.sources_before + part.source_size; ++j) {
    const std::int64_t begin = whole.begin_of(j);
    if (whole.dense) {
      for (std::int32_t i = 0; i < part.target_size; ++i) visit(begin + part.targets_before + i, own++);
      continue;
    }
    for (std::int64_t k = begin; k < whole.begin_of(j + 1); ++k) {
      const std::int32_t i = whole.target[SynapseId{k}] - part.targets_before;
      if (i >= 0 && i < part.target_size) visit(k, own++);
    }
  }
}

}  // namespace locus
