#include "sim/place/reach.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "core/base/check.h"

namespace locus {
namespace {

Layer layer_of(Party party) {
  if (party == Party::kInput) return Layer::kInput;
  return party == Party::kRate ? Layer::kRate : Layer::kReadout;
}

/// The messages of one key by place; then those of the next key.
class Heap {
 public:
  explicit Heap(const Placement& placement) : count_(static_cast<std::size_t>(placement.mesh.cores()) + 1, 0) {}

  void add(std::int32_t place, std::int64_t messages) {
    std::int64_t& count = count_[static_cast<std::size_t>(place + 1)];  // kHost is -1
    if (count == 0) met_.push_back(place);
    count += messages;
  }
  /// Appends the messages as legs, sorted by place, and becomes empty.
  void flush(std::vector<Leg>& legs) {
    std::ranges::sort(met_);
    for (const std::int32_t place : met_) {
      std::int64_t& count = count_[static_cast<std::size_t>(place + 1)];
      if (count > 0) legs.push_back({place, count});
      count = 0;
    }
    met_.clear();
  }

 private:
  std::vector<std::int64_t> count_;
  std::vector<std::int32_t> met_;
};

/// The far ends of one projection's synapses, by the near end: for a sparse one neuron by neuron,
/// for a dense one the same places for all.
struct Ends {
  std::int32_t begin = 0;
  std::int32_t size = 0;
  std::vector<std::size_t> offset;  // sparse only (size + 1)
  std::vector<std::int32_t> place;  // sparse only (synapses)
  std::vector<Leg> shared;          // dense only

  Ends(const Projection& projection, const Placement& placement, bool by_source, Heap& heap) {
    begin = by_source ? projection.source_begin : projection.target_begin;
    size = by_source ? projection.source_size : projection.target_size;
    const Layer far = by_source ? projection.target_layer : projection.source_layer;
    if (projection.dense) {
      const std::int32_t far_begin = by_source ? projection.target_begin : projection.source_begin;
      const std::int32_t far_size = by_source ? projection.target_size : projection.source_size;
      for (std::int32_t i = far_begin; i < far_begin + far_size; ++i) heap.add(placement.core_of(far, i), 1);
      heap.flush(shared);
      return;
    }
    offset.assign(static_cast<std::size_t>(size) + 1, 0);
    projection.each([&](std::int32_t source, std::int32_t target) {
      ++offset[static_cast<std::size_t>((by_source ? source : target) - begin) + 1];
    });
    for (std::size_t k = 1; k < offset.size(); ++k) offset[k] += offset[k - 1];
    place.resize(offset.back());
    std::vector<std::size_t> next(offset.begin(), offset.end() - 1);
    projection.each([&](std::int32_t source, std::int32_t target) {
      const auto near = static_cast<std::size_t>((by_source ? source : target) - begin);
      place[next[near]++] = placement.core_of(far, by_source ? target : source);
    });
  }

  void add_to(Heap& heap, std::int32_t near) const {
    if (near < begin || near >= begin + size) return;
    for (const Leg& leg : shared) heap.add(leg.to, leg.messages);
    if (offset.empty()) return;
    const auto own = static_cast<std::size_t>(near - begin);
    for (std::size_t k = offset[own]; k < offset[own + 1]; ++k) heap.add(place[k], 1);
  }
};

std::vector<const Projection*> all_of(const std::vector<Projection>& projections) {
  std::vector<const Projection*> all;
  for (const Projection& projection : projections) all.push_back(&projection);
  return all;
}

/// The projections over whose synapses the messages of a phase go.
std::vector<const Projection*> carriers(const PhaseRow& phase, const Topology& topology) {
  std::vector<const Projection*> found;
  for (const Projection& projection : topology.projections) {
    if (carries(phase, projection, topology.target_of(projection))) found.push_back(&projection);
  }
  return found;
}

/// The numbers of INFLUENCE from one neuron to those on one place.
class Influenced {
 public:
  Influenced(const SensitivityPattern& pattern, std::size_t neurons) : pattern_(pattern), sent_(neurons, false) {}

  Leg leg(std::int32_t source, std::int32_t place, std::span<const std::int32_t> targets) {
    Leg leg{place, 0, 0, 0};
    std::vector<std::int32_t> all;  // posts whose sensitivities some target hears
    for (const std::int32_t target : targets) {
      ++leg.messages;
      both_.clear();
      std::ranges::set_intersection(pattern_.posts(source), pattern_.posts(target), std::back_inserter(both_));
      for (const std::int32_t post : both_) {
        leg.scalars += pattern_.fan(post);
        if (sent_[static_cast<std::size_t>(post)]) continue;
        sent_[static_cast<std::size_t>(post)] = true;
        all.push_back(post);
      }
    }
    for (const std::int32_t post : all) {
      leg.packet_scalars += pattern_.fan(post);
      sent_[static_cast<std::size_t>(post)] = false;
    }
    return leg;
  }

