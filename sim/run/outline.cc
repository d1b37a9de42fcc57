#include "sim/run/outline.h"

#include <optional>
#include <string_view>
#include <variant>

#include "sim/model/wire.h"

namespace locus {
namespace {

std::string_view field_of(const RecordedTask&) { return "recorded"; }
std::string_view field_of(const StudentTeacherTask& task) { return task.mimic ? MimicTask::kName : "student_teacher"; }
std::string_view field_of(const DrawnTask&) { return "drawn"; }
std::string_view field_of(const SyntheticTask& task) { return name(task); }

}  // namespace

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
  outline.task = std::visit([](const auto& task) { return field_of(task); }, spec.task);
  outline.training = spec.training;
  return outline;
}

}  // namespace locus
