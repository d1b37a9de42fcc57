#include "core/transport/mailbox/mailbox_bytes.h"

#include <algorithm>

#include "core/protocol/closed_form.h"
#include "core/transport/mailbox/queue.h"
#include "core/wire/payload.h"

namespace locus {
namespace {

/// Envelopes of some kinds of message, in bytes.
template <class R>
struct EnvelopeBytes {
  static constexpr double kAxon = sizeof(Envelope<Axon<R>>);
  static constexpr double kDendrite = sizeof(Envelope<Dendrite<R>>);
  static constexpr double kReplay = sizeof(Envelope<Replay<R>>);
  static constexpr double kPost = sizeof(Envelope<Post<R>>);
  static constexpr double kTransport = sizeof(Envelope<Transport<R>>);
  static constexpr double kFeedback = sizeof(Envelope<Feedback<R>>);
  static constexpr double kSquare = sizeof(Envelope<Transport<R>>);  // of the norm, and its factor
};

/// A queue keeps the room of its largest delivery, and grows by doubling: of what it has grown out
/// of, about a fifth is still resident when it has its last size.
constexpr double kGrowth = 1.2;

template <class R>
double queue_bytes(const Topology& topology, const Learning& learning, double lanes) {
  using Bytes = EnvelopeBytes<R>;
  const Rule& row = rule(learning.kind);
  const bool learns = row.drive != Drive::kNothing;
  double largest = 0;    // synapses of a projection
  double plastic = 0;    // and of one that learns
  double onto_rate = 0;  // and whose targets are rate neurons
  double readout = 0;    // onto readouts
  for (const Projection& projection : topology.projections) {
    const auto size = static_cast<double>(projection.size());
    largest = std::max(largest, size);
    if (projection.plastic) plastic = std::max(plastic, size);
    double& of_layer = projection.target_layer == Layer::kRate ? onto_rate : readout;
    of_layer = std::max(of_layer, size);
  }
  double bytes = lanes * largest * (Bytes::kAxon + Bytes::kDendrite);
  if (!learns) return bytes;
  bytes += lanes * plastic * Bytes::kPost;
  if (row.drive == Drive::kSweep) bytes += lanes * onto_rate * (Bytes::kReplay + Bytes::kTransport);
  if (row.signal != SignalSource::kFeedback) bytes += lanes * readout * Bytes::kTransport;
  if (row.signal == SignalSource::kFeedback)
    bytes += lanes * Bytes::kFeedback * topology.sizes.readouts * topology.sizes.rate_neurons;
  if (learning.optimizer.norm) bytes += 2 * plastic * Bytes::kSquare;
  return bytes;
}

/// State of each synapse and lane, and of each synapse.
double synapse_bytes(const Projection& projection, const Learning& learning, const Topology& topology, double lanes,
                     double scalar) {
  const Rule& row = rule(learning.kind);
  const auto index = static_cast<double>(sizeof(std::int32_t));
  double scalars = 3;  // pre, trace, change
  if (row.drive == Drive::kSensitivity) scalars += 1;
  if (row.decay == DecaySource::kNeuron && topology.has_spikes() && projection.target_layer == Layer::kRate)
    scalars += 3;
  const bool has_clock = row.drive != Drive::kNothing && projection.plastic;
  // the tick of the state; then its place under its target, and in the list of those that heard
  return static_cast<double>(projection.size()) * (lanes * (scalars * scalar + (has_clock ? index : 0)) + 2 * index);
}

}  // namespace

double mailbox_bytes(const Topology& topology, const Learning& learning, std::int32_t lanes, std::int32_t scalar_bytes) {
  const double width = lanes;
  const double scalar = scalar_bytes;
  double bytes = kGrowth * (scalar_bytes == 8 ? queue_bytes<double>(topology, learning, width)
                                              : queue_bytes<float>(topology, learning, width));
  std::int32_t wait = 0;
  for (const Projection& projection : topology.projections) {
    bytes += synapse_bytes(projection, learning, topology, width, scalar);
    wait = std::max(wait, projection.wait);
  }
  if (rule(learning.kind).drive == Drive::kSweep) {  // what neurons recall
    const double slots = static_cast<double>(learning.depth) + wait + 1;
    bytes += slots * scalar * width * (topology.sizes.inputs + 2.0 * topology.sizes.rate_neurons);
  }
  const double waiting = static_cast<double>(under_way(topology, Layer::kInput) + under_way(topology, Layer::kRate));
  return bytes + scalar * width * waiting;
}

}  // namespace locus
