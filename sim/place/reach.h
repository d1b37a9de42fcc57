// Reach: where the messages of one event go, for every neuron of every stream: the placement as the
// counts see it.
//
// An event is what one neuron (or the agent) sends over one block in one step; its messages end on
// some places, so many on each (legs). With counts by neuron (core/wire/traffic.h) that is all that
// packets, hops and loads follow from (chip_traffic.h). Cost: O(synapses) for sparse projections,
// O(neurons x cores) for dense ones.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/protocol/stream.h"
#include "sim/place/placement.h"

namespace locus {

/// So many messages of an event end at this place.
struct Leg {
  std::int32_t to = kHost;
  std::int64_t messages = 0;
};

class Reach {
 public:
  /// feedback: the rule's own wires R. Where a stream's messages begin and end follows from its
  /// phase (core/protocol/phase.h) under this rule: TRANSPORT goes to the agent or to presynaptic
  /// neurons.
  Reach(const Topology& topology, const std::vector<Projection>& feedback, const Placement& placement, RuleKind rule);

  std::int32_t keys(Stream stream) const { return static_cast<std::int32_t>(of(stream).from.size()); }
  /// Where a key's messages come from.
  std::int32_t from(Stream stream, std::int32_t key) const { return of(stream).from[static_cast<std::size_t>(key)]; }
  std::span<const Leg> legs(Stream stream, std::int32_t key) const;
  /// Messages of one event, and the packets that they are.
  EventSize size(Stream stream, std::int32_t key) const;
  /// Of every key, for Traffic::weigh.
  std::vector<std::vector<EventSize>> sizes() const;

 private:
  struct Spread {
    std::vector<std::int32_t> from;  // (keys)
    // (keys + 1): legs of key k are offset[k] .. offset[k + 1] - 1
    std::vector<std::size_t> offset;
    std::vector<Leg> legs;
  };
  const Spread& of(Stream stream) const { return spreads_[static_cast<std::size_t>(stream)]; }
  void connect(const PhaseRow& phase, const std::vector<const Projection*>& wires, const Placement& placement,
               Spread& spread);
  void tell_each(std::int32_t teller, Spread& spread);
  void gather(const Topology& topology, const Placement& placement, Spread& spread);
  void tell_others(const Placement& placement, Spread& spread);

  std::array<Spread, kStreams> spreads_;
};

}  // namespace locus