 private:
  const SensitivityPattern& pattern_;
  std::vector<bool> sent_;  // by post
  std::vector<std::int32_t> both_;
};

}  // namespace

/// Follows the wires: from a source to the places of its synapses, or from a target's synapses to
/// the sources (or all of them to the agent).
void Reach::connect(const PhaseRow& phase, const std::vector<const Projection*>& wires, const Placement& placement,
                    Spread& spread) {
  const bool by_source = phase.from != Party::kSynapse;
  Heap heap(placement);
  std::vector<Ends> ends;
  for (const Projection* one : wires) ends.emplace_back(*one, placement, by_source, heap);
  for (std::size_t key = 0; key < spread.from.size(); ++key) {
    for (const Ends& one : ends) one.add_to(heap, static_cast<std::int32_t>(key));
    heap.flush(spread.legs);
    if (phase.to == Party::kAgent && !placement.spread_agent) {
      std::int64_t messages = 0;
      for (std::size_t k = spread.offset.back(); k < spread.legs.size(); ++k) messages += spread.legs[k].messages;
      spread.legs.resize(spread.offset.back());
      if (messages > 0) spread.legs.push_back({placement.agent, messages});
    }
    spread.offset.push_back(spread.legs.size());
  }
}

/// The host or the agent sends the same message to every key; of an agent that is spread over the
/// cores it is the part on the key's own core.
void Reach::tell_each(Party teller, const Placement& placement, Spread& spread) {
  for (std::int32_t& place : spread.from) {
    spread.legs.push_back({place, 1});
    spread.offset.push_back(spread.legs.size());
    if (teller != Party::kAgent) place = kHost;
    if (teller == Party::kAgent && !placement.spread_agent) place = placement.agent;
  }
}

/// Sums over all neurons, up to the agent or down from it. Those of an agent that is spread over
/// the cores are the host's.
void Reach::reduce(Party from, const Placement& placement, Spread& spread) {
  const std::int32_t agent = placement.spread_agent ? kHost : placement.agent;
  for (std::int32_t& place : spread.from) {
    spread.legs.push_back({from == Party::kAgent ? place : agent, 1});
    spread.offset.push_back(spread.legs.size());
    if (from == Party::kAgent) place = agent;
  }
}

/// Every rate neuron sends to all plastic synapses of B and W except its own.
void Reach::gather(const PhaseRow& phase, const Topology& topology, const Placement& placement, Spread& spread) {
  std::vector<std::int64_t> own(spread.from.size(), 0);  // plastic synapses of each neuron
  for (const Projection& projection : topology.projections) {
    if (!carries(phase, projection, topology.target_of(projection))) continue;
    auto target = static_cast<std::size_t>(projection.target_begin);
    for (const std::int64_t synapses : projection.fan_in()) own[target++] += synapses;
  }
  Heap heap(placement);
  std::vector<Leg> all;
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (own[i] > 0) heap.add(spread.from[i], own[i]);
  }
  heap.flush(all);
  for (std::size_t i = 0; i < own.size(); ++i) {
    for (const Leg& leg : all) {
      const std::int64_t messages = leg.messages - (leg.to == spread.from[i] ? own[i] : 0);
      if (messages > 0) spread.legs.push_back({leg.to, messages});
    }
    spread.offset.push_back(spread.legs.size());
  }
}

/// INFLUENCE of a restricted rule: over the synapses that carry it.
void Reach::carry(const Topology& topology, const SensitivityPattern& pattern, const Placement& placement, Spread& spread) {
  std::vector<std::vector<std::int32_t>> targets(spread.from.size());
  pattern.each_carrier(topology, [&](ProjectionId, SynapseId, std::int32_t source, std::int32_t target) {
    targets[static_cast<std::size_t>(source)].push_back(target);
  });
  Influenced influenced(pattern, targets.size());
  const auto place_of = [&](std::int32_t target) { return placement.core_of(Layer::kRate, target); };
  for (std::size_t source = 0; source < targets.size(); ++source) {
    std::vector<std::int32_t>& own = targets[source];
    std::ranges::stable_sort(own, {}, place_of);
    for (std::size_t begin = 0; begin < own.size();) {
      std::size_t end = begin;
      while (end < own.size() && place_of(own[end]) == place_of(own[begin])) ++end;
      spread.legs.push_back(influenced.leg(static_cast<std::int32_t>(source), place_of(own[begin]),
                                           std::span(own).subspan(begin, end - begin)));
      begin = end;
    }
    spread.offset.push_back(spread.legs.size());
  }
}

