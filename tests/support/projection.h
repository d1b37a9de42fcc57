// A dense projection that a test makes by hand, for transports and trials alone.
#pragma once

#include <cstdint>

#include "core/actor/network.h"

namespace locus {

/// From the first `sources` neurons of a layer onto the first `targets` of another; weight(k) of
/// synapse k, source by source.
template <class Weight>
Projection<double> dense_projection(const char* name, Layer source, std::int32_t sources, Layer target,
                                    std::int32_t targets, double learning_rate, Weight weight) {
  Projection<double> projection;
  projection.name = name;
  projection.source_layer = source;
  projection.target_layer = target;
  projection.source_size = sources;
  projection.target_size = targets;
  projection.learning_rate = learning_rate;
  for (std::int32_t k = 0; k < sources * targets; ++k) projection.weight.push_back(weight(k));
  return projection;
}

}  // namespace locus
