// Reach: the places that the messages of one event reach, for every neuron of every stream. It is
// the part of a placement that the counts need.
//
// An event consists of the messages of one neuron (or the agent) over one block in one step; a leg
// is the number of its messages that end at one place. Together with counts by neuron
// (core/wire/traffic.h) this determines packets, hops and loads (chip_traffic.h).
// Cost: O(synapses) for sparse projections, O(neurons x cores) for dense ones.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/protocol/sensitivity_pattern.h"
#include "core/protocol/stream.h"
#include "sim/place/placement.h"

namespace locus {

/// The number of an event's messages that end at one place.
struct Leg {
  std::int32_t to = kHost;
  std::int64_t messages = 0;
  // Only INFLUENCE under a restricted rule, whose messages differ in size: the scalars of all these
  // messages, and those of the one packet that serves their receivers.
  std::int64_t scalars = 0;
  std::int64_t packet_scalars = 0;
};

class Reach {
 public:
  /// `feedback`: the wires R of the rule. The ends of a stream's messages follow from its phase
  /// (core/protocol/phase.h) under this rule: TRANSPORT goes to the agent or to presynaptic
  /// neurons. Of a restricted rule the sensitivities that each neuron keeps count as
  /// well, which do not depend on `placement`.
  Reach(const Topology& topology, const std::vector<Projection>& feedback, const Placement& placement,
        const Learning& learning);

  std::int32_t keys(Stream stream) const { return static_cast<std::int32_t>(of(stream).from.size()); }
  /// The place from which a key's messages come.
  std::int32_t from(Stream stream, std::int32_t key) const { return of(stream).from[static_cast<std::size_t>(key)]; }
  std::span<const Leg> legs(Stream stream, std::int32_t key) const;
  /// The messages of one event, and the packets that carry them.
  EventSize size(Stream stream, std::int32_t key) const;
  /// The sizes for every key, for Traffic::weigh.
  std::vector<std::vector<EventSize>> sizes() const;

 private:
  struct Spread {
    std::vector<std::int32_t> from;  // (keys)
    // (keys + 1): key k has the legs offset[k] .. offset[k + 1] - 1
    std::vector<std::size_t> offset;
    std::vector<Leg> legs;
  };
  const Spread& of(Stream stream) const { return spreads_[static_cast<std::size_t>(stream)]; }
  void connect(const PhaseRow& phase, const std::vector<const Projection*>& wires, const Placement& placement,
               Spread& spread);
  void tell_each(Party teller, const Placement& placement, Spread& spread);
  void reduce(Party from, const Placement& placement, Spread& spread);
  void gather(const PhaseRow& phase, const Topology& topology, const Placement& placement, Spread& spread);
  void carry(const Topology& topology, const SensitivityPattern& pattern, const Placement& placement, Spread& spread);
  void gather_kept(const SensitivityPattern& pattern, const Placement& placement, Spread& spread);
  void tell_others(const Placement& placement, Spread& spread);

  std::array<Spread, kStreams> spreads_;
};

}  // namespace locus
