#include "sim/run/chip_record.h"

#include <utility>

#include "core/protocol/closed_form.h"
#include "core/protocol/declaration.h"
#include "sim/model/learning.h"
#include "sim/run/state.h"

namespace locus {
namespace {

/// 1 for each rate neuron that sends spikes (n).
std::vector<std::uint8_t> spiking_neurons(const Topology& topology) {
  std::vector<std::uint8_t> spikes(static_cast<std::size_t>(topology.sizes.rate_neurons), 0);
  for (const Population& population : topology.populations) {
    if (population.layer != Layer::kRate || !population.spiking) continue;
    std::fill_n(spikes.begin() + population.begin, population.size, std::uint8_t{1});
  }
  return spikes;
}

}  // namespace

ChipRecord::ChipRecord(const Spec& spec, const Topology& topology, const std::vector<Projection>& feedback,
                       const Learning& learning, Door& door)
    : learning_(learning),
      cost_(spec.chip->cost),
      topology_(topology),
      feedback_(feedback),
      placement_(place_on_chip(*spec.chip, topology)),
      reach_(topology, feedback_, placement_, learning_),
      traffic_(stream_keys(topology.sizes), spec.training.batch, declared_lag(learning)) {
  traffic_.weigh(reach_.sizes(), spec.training.ticks);
  door.record(&traffic_);
  if (!spec.chip->network) return;
  ChipNetworkSpec network = *spec.chip->network;
  if (!network.scalar_bits) network.scalar_bits = 8 * scalar_bytes(spec.precision);
  network_.emplace(network, placement_.mesh, reach_, selection_of(learning, trial_shape_of(spec)),
                   plastic_onto_rate(topology), spiking_neurons(topology), spec.training.ticks, spec.training.batch);
  for (const NarrowWires& wires : learning.wires) {
    if (wires.grid) network_->set_scalar_bits(wires.channel, wires.grid->bits);
  }
  traffic_.watch([this](Tick now, std::int32_t, std::span<const Traffic::Sent> sent) { network_->step(now, sent); });
}

void ChipRecord::begin_update(std::int64_t update) {
  if (!network_) return;
  traffic_.finish();
  network_->begin_update(update);
}

void ChipRecord::restore(const RuleState& state) {
  traffic_.restore(*state.traffic);
  if (network_) network_->restore(*state.network);
}

std::optional<NetworkFigures> ChipRecord::network() const {
  if (!network_) return std::nullopt;
  return network_->figures();
}

ChipOutcome ChipRecord::finish(const Ledger& ledger) {
  traffic_.finish();
  traffic_.watch({});
  ChipOutcome outcome{std::move(traffic_), feedback_, {}, {}};
  outcome.report = chip_traffic(topology_, feedback_, placement_, learning_, ledger, outcome.traffic);
  outcome.report.peak = outcome.traffic.peak();
  outcome.report.loads = outcome.traffic.loads();
  if (cost_) outcome.estimate = estimate(outcome.report, *cost_);
  outcome.network = network();
  return outcome;
}

}  // namespace locus
