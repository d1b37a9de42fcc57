#include "sim/model/bias.h"

#include <utility>
#include <vector>

#include "sim/model/limits.h"

namespace locus {

std::int32_t unit_of(const NetworkSpec& network) {
  const bool has_unit = !network.populations.empty() && network.populations.back().is_unit;
  return has_unit ? static_cast<std::int32_t>(network.populations.size()) - 1 : -1;
}

void add_bias(NetworkSpec& network, std::int32_t population, const BiasSpec& bias) {
  if (unit_of(network) < 0)
    network.populations.push_back(
        {.name = "", .kind = PopulationKind::kInput, .size = 1, .lif = {}, .memory = {}, .constant = 1, .is_unit = true});
  const PopulationSpec& target = network.populations[static_cast<std::size_t>(population)];
  std::vector<double> values = bias.value;
  const bool has_size = target.size >= 1 && target.size <= kMostNeurons;
  if (has_size && values.size() < 2)
    values.assign(static_cast<std::size_t>(target.size), values.empty() ? 0 : values[0]);
  network.projections.push_back({.name = target.name + ".bias",
                                 .source = unit_of(network),
                                 .target = population,
                                 .weights = DenseMatrix{target.size, 1, std::move(values)},
                                 .plastic = bias.plastic,
                                 .learning_rate = bias.learning_rate,
                                 .delay = std::nullopt,
                                 .is_bias = true});
}

FieldPath bias_field(const NetworkSpec& network, const ProjectionSpec& bias, const FieldPath& where) {
  const PopulationSpec& target = network.populations[static_cast<std::size_t>(bias.target)];
  const char* const kind = target.lif ? "lif" : target.kind == PopulationKind::kReadout ? "readout" : "rate";
  return where.at("populations", bias.target).at(kind).at("bias");
}

}  // namespace locus
