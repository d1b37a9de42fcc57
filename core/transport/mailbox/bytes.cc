#include "core/transport/mailbox/bytes.h"

#include <algorithm>

#include "core/protocol/closed_form.h"
#include "core/protocol/phase_table.h"
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
  static constexpr double kLocalPost = sizeof(Envelope<LocalPost<R>>);
  static constexpr double kReward = sizeof(Envelope<Reward<R>>);
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
  bytes += lanes * plastic * (learning.local ? Bytes::kLocalPost : Bytes::kPost);
  if (row.drive == Drive::kSweep) bytes += lanes * onto_rate * (Bytes::kReplay + Bytes::kTransport);
  if (row.signal == SignalSource::kSymmetric || row.signal == SignalSource::kAgent)
    bytes += lanes * readout * Bytes::kTransport;
  if (row.signal == SignalSource::kFeedback)
    bytes += lanes * Bytes::kFeedback * topology.sizes.readouts * topology.sizes.rate_neurons;
  if (row.signal == SignalSource::kReward || row.signal == SignalSource::kLoss)
    bytes += lanes * Bytes::kReward * topology.sizes.rate_neurons;
  if (learning.optimizer.norm) bytes += 2 * plastic * Bytes::kSquare;
  return bytes;
}

/// The state of a projection's synapses beside their weights (MailboxSynapses).
double synapse_bytes(const Projection& projection, const Population& target, const Learning& learning, double lanes,
                     double scalar) {
  const Rule& rule = locus::rule(learning.kind);
  const bool online = projection.plastic && rule.drive == Drive::kOnline;
  const bool learns = projection.plastic && rule.drive != Drive::kNothing;
  const bool eprop = online && target.spiking && rule.decay == DecaySource::kNeuron;
  const bool constant = knows_gain(rule, projection, target);
  const bool drifts = projection.target_layer == Layer::kReadout
                          ? learns && target.leaky
                          : online && !learning.local && (target.spiking || constant);
  double scalars = 3;
  if (eprop) scalars += 3;
  if (online && target.has_current && !learning.local) scalars += 1;
  const bool by_text = learning.local && projection.plastic && projection.target_layer == Layer::kRate;
  if (by_text) scalars += static_cast<double>(learning.local->traces.size());
  if (tells_changes(rule.drive)) scalars += 1;
  const double lists = 2 * sizeof(std::int32_t);  // by target, and of those that heard something
  const double ticks = drifts ? sizeof(std::int32_t) : 0;
  const double heard = by_text ? 1 : 0;
  return static_cast<double>(projection.size()) * (lanes * (scalars * scalar + ticks + heard) + lists) +
         static_cast<double>(projection.target_size) * (sizeof(std::int64_t) + 1);
}

}  // namespace

double mailbox_bytes(const Topology& topology, const Learning& learning, std::int32_t lanes, int scalar_bytes) {
  const Rule& row = rule(learning.kind);
  const double scalar = scalar_bytes;
  double bytes = 0;
  std::int32_t wait = 0;
  for (const Projection& projection : topology.projections) {
    bytes += synapse_bytes(projection, topology.target_of(projection), learning, lanes, scalar);
    wait = std::max(wait, projection.wait);
  }
  if (row.drive == Drive::kSweep) {  // activities and gains of the ticks that it revisits
    const double slots = static_cast<double>(learning.depth) + wait + 1;
    const auto recalls = [](const Population& population) { return population.recalls_voltage; };
    const double of_rate = std::ranges::any_of(topology.populations, recalls) ? 3 : 2;
    bytes += slots * lanes * scalar * (topology.sizes.inputs + of_rate * topology.sizes.rate_neurons);
  }
  return bytes;
}

double mailbox_queue_bytes(const Topology& topology, const Learning& learning, std::int32_t lanes, int scalar_bytes) {
  const double queues = scalar_bytes == 8 ? queue_bytes<double>(topology, learning, lanes)
                                          : queue_bytes<float>(topology, learning, lanes);
  const auto waiting = static_cast<double>(under_way(topology, Layer::kInput) + under_way(topology, Layer::kRate));
  return kGrowth * queues + scalar_bytes * lanes * waiting;
}

}  // namespace locus
