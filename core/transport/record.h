// Record: what the door counts, told neuron by neuron to whoever asks: edge-wise counts
// (core/wire/traffic.h), or every message alone (Watcher).
//
// Columns counts from columns (sources, receivers), Mailbox from the two ends of each message: two
// ways to the same counts, which tests hold equal.
#pragma once

#include <algorithm>
#include <optional>

#include "core/actor/network.h"
#include "core/protocol/stream.h"
#include "core/wire/passing.h"

namespace locus {

constexpr Stream axon_stream(Layer source, Layer target, bool replayed) {
  if (source == Layer::kInput) return stream_of(replayed ? Phase::kReplayB : Phase::kAxonB);
  if (target == Layer::kReadout) return stream_of(Phase::kAxonA);
  return stream_of(replayed ? Phase::kReplayW : Phase::kAxonW);
}

/// To the agent or to presynaptic neurons alike.
constexpr Stream transport_stream(Layer target) {
  return stream_of(target == Layer::kReadout ? Phase::kTransportAToAgent : Phase::kTransportW);
}

/// Every neuron j of a projection's sources with values[j * lanes + lane] != 0 has sent over all
/// its synapses.
template <class R>
void record_sources(Traffic* traffic, Stream stream, std::int32_t lag, const Projection& projection, const R* values,
                    std::int32_t lanes) {
  if (traffic == nullptr) return;
  for (std::int32_t j = 0; j < projection.source_size; ++j) {
    for (std::int32_t lane = 0; lane < lanes; ++lane) {
      if (values[std::ptrdiff_t{j} * lanes + lane] != R(0))
        traffic->add(stream, lag, projection.source_begin + j, lane, projection.fan_out(j));
    }
  }
}

/// The synapses of every target i with values[i * lanes + lane] != 0 have sent, fan_in[i] each;
/// values null: those of all targets.
template <class R>
void record_targets(Traffic* traffic, std::int32_t lag, const Projection& projection, const std::int32_t* fan_in,
                    const R* values, std::int32_t lanes) {
  if (traffic == nullptr) return;
  const Stream stream = transport_stream(projection.target_layer);
  for (std::int32_t i = 0; i < projection.target_size; ++i) {
    for (std::int32_t lane = 0; lane < lanes; ++lane) {
      if (values == nullptr || values[std::ptrdiff_t{i} * lanes + lane] != R(0))
        traffic->add(stream, lag, projection.target_begin + i, lane, fan_in[i]);
    }
  }
}

/// Every key of a stream has been told one thing.
inline void record_each(Traffic* traffic, Stream stream, std::int32_t lag, std::int32_t keys, std::int32_t lanes) {
  if (traffic == nullptr) return;
  for (std::int32_t key = 0; key < keys; ++key) {
    for (std::int32_t lane = 0; lane < lanes; ++lane) traffic->add(stream, lag, key, lane, 1);
  }
}

/// The stream of a message, if it may leave a core. projection: of the synapse that sends or hears
/// it; null between neurons.
inline std::optional<Stream> stream_of_message(const Passing& m, const Topology& topology, const Projection* projection) {
  for (const StreamRow& stream : kStreamTable) {
    if (stream.channel != m.channel) continue;
    const PhaseRow& phase = *std::ranges::find(kPhaseTable, stream.name, &PhaseRow::stream);
    const bool here = projection == nullptr || carries(phase, *projection, topology.target_of(*projection));
    if (here && (phase.when == When::kRecall) == m.replayed) return stream.stream;
  }
  return std::nullopt;
}

/// One message, by its ends. Its key is the neuron that sends it or that a sending synapse ends on;
/// where the environment or the agent sends it, the neuron that hears it.
template <class R>
void record_message(Traffic& traffic, const Network<R>& network, const Passing& m) {
  const auto projection_of = [&](const Endpoint& end) -> const Projection* {
    return end.party == Party::kSynapse ? &network.projections()[ProjectionId{end.projection}] : nullptr;
  };
  const Projection* const sending = projection_of(m.ends.sender);
  const std::optional<Stream> stream =
      stream_of_message(m, *network.topology, sending != nullptr ? sending : projection_of(m.ends.receiver));
  if (!stream) return;
  const bool from_neuron = m.ends.sender.party != Party::kEnvironment && m.ends.sender.party != Party::kAgent;
  std::int64_t key = from_neuron ? m.ends.sender.index : m.ends.receiver.index;
  if (sending != nullptr) key = sending->target_begin + sending->target_of(key);
  traffic.add(*stream, m.lag, static_cast<std::int32_t>(key), m.lane.value, 1);
}

}  // namespace locus
