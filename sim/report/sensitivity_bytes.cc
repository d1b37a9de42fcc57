#include "sim/report/sensitivity_bytes.h"

#include <algorithm>

#include "core/protocol/closed_form.h"
#include "sim/model/learning.h"
#include "sim/model/wire.h"
#include "sim/place/learning_on_chip.h"

namespace locus {

SensitivityCounts sensitivity_counts(const Spec& spec, const Topology& outline, const RuleSpec& rule_spec) {
  if (rule(rule_spec.kind).keeps == Keeps::kAll)
    return sensitivity_counts(outline, learning_of(rule_spec, spec.training));
  const Topology listed = topology_of(spec);
  return sensitivity_counts(listed, learning_of(spec, listed, rule_spec));
}

namespace {

/// Factors (core/nonlocal/rank_one.h): traces and what came, five columns of neurons, the places of
/// synapses; over single messages an AXON and a DENDRITE for each recurrent synapse of a projection
/// and a POST for each plastic one, in queues that grow by doubling.
double factor_bytes(const Topology& topology, double scalar, double lanes, TransportKind transport) {
  constexpr double kPlace = 24;
  constexpr double kEnvelope = 16;
  const auto plastic = static_cast<double>(plastic_onto_rate(topology));
  const double neurons = topology.sizes.rate_neurons;
  double bytes = (2 * plastic + 5 * neurons) * scalar * lanes + kPlace * plastic + 8 * neurons;
  if (transport != TransportKind::kMailbox) return bytes;
  std::int64_t largest = 0;
  for (const Projection& projection : topology.projections) {
    const bool recurrent = projection.source_layer == Layer::kRate && projection.target_layer == Layer::kRate;
    if (recurrent) largest = std::max(largest, projection.size());
  }
  return bytes + 2 * lanes *
                     ((kEnvelope + scalar) * 2 * static_cast<double>(largest) + (kEnvelope + 2 * scalar) * plastic +
                      (2 * kEnvelope + 8 * scalar) * neurons);
}

}  // namespace

double sensitivity_bytes(const Spec& spec, const Topology& topology, const RuleSpec& rule_spec, double scalar,
                         double lanes, TransportKind transport) {
  const Rule& row = rule(rule_spec.kind);
  if (row.drive == Drive::kFactors) return factor_bytes(topology, scalar, lanes, transport);
  if (row.drive != Drive::kSensitivity) return 0;
  const SensitivityCounts counts = sensitivity_counts(spec, topology, rule_spec);
  constexpr double kPlace = 24;
  double bytes =
      static_cast<double>(counts.kept) * 2 * scalar * lanes + kPlace * static_cast<double>(plastic_onto_rate(topology));
  const bool single = transport == TransportKind::kMailbox;
  // queues grow by doubling (core/transport/mailbox/bytes.cc)
  if (single && row.keeps == Keeps::kAll) bytes += static_cast<double>(counts.kept) * lanes * 2 * (16 + scalar);
  if (row.keeps == Keeps::kAll) return bytes;
  constexpr double kInfluence = 48;
  if (single)
    bytes += 2 * lanes *
             ((16 + scalar) * static_cast<double>(counts.gathers) + kInfluence * static_cast<double>(counts.influences));
  constexpr double kCarrier = 40;
  bytes += kCarrier * static_cast<double>(counts.influences) + 2 * sizeof(SharedRun) * static_cast<double>(counts.runs) +
           2 * sizeof(std::int32_t) * static_cast<double>(counts.posts);
  const double neurons = topology.sizes.rate_neurons;
  // who reaches whom, before and after a step, and in order
  if (row.keeps == Keeps::kReach) bytes += 3 * neurons * neurons / 8;
  if (row.keeps == Keeps::kPaths) bytes += static_cast<double>(topology.synapses()) * (1 + 2 * 16);
  return bytes;
}

}  // namespace locus
