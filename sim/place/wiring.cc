#include "sim/place/wiring.h"

#include "sim/model/draw_sparse.h"
#include "sim/model/network_size.h"

namespace locus {
namespace {

Layer layer_of(PopulationKind kind) {
  if (kind == PopulationKind::kInput) return Layer::kInput;
  return kind == PopulationKind::kRate ? Layer::kRate : Layer::kReadout;
}

/// Where each population begins within its layer.
std::vector<std::int32_t> begins_of(const NetworkSpec& network) {
  std::vector<std::int32_t> begins;
  std::int32_t next[3] = {0, 0, 0};
  for (const PopulationSpec& population : network.populations) {
    std::int32_t& begin = next[static_cast<std::size_t>(population.kind)];
    begins.push_back(begin);
    begin += population.size;
  }
  return begins;
}

}  // namespace

Wiring wiring_of(const NetworkSpec& network, const std::vector<FeedbackSpec>& feedback) {
  const std::vector<std::int32_t> begins = begins_of(network);
  Wiring wiring;
  wiring.sizes = {static_cast<std::int32_t>(neurons(network, PopulationKind::kInput)),
                  static_cast<std::int32_t>(neurons(network, PopulationKind::kRate)),
                  static_cast<std::int32_t>(neurons(network, PopulationKind::kReadout))};
  for (const ProjectionSpec& projection : network.projections) {
    const auto s = static_cast<std::size_t>(projection.source);
    const auto t = static_cast<std::size_t>(projection.target);
    Wires wires{layer_of(network.populations[s].kind),
                layer_of(network.populations[t].kind),
                begins[s],
                network.populations[s].size,
                begins[t],
                network.populations[t].size,
                projection.plastic,
                true,
                {},
                {}};
    const auto* random = std::get_if<SparseRandomWeights>(&projection.weights);
    for (std::int32_t j = 0; !projection.autapses && random == nullptr && j < wires.source_size; ++j) {
      for (std::int32_t i = 0; i < wires.target_size; ++i) {
        if (i == j) continue;
        wires.source.push_back(wires.source_begin + j);
        wires.target.push_back(wires.target_begin + i);
      }
    }
    wires.dense = projection.autapses;
    const SparseMatrix drawn = random != nullptr ? draw_sparse(*random) : SparseMatrix{};
    const auto* listed = std::get_if<SparseMatrix>(&projection.weights);
    if (const SparseMatrix* sparse = random != nullptr ? &drawn : listed; sparse != nullptr) {
      wires.dense = false;
      for (const std::int32_t col : sparse->col) wires.source.push_back(wires.source_begin + col);
      for (const std::int32_t row : sparse->row) wires.target.push_back(wires.target_begin + row);
    }
    wiring.projections.push_back(std::move(wires));
  }
  for (const FeedbackSpec& one : feedback) {  // R is readouts x neurons of the population
    const auto t = static_cast<std::size_t>(one.population);
    Wires wires{Layer::kReadout,
                Layer::kRate,
                0,
                wiring.sizes.readouts,
                begins[t],
                network.populations[t].size,
                false,
                true,
                {},
                {}};
    if (const auto* sparse = std::get_if<SparseMatrix>(&one.weights)) {
      wires.dense = false;
      wires.source = sparse->row;
      for (const std::int32_t col : sparse->col) wires.target.push_back(wires.target_begin + col);
    }
    wiring.feedback.push_back(std::move(wires));
  }
  return wiring;
}

}  // namespace locus
