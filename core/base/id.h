// Strong ids: an index that cannot be taken for another kind of index.
//
// Why: a synapse, a neuron and a trial are all counted from 0; mixing them compiles with plain
// integers and is always wrong. Cost: none, an Id is its integer.
#pragma once

#include <compare>
#include <cstdint>

namespace locus {

template <class Tag, class Integer = std::int32_t>
struct Id {
  Integer value = 0;
  friend constexpr auto operator<=>(Id, Id) = default;
};

// within its layer (inputs, rate neurons or readouts), file order, from 0
using NeuronId = Id<struct NeuronTag>;
// within its projection, source by source, from 0
using SynapseId = Id<struct SynapseTag, std::int64_t>;
using PopulationId = Id<struct PopulationTag>;  // within the network, file order, from 0
using ProjectionId = Id<struct ProjectionTag>;  // likewise
using Lane = Id<struct LaneTag>;                // the trial of a batch, from 0

/// A tick of a trial, 1..T (0 is "before the first"). Differences are lags.
struct Tick {
  std::int32_t value = 0;
  friend constexpr auto operator<=>(Tick, Tick) = default;
};

}  // namespace locus
