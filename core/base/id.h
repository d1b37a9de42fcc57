// Strong ids: an index that the compiler keeps apart from other kinds of index.
//
// Synapses, neurons and trials are all counted from 0. With plain integers a mixture of them
// compiles and is always wrong.
// Cost: none, because an Id is its integer.
#pragma once

#include <compare>
#include <cstdint>

namespace locus {

template <class Tag, class Integer = std::int32_t>
struct Id {
  Integer value = 0;
  friend constexpr auto operator<=>(Id, Id) = default;
};

// within its layer (inputs, rate neurons or readouts), in the order of the file, from 0
using NeuronId = Id<struct NeuronTag>;
// within its projection, source by source, from 0
using SynapseId = Id<struct SynapseTag, std::int64_t>;
using PopulationId = Id<struct PopulationTag>;  // in the order of the file, from 0
using ProjectionId = Id<struct ProjectionTag>;  // in the order of the file, from 0
using Lane = Id<struct LaneTag>;                // a trial of the batch, from 0

/// A tick of a trial, 1..T (0 is "before the first"). Differences of ticks are lags.
struct Tick {
  std::int32_t value = 0;
  friend constexpr auto operator<=>(Tick, Tick) = default;
};

}  // namespace locus
