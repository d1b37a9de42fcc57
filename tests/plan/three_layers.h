// A topology for plans: B, W and A between one population of each kind.
#pragma once

#include <cstdint>
#include <utility>

#include "core/wire/topology.h"

namespace locus {

struct LayersOfPlan {
  std::int32_t inputs = 3;
  std::int32_t neurons = 6;
  std::int32_t readouts = 2;
};

/// B, W and A between one population of each kind.
inline Topology three_layers(LayersOfPlan sizes, bool identity, bool spiking = false, bool leaky = false) {
  Topology topology;
  const PopulationId in = add_population(topology, {.name = "in", .layer = Layer::kInput, .size = sizes.inputs});
  const PopulationId rec = add_population(
      topology,
      {.name = "rec", .layer = Layer::kRate, .size = sizes.neurons, .constant_gain = identity, .spiking = spiking});
  const PopulationId out =
      add_population(topology, {.name = "out", .layer = Layer::kReadout, .size = sizes.readouts, .leaky = leaky});
  for (const auto& [source, target] : {std::pair(in, rec), std::pair(rec, rec), std::pair(rec, out)})
    topology.projections.push_back(projection_between(topology, source, target));
  find_autapses(topology);
  return topology;
}

/// Makes a projection sparse with so many synapses, which are not drawn.
inline void thin_out(Projection& projection, std::int64_t synapses) {
  projection.dense = false;
  projection.entries = synapses;
}

}  // namespace locus
