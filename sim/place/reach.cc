#include "sim/place/reach.h"

#include <algorithm>

namespace locus {
namespace {

Layer layer_of(Party party) {
  if (party == Party::kInput) return Layer::kInput;
  return party == Party::kRate ? Layer::kRate : Layer::kReadout;
}

/// Messages by place, for one key after the other.
class Heap {
 public:
  explicit Heap(const Placement& placement) : count_(static_cast<std::size_t>(placement.mesh.cores()) + 1, 0) {}

  void add(std::int32_t place, std::int64_t messages) {
    std::int64_t& count = count_[static_cast<std::size_t>(place + 1)];  // kHost is -1
    if (count == 0) met_.push_back(place);
    count += messages;
  }
  /// Appends what lies here as legs, by place, and is empty again.
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

/// The far ends of one projection's synapses, by the near end: of a sparse one neuron by neuron, of
/// a dense one the same places for all.
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

bool onto_rate(const Projection& projection) { return projection.target_layer == Layer::kRate; }

}  // namespace

Reach::Spread& Reach::make(Stream stream, const Placement& placement) {
  Spread& spread = spreads_[static_cast<std::size_t>(stream)];
  const Layer layer = layer_of(row(stream).key);
  for (std::size_t key = 0; key < spread.from.size(); ++key)
    spread.from[key] = placement.core_of(layer, static_cast<std::int32_t>(key));
  spread.offset.assign(1, 0);
  return spread;
}

/// Messages take the wires: from a source to its synapses' places, or from a target's synapses to
/// the sources (or all of them to the agent).
void Reach::connect(Stream stream, const std::vector<const Projection*>& wires, const Placement& placement,
                    bool by_source, bool to_agent) {
  Spread& spread = make(stream, placement);
  Heap heap(placement);
  std::vector<Ends> ends;
  for (const Projection* one : wires) ends.emplace_back(*one, placement, by_source, heap);
  for (std::size_t key = 0; key < spread.from.size(); ++key) {
    for (const Ends& one : ends) one.add_to(heap, static_cast<std::int32_t>(key));
    heap.flush(spread.legs);
    if (to_agent) {
      std::int64_t messages = 0;
      for (std::size_t k = spread.offset.back(); k < spread.legs.size(); ++k) messages += spread.legs[k].messages;
      spread.legs.resize(spread.offset.back());
      if (messages > 0) spread.legs.push_back({placement.agent, messages});
    }
    spread.offset.push_back(spread.legs.size());
  }
}

/// Host or agent tell every key one thing.
void Reach::tell_each(Stream stream, const Placement& placement) {
  Spread& spread = make(stream, placement);
  for (std::int32_t& place : spread.from) {
    spread.legs.push_back({place, 1});
    spread.offset.push_back(spread.legs.size());
    place = stream == Stream::kAdjoint ? placement.agent : kHost;
  }
}

/// Every rate neuron tells all plastic synapses of B and W but its own.
void Reach::gather(const Topology& topology, const Placement& placement) {
  Spread& spread = make(Stream::kGather, placement);
  std::vector<std::int64_t> own(spread.from.size(), 0);  // plastic synapses onto each neuron
  for (const Projection& projection : topology.projections) {
    if (!projection.plastic || !onto_rate(projection)) continue;
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

/// Every readout tells all others.
void Reach::tell_readouts(const Placement& placement) {
  Spread& spread = make(Stream::kNorm, placement);
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

Reach::Reach(const Topology& topology, const std::vector<Projection>& feedback, const Placement& placement, RuleKind kind) {
  for (const StreamRow& stream : kStreamTable)
    spreads_[static_cast<std::size_t>(stream.stream)].from.resize(static_cast<std::size_t>(topology.sizes.of(stream.key)));
  std::vector<const Projection*> b, w, a, plastic_b, plastic_w, r;
  for (const Projection& projection : topology.projections) {
    if (!onto_rate(projection)) {
      a.push_back(&projection);
      continue;
    }
    const bool input = projection.source_layer == Layer::kInput;
    (input ? b : w).push_back(&projection);
    if (projection.plastic) (input ? plastic_b : plastic_w).push_back(&projection);
  }
  for (const Projection& projection : feedback) r.push_back(&projection);
  const bool to_agent = rule(kind).signal == SignalSource::kAgent;
  connect(Stream::kAxonB, b, placement, true, false);
  connect(Stream::kAxonW, w, placement, true, false);
  connect(Stream::kAxonA, a, placement, true, false);
  connect(Stream::kReplayB, plastic_b, placement, true, false);
  connect(Stream::kReplayW, plastic_w, placement, true, false);
  connect(Stream::kFeedback, r, placement, true, false);
  connect(Stream::kTransportW, w, placement, false, to_agent);
  connect(Stream::kTransportA, a, placement, false, to_agent);
  connect(Stream::kInfluence, w, placement, true, false);
  tell_each(Stream::kTarget, placement);
  tell_each(Stream::kAdjoint, placement);
  gather(topology, placement);
  tell_readouts(placement);
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

std::array<std::vector<EventSize>, kStreams> Reach::sizes() const {
  std::array<std::vector<EventSize>, kStreams> all;
  for (const StreamRow& stream : kStreamTable) {
    for (std::int32_t key = 0; key < keys(stream.stream); ++key)
      all[static_cast<std::size_t>(stream.stream)].push_back(size(stream.stream, key));
  }
  return all;
}

}  // namespace locus
