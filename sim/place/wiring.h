// Wiring: who is connected with whom, without weights: all that a placement needs to know of a
// network.
//
// Made from a model, or read back from a result (sim/report/read_chip.h), so that another placement
// is evaluated without running again.
#pragma once

#include <cstdint>
#include <vector>

#include "core/actor/network.h"
#include "core/wire/traffic.h"
#include "sim/model/spec.h"

namespace locus {

/// The synapses of one projection, by their ends.
struct Wires {
  Layer source_layer = Layer::kInput;
  Layer target_layer = Layer::kRate;
  std::int32_t source_begin = 0;  // first source neuron, within its layer
  std::int32_t source_size = 0;
  std::int32_t target_begin = 0;  // first target neuron, within its layer
  std::int32_t target_size = 0;
  bool plastic = true;
  bool dense = true;
  std::vector<std::int32_t> source;  // sparse only (synapses): within the layer
  std::vector<std::int32_t> target;  // sparse only (synapses): within the layer

  std::int64_t size() const {
    return dense ? std::int64_t{source_size} * target_size : static_cast<std::int64_t>(source.size());
  }
  /// Calls visit(source, target), both within their layers, for each synapse.
  template <class Visit>
  void each(Visit visit) const {
    for (std::size_t k = 0; k < source.size(); ++k) visit(source[k], target[k]);
    if (!dense) return;
    for (std::int32_t j = source_begin; j < source_begin + source_size; ++j) {
      for (std::int32_t i = target_begin; i < target_begin + target_size; ++i) visit(j, i);
    }
  }
};

struct Wiring {
  Traffic::Sizes sizes;
  std::vector<Wires> projections;  // B, W, A in file order
  std::vector<Wires> feedback;     // R, from readouts to rate neurons; of one rule
};

Wiring wiring_of(const NetworkSpec& network, const std::vector<FeedbackSpec>& feedback);

}  // namespace locus
