#include "sim/run/outline.h"

#include <variant>

#include "sim/model/network_size.h"

namespace locus {

Outline outline_of(const Spec& spec) {
  const NetworkSpec& network = spec.network;
  Outline outline;
  outline.populations = network.populations;
  for (const ProjectionSpec& projection : network.projections) {
    const std::int64_t rows = network.populations[static_cast<std::size_t>(projection.target)].size;
    const std::int64_t cols = network.populations[static_cast<std::size_t>(projection.source)].size;
    outline.projections.push_back({.name = projection.name,
                                   .source = projection.source,
                                   .target = projection.target,
                                   .synapses = synapses_of(projection, rows, cols),
                                   .plastic = projection.plastic,
                                   .learning_rate = learning_rate_of(projection, spec.training)});
  }
  constexpr const char* kTasks[] = {"recorded", "student_teacher", "drawn"};
  outline.task = kTasks[spec.task.index()];
  outline.training = spec.training;
  return outline;
}

}  // namespace locus