/// GATHER of a restricted rule: to the synapses whose sensitivities a neuron keeps, except its own.
void Reach::gather_kept(const SensitivityPattern& pattern, const Placement& placement, Spread& spread) {
  Heap heap(placement);
  for (std::int32_t i = 0; i < std::ssize(spread.from); ++i) {
    for (const std::int32_t post : pattern.posts(i)) {
      if (post != i && pattern.fan(post) > 0) heap.add(placement.core_of(Layer::kRate, post), pattern.fan(post));
    }
    heap.flush(spread.legs);
    spread.offset.push_back(spread.legs.size());
  }
}

/// Every key sends to all others.
void Reach::tell_others(const Placement& placement, Spread& spread) {
  Heap heap(placement);
  std::vector<Leg> all;
  for (const std::int32_t place : spread.from) heap.add(place, 1);
  heap.flush(all);
  for (const std::int32_t own : spread.from) {
    for (const Leg& leg : all) {
      const std::int64_t messages = leg.messages - (leg.to == own ? 1 : 0);
      if (messages > 0) spread.legs.push_back({leg.to, messages});
    }
    spread.offset.push_back(spread.legs.size());
  }
}

Reach::Reach(const Topology& topology, const std::vector<Projection>& feedback, const Placement& placement,
             const Learning& learning) {
  std::optional<SensitivityPattern> kept;
  if (rule(learning.kind).keeps != Keeps::kAll) kept.emplace(topology, learning);
  for (const StreamRow& stream : kStreamTable) {
    const PhaseRow& phase = phase_of(stream.stream, rule(learning.kind));
    Spread& spread = spreads_[static_cast<std::size_t>(stream.stream)];
    const Layer layer = layer_of(stream.key);
    for (std::int32_t key = 0; key < topology.sizes.of(stream.key); ++key)
      spread.from.push_back(placement.core_of(layer, key));
    spread.offset.assign(1, 0);
    if (kept && phase.phase == Phase::kInfluence) {
      carry(topology, *kept, placement, spread);
      continue;
    }
    if (kept && phase.phase == Phase::kGather) {
      gather_kept(*kept, placement, spread);
      continue;
    }
    if (phase.channel == Channel::kReduce) {
      reduce(phase.from, placement, spread);
      continue;
    }
    switch (phase.over) {
      case Over::kEachRate:
      case Over::kEachReadout: tell_each(phase.from, placement, spread); continue;
      case Over::kForeignSynapses: gather(phase, topology, placement, spread); continue;
      case Over::kReadoutPairs: tell_others(placement, spread); continue;
      case Over::kR: connect(phase, all_of(feedback), placement, spread); continue;
      case Over::kB:
      case Over::kW:
      case Over::kA:
      case Over::kFromInputs:
      case Over::kOntoReadouts:
      case Over::kOntoRate:
      case Over::kEverySynapse: connect(phase, carriers(phase, topology), placement, spread); continue;
      case Over::kAutapses: CHECK(false, "an autapse's own weight stays on its core");
    }
  }
}

std::span<const Leg> Reach::legs(Stream stream, std::int32_t key) const {
  const Spread& spread = of(stream);
  const std::size_t begin = spread.offset[static_cast<std::size_t>(key)];
  return std::span(spread.legs).subspan(begin, spread.offset[static_cast<std::size_t>(key) + 1] - begin);
}

EventSize Reach::size(Stream stream, std::int32_t key) const {
  EventSize size;
  for (const Leg& leg : legs(stream, key)) {
    size.messages += leg.messages;
    if (leg.to != from(stream, key)) size.packets += row(stream).multicast ? 1 : leg.messages;
  }
  return size;
}

std::vector<std::vector<EventSize>> Reach::sizes() const {
  std::vector<std::vector<EventSize>> all(kStreams);
  for (const StreamRow& stream : kStreamTable) {
    for (std::int32_t key = 0; key < keys(stream.stream); ++key)
      all[static_cast<std::size_t>(stream.stream)].push_back(size(stream.stream, key));
  }
  return all;
}

}  // namespace locus
