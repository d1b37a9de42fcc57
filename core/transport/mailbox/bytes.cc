#include "core/transport/mailbox/bytes.h"

#include <algorithm>

#include "core/protocol/phase_table.h"

namespace locus {
namespace {

/// What synapses of a projection keep beside their weight (MailboxSynapses).
double synapse_bytes(const Projection& projection, const Population& target, const Rule& rule, double lanes, double scalar) {
  const bool online = projection.plastic && rule.drive == Drive::kOnline;
  const bool learns = projection.plastic && rule.drive != Drive::kNothing;
  const bool eprop = online && target.spiking && rule.decay == DecaySource::kNeuron;
  const bool constant = knows_gain(rule, projection, target);
  const bool drifts =
      projection.target_layer == Layer::kReadout ? learns && target.leaky : online && (target.spiking || constant);
  double scalars = 3;
  if (eprop) scalars += 3;
  if (rule.drive == Drive::kSensitivity) scalars += 1;
  const double lists = 2 * sizeof(std::int32_t);  // by target, and of those that heard something
  const double ticks = drifts ? sizeof(std::int32_t) : 0;
  return static_cast<double>(projection.size()) * (lanes * (scalars * scalar + ticks) + lists) +
         static_cast<double>(projection.target_size) * (sizeof(std::int64_t) + 1);
}

}  // namespace

double mailbox_bytes(const Topology& topology, const Learning& learning, std::int32_t lanes, int scalar_bytes) {
  const Rule& row = rule(learning.kind);
  const double scalar = scalar_bytes;
  double bytes = 0;
  std::int32_t wait = 0;
  for (const Projection& projection : topology.projections) {
    bytes += synapse_bytes(projection, topology.target_of(projection), row, lanes, scalar);
    wait = std::max(wait, projection.wait);
  }
  if (row.drive == Drive::kSweep) {  // activities and gains of the ticks that it revisits
    const double slots = static_cast<double>(learning.depth) + wait + 1;
    bytes += slots * lanes * scalar * (topology.sizes.inputs + 2.0 * topology.sizes.rate_neurons);
  }
  return bytes;
}

}  // namespace locus
