#include "sim/model/network_size.h"

#include <algorithm>

#include "sim/model/wire.h"

namespace locus {

PopulationKind kind_of(const NetworkSpec& network, std::int32_t population) {
  return network.populations[static_cast<std::size_t>(population)].kind;
}

std::int64_t neurons(const NetworkSpec& network, PopulationKind kind) {
  std::int64_t count = 0;
  for (const PopulationSpec& population : network.populations)
    count += population.kind == kind && !population.is_unit ? population.size : 0;
  return count;
}

std::vector<std::int32_t> input_columns(const NetworkSpec& network) {
  std::vector<std::int32_t> columns;
  std::int32_t neuron = 0;
  for (const PopulationSpec& population : network.populations) {
    if (population.kind != PopulationKind::kInput) continue;
    for (std::int32_t i = 0; i < population.size; ++i, ++neuron) {
      if (!population.constant) columns.push_back(neuron);
    }
  }
  return columns;
}

std::vector<ConstantInput> constant_inputs(const NetworkSpec& network) {
  std::vector<ConstantInput> constants;
  std::int32_t neuron = 0;
  for (const PopulationSpec& population : network.populations) {
    if (population.kind != PopulationKind::kInput) continue;
    for (std::int32_t i = 0; i < population.size; ++i, ++neuron) {
      if (population.constant) constants.push_back({neuron, *population.constant});
    }
  }
  return constants;
}

std::int64_t shown_inputs(const NetworkSpec& network) {
  std::int64_t count = 0;
  for (const PopulationSpec& population : network.populations)
    count += population.kind == PopulationKind::kInput && !population.constant ? population.size : 0;
  return count;
}

std::vector<std::int32_t> populations_of(const NetworkSpec& network, PopulationKind kind) {
  std::vector<std::int32_t> found;
  for (std::size_t i = 0; i < network.populations.size(); ++i) {
    const PopulationSpec& population = network.populations[i];
    if (population.kind == kind && !population.is_unit) found.push_back(static_cast<std::int32_t>(i));
  }
  return found;
}

std::vector<bool> have_plastic_input(const NetworkSpec& network) {
  std::vector<bool> have(network.populations.size(), false);
  for (const ProjectionSpec& projection : network.projections) {
    if (projection.plastic && projection.target >= 0 && static_cast<std::size_t>(projection.target) < have.size())
      have[static_cast<std::size_t>(projection.target)] = true;
  }
  return have;
}

std::int64_t synapses_of(const WeightsSpec& weights, std::int64_t rows, std::int64_t cols) {
  if (const auto* sparse = std::get_if<SparseMatrix>(&weights)) return static_cast<std::int64_t>(sparse->values.size());
  if (const auto* drawn = std::get_if<SparseRandomWeights>(&weights)) return drawn->synapses;
  return rows * cols;
}

std::int64_t synapses_of(const ProjectionSpec& projection, std::int64_t rows, std::int64_t cols) {
  const bool hollow = !projection.autapses && !std::holds_alternative<SparseRandomWeights>(projection.weights);
  return synapses_of(projection.weights, rows, cols) - (hollow ? std::min(rows, cols) : 0);
}

std::int32_t shortest_delay(const NetworkSpec& network, const ProjectionSpec& projection) {
  return least_delay(layer_of(kind_of(network, projection.source)), layer_of(kind_of(network, projection.target)));
}

std::int32_t wait_of(const NetworkSpec& network, const ProjectionSpec& projection) {
  return projection.delay ? *projection.delay - shortest_delay(network, projection) : 0;
}

bool has_spikes(const NetworkSpec& network) {
  return std::ranges::any_of(network.populations, [](const PopulationSpec& p) { return p.lif.has_value(); });
}

bool has_memory(const NetworkSpec& network) {
  return std::ranges::any_of(network.populations, [](const PopulationSpec& p) { return p.memory.has_value(); });
}

std::string_view kind_name(const PopulationSpec& population) {
  return population.lif ? "spiking" : name(population.kind);
}

std::string_view name(PopulationKind kind) {
  switch (kind) {
    case PopulationKind::kInput: return "input";
    case PopulationKind::kRate: return "rate";
    case PopulationKind::kReadout: return "readout";
  }
  return "unknown";
}

}  // namespace locus
