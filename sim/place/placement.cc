#include "sim/place/placement.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/check.h"
#include "sim/model/chip_room.h"

namespace locus {
namespace {

Fault fault_of(const std::string& path, std::string field, std::string what, std::string allowed) {
  return {Severity::kError, path, 0, 0, std::move(field), std::move(what), std::move(allowed), "", 0};
}

}  // namespace

std::vector<std::int32_t> place_block(std::int32_t neurons, std::int32_t neurons_per_core) {
  std::vector<std::int32_t> core_of;
  for (std::int32_t k = 0; k < neurons; ++k) core_of.push_back(k / neurons_per_core);
  return core_of;
}

std::vector<std::int32_t> place_round_robin(std::int32_t neurons, std::int32_t cores) {
  std::vector<std::int32_t> core_of;
  for (std::int32_t k = 0; k < neurons; ++k) core_of.push_back(k % cores);
  return core_of;
}

std::int32_t number_of(const Topology& topology, Layer layer, std::int32_t neuron) {
  if (layer == Layer::kInput) return -1;
  return layer == Layer::kRate ? neuron : topology.sizes.rate_neurons + neuron;
}

std::int64_t cut_synapses(const Topology& topology, const std::vector<std::int32_t>& core_of) {
  std::int64_t cut = 0;
  for (const Projection& projection : topology.projections) {
    if (projection.source_layer == Layer::kInput) continue;
    projection.each([&](std::int32_t source, std::int32_t target) {
      const auto a = static_cast<std::size_t>(number_of(topology, projection.source_layer, source));
      const auto b = static_cast<std::size_t>(number_of(topology, projection.target_layer, target));
      cut += core_of[a] != core_of[b] ? 1 : 0;
    });
  }
  return cut;
}

std::int32_t Placement::core_of(Layer layer, std::int32_t neuron) const {
  if (layer == Layer::kInput) return kHost;
  return (layer == Layer::kRate ? rate : readout)[static_cast<std::size_t>(neuron)];
}

Placement place_on_chip(const ChipSpec& chip, const Topology& topology) {
  const std::int32_t neurons = topology.sizes.rate_neurons + topology.sizes.readouts;
  Placement placement;
  placement.mesh = {chip.width, chip.height};
  placement.policy = chip.policy;
  placement.agent = chip.agent_core.value_or(kHost);
  placement.spread_agent = chip.spread_agent;
  placement.partial_sums = chip.partial_sums;
  std::vector<std::int32_t> core_of;
  switch (chip.policy) {
    case PlacementPolicy::kBlock: core_of = place_block(neurons, chip.neurons_per_core); break;
    case PlacementPolicy::kRoundRobin: core_of = place_round_robin(neurons, placement.mesh.cores()); break;
    case PlacementPolicy::kGreedy: core_of = place_greedy(topology, chip.neurons_per_core); break;
    case PlacementPolicy::kExplicit: core_of = chip.cores; break;
  }
  CHECK(std::ssize(core_of) == neurons, "every neuron has a core");
  placement.rate.assign(core_of.begin(), core_of.begin() + topology.sizes.rate_neurons);
  placement.readout.assign(core_of.begin() + topology.sizes.rate_neurons, core_of.end());
  return placement;
}

Placement place_apart(const LayerSizes& sizes) {
  Placement apart;
  apart.mesh = {sizes.rate_neurons + sizes.readouts, 1};
  apart.policy = PlacementPolicy::kExplicit;
  apart.spread_agent = true;
  for (std::int32_t k = 0; k < sizes.rate_neurons; ++k) apart.rate.push_back(k);
  for (std::int32_t k = 0; k < sizes.readouts; ++k) apart.readout.push_back(sizes.rate_neurons + k);
  return apart;
}

std::vector<std::int64_t> synapses_by_core(const Placement& placement, const Topology& topology) {
  std::vector<std::int64_t> held(static_cast<std::size_t>(placement.mesh.cores()), 0);
  for (const Projection& projection : topology.projections) {
    if (projection.is_bias) continue;
    std::int32_t target = projection.target_begin;
    for (const std::int64_t synapses : projection.fan_in())
      held[static_cast<std::size_t>(placement.core_of(projection.target_layer, target++))] += synapses;
  }
  return held;
}

std::optional<Fault> lack_of_room(const ChipSpec& chip, const Topology& topology, const std::string& path) {
  const std::int64_t neurons = std::int64_t{topology.sizes.rate_neurons} + topology.sizes.readouts;
  if (auto lack = lack_of_cores(chip, neurons))
    return fault_of(path, "chip.neurons_per_core", lack->what, lack->allowed);
  if (!chip.synapses_per_core) return std::nullopt;
  const std::vector<std::int64_t> held = synapses_by_core(place_on_chip(chip, topology), topology);
  const auto fullest = std::ranges::max_element(held);
  if (*fullest <= *chip.synapses_per_core) return std::nullopt;
  return fault_of(
      path, "chip.synapses_per_core",
      fmt::format("is {}: core {} would hold {} synapses", *chip.synapses_per_core, fullest - held.begin(), *fullest),
      fmt::format("must be at least {} under placement {}, or neurons_per_core be less", *fullest, name(chip.policy)));
}

std::string_view name(PlacementPolicy policy) {
  switch (policy) {
    case PlacementPolicy::kBlock: return "BLOCK";
    case PlacementPolicy::kRoundRobin: return "ROUND_ROBIN";
    case PlacementPolicy::kGreedy: return "GREEDY";
    case PlacementPolicy::kExplicit: return "EXPLICIT";
  }
  return "";
}

}  // namespace locus
