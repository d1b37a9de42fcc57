// Record: counts the messages of the door by neuron (core/wire/traffic.h), or shows each one to a
// Watcher.
//
// Columns counts from columns (sources, receivers), Mailbox from the two ends of each message: two
// ways to the same counts, which tests hold equal.
#pragma once

#include <optional>

#include "core/actor/network.h"
#include "core/protocol/stream.h"
#include "core/wire/passing.h"

namespace locus {

/// The stream of messages of a channel over the synapses of a projection (null: between neurons);
/// empty if they never leave a core. replayed: of AXON that sources recall. from: the kind of
/// sender, where both ends of a channel send.
inline std::optional<Stream> stream_over(Channel channel, const Projection* projection, bool replayed,
                                         std::optional<Party> from = std::nullopt) {
  for (const PhaseRow& phase : kPhaseTable) {
    if (phase.stream.empty() || phase.channel != channel || (phase.when == When::kRecall) != replayed) continue;
    if (from && phase.from != *from) continue;
    const bool here = projection == nullptr || phase.over == Over::kForeignSynapses || is_over(phase.over, *projection);
    if (here) return stream_of(phase.phase);
  }
  return std::nullopt;
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

/// Records AXON messages by their sources.
template <class R>
void record_axons(Traffic* traffic, std::int32_t lag, const Projection& projection, const R* values, std::int32_t lanes) {
  if (traffic == nullptr) return;
  record_sources(traffic, *stream_over(Channel::kAxon, &projection, false), lag, projection, values, lanes);
}

/// The synapses of every target i with values[i * lanes + lane] != 0 have sent, fan_in[i] each;
/// values null: those of all targets.
template <class R>
void record_targets(Traffic* traffic, std::int32_t lag, const Projection& projection, const std::int32_t* fan_in,
                    const R* values, std::int32_t lanes) {
  if (traffic == nullptr) return;
  const Stream stream = *stream_over(Channel::kTransport, &projection, false);
  for (std::int32_t i = 0; i < projection.target_size; ++i) {
    for (std::int32_t lane = 0; lane < lanes; ++lane) {
      if (values == nullptr || values[std::ptrdiff_t{i} * lanes + lane] != R(0))
        traffic->add(stream, lag, projection.target_begin + i, lane, fan_in[i]);
    }
  }
}

/// Each neuron of a stream has received one message.
inline void record_each(Traffic* traffic, Stream stream, std::int32_t lag, std::int32_t keys, std::int32_t lanes) {
  if (traffic == nullptr) return;
  for (std::int32_t key = 0; key < keys; ++key) {
    for (std::int32_t lane = 0; lane < lanes; ++lane) traffic->add(stream, lag, key, lane, 1);
  }
}

/// One message, by its ends. Its key is the neuron that sends it or that a sending synapse ends on;
/// where the environment or the agent sends it, the neuron that hears it.
template <class R>
void record_message(Traffic& traffic, const Network<R>& network, const Passing& m) {
  const auto projection_of = [&](const Endpoint& end) -> const Projection* {
    return end.party == Party::kSynapse ? &network.wires(ProjectionId{end.projection}) : nullptr;
  };
  const Projection* const sending = projection_of(m.ends.sender);
  const Projection* const over = sending != nullptr ? sending : projection_of(m.ends.receiver);
  const std::optional<Stream> stream = stream_over(m.channel, over, m.replayed, m.ends.sender.party);
  if (!stream) return;
  const bool from_neuron = m.ends.sender.party != Party::kEnvironment && m.ends.sender.party != Party::kAgent;
  std::int64_t key = from_neuron ? m.ends.sender.index : m.ends.receiver.index;
  if (sending != nullptr) key = sending->target_begin + sending->target_of(key);
  traffic.add(*stream, m.lag, static_cast<std::int32_t>(key), m.lane.value, 1);
}

}  // namespace locus
