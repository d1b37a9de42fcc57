// Record: what the door counts, told neuron by neuron to whoever asks: edge-wise counts
// (core/wire/traffic.h), or every message alone (Watcher).
//
// Batched counts from columns (sources, receivers), Mailbox from the two ends of each message: two
// ways to the same counts, which tests hold equal.
#pragma once

#include <functional>

#include "core/actor/network.h"
#include "core/wire/door.h"
#include "core/wire/traffic.h"

namespace locus {

/// One message on its way.
struct Passing {
  std::int64_t delivery = 0;  // the how-manieth delivery of the transport it belongs to, from 0
  Tick tick;                  // of its trial
  Channel channel = Channel::kAxon;
  std::int32_t lag = 0;
  std::int64_t scalars = 0;
  bool replayed = false;  // an AXON that a source recalls
  Lane lane;
  Endpoints ends;
};

/// Sees every message of a Mailbox, in the order in which they are sent; called by the thread that
/// conducts.
using Watcher = std::function<void(const Passing&)>;

inline Stream axon_stream(Layer source, Layer target, bool replayed) {
  if (source == Layer::kInput) return replayed ? Stream::kReplayB : Stream::kAxonB;
  if (target == Layer::kReadout) return Stream::kAxonA;
  return replayed ? Stream::kReplayW : Stream::kAxonW;
}

inline Stream transport_stream(Layer target) {
  return target == Layer::kReadout ? Stream::kTransportA : Stream::kTransportW;
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

/// One message, by its ends.
template <class R>
void record_message(Traffic& traffic, const Network<R>& network, const Passing& m) {
  const auto of_sender = [&](Stream stream) {
    traffic.add(stream, m.lag, static_cast<std::int32_t>(m.ends.sender.index), m.lane.value, 1);
  };
  const auto of_receiver = [&](Stream stream) {
    traffic.add(stream, m.lag, static_cast<std::int32_t>(m.ends.receiver.index), m.lane.value, 1);
  };
  const auto projection_of = [&](const Endpoint& synapse) -> const Projection& {
    return network.projections()[ProjectionId{synapse.projection}];
  };
  switch (m.channel) {
    case Channel::kDendrite:
    case Channel::kPost: return;
    case Channel::kAxon: {
      const Projection& projection = projection_of(m.ends.receiver);
      return of_sender(axon_stream(projection.source_layer, projection.target_layer, m.replayed));
    }
    case Channel::kTransport: {
      const Projection& projection = projection_of(m.ends.sender);
      const std::int32_t target = projection.target_begin + projection.target_of(m.ends.sender.index);
      return traffic.add(transport_stream(projection.target_layer), m.lag, target, m.lane.value, 1);
    }
    case Channel::kTarget: return of_receiver(Stream::kTarget);
    case Channel::kAdjoint: return of_receiver(Stream::kAdjoint);
    case Channel::kFeedback: return of_sender(Stream::kFeedback);
    case Channel::kInfluence: return of_sender(Stream::kInfluence);
    case Channel::kGather: return of_sender(Stream::kGather);
    case Channel::kNorm: return of_sender(Stream::kNorm);
    case Channel::kClip: return;  // no run with a chip has it
  }
}

}  // namespace locus
