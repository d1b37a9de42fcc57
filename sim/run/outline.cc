#include "sim/run/outline.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <variant>

#include "sim/model/pace_of.h"
#include "sim/model/wire.h"

namespace locus {
namespace {

std::string_view field_of(const RecordedTask&) { return "recorded"; }
std::string_view field_of(const StudentTeacherTask& task) { return task.mimic ? MimicTask::kName : "student_teacher"; }
std::string_view field_of(const DrawnTask&) { return "drawn"; }
std::string_view field_of(const SyntheticTask& task) { return name(task); }
std::string_view field_of(const SuppliedTask&) { return "supplied"; }

}  // namespace

Outline outline_of(const Spec& spec) {
  const Topology topology = topology_of(spec, Listing::kNone);
  Outline outline;
  outline.populations = spec.network.populations;
  for (std::size_t p = 0; p < topology.projections.size(); ++p) {
    const Projection& projection = topology.projections[p];
    const ProjectionSpec& from = spec.network.projections[p];
    outline.projections.push_back({.name = projection.name,
                                   .source = projection.source_population.value,
                                   .target = projection.target_population.value,
                                   .synapses = projection.size(),
                                   .plastic = projection.plastic,
                                   .learning_rate = learning_rate_of(from, spec.training),
                                   .has_own_rate = from.learning_rate.has_value(),
                                   .delay = projection.delay(),
                                   .limits = from.limits});
  }
  outline.task = std::visit([](const auto& task) { return field_of(task); }, spec.task);
  outline.training = spec.training;
  for (const RuleSpec& rule : spec.rules) {
    const auto is_given = [](const FeedbackSpec& feedback) {
      return !std::holds_alternative<GaussianWeights>(feedback.weights) &&
             !std::holds_alternative<SparseRandomWeights>(feedback.weights);
    };
    if (std::ranges::any_of(rule.feedback, is_given)) outline.given_feedback.push_back(rule.name);
  }
  outline.records = spec.records;
  return outline;
}

}  // namespace locus
