#include "sim/run/outline.h"

#include <optional>
#include <variant>

#include "sim/model/wire.h"

namespace locus {

Outline outline_of(const Spec& spec) {
  const Topology topology = topology_of(spec, Listing::kNone);
  Outline outline;
  outline.populations = spec.network.populations;
  for (std::size_t p = 0; p < topology.projections.size(); ++p) {
    const Projection& projection = topology.projections[p];
    outline.projections.push_back({.name = projection.name,
                                   .source = projection.source_population.value,
                                   .target = projection.target_population.value,
                                   .synapses = projection.size(),
                                   .plastic = projection.plastic,
                                   .learning_rate = learning_rate_of(spec.network.projections[p], spec.training)});
  }
  constexpr const char* kTasks[] = {"recorded", "student_teacher", "drawn"};
  outline.task = kTasks[spec.task.index()];
  outline.training = spec.training;
  return outline;
}

}  // namespace locus
