#include "sim/report/plan_table.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sim/model/wire.h"
#include "sim/report/sensitivity_bytes.h"
#include "sim/report/table.h"
#include "sim/report/text.h"
#include "sim/run/horizon.h"

namespace locus {
namespace {

/// A pass that learns sends as well, once something has been learnt.
std::string sends_of(const ProjectionPlan& projection) {
  const std::string first(name(projection.sends));
  return projection.learns == Way::kFused ? first + ", pass" : first;
}

/// The tapes of a trial by name, with their ticks.
std::string tapes_of(const TapePlan& tapes) {
  const std::pair<const char*, const TapeLayout&> all[] = {
      {"inputs", tapes.inputs}, {"activities", tapes.activities},     {"gains", tapes.gains},
      {"decays", tapes.decays}, {"coefficients", tapes.coefficients}, {"errors", tapes.epsilons}};
  std::string text;
  for (const auto& [tape, layout] : all) {
    if (!layout.empty()) text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", tape, layout.rows());
  }
  return text.empty() ? "none" : text;
}

std::string fusions_of(const Topology& topology, const Plan& plan) {
  std::string text;
  const auto add = [&](std::string part) { text += (text.empty() ? "" : "; ") + std::move(part); };
  if (plan.ahead_ticks > 0) add(fmt::format("inputs of {} ticks are sent at once", plan.ahead_ticks));
  if (plan.runs) add("ticks run together until weights change");
  if (plan.recurrent) add(fmt::format("{} in one loop", shorten(topology.projections[*plan.recurrent].name, 20)));
  if (plan.shared_out) add("threads share the neurons out");
  if (plan.coefficients_replace_gains) add("coefficients take the place of gains");
  return text.empty() ? "none" : text;
}

/// "sensitivities: 24 of 60 kept; ...": the pattern of a rule that carries them; empty for others.
std::string sensitivities_of(const Spec& spec, const Topology& outline, const RuleSpec& rule_spec) {
  const Rule& row = rule(rule_spec.kind);
  if (row.drive != Drive::kSensitivity) return "";
  const SensitivityCounts all = sensitivity_counts(outline, {.kind = RuleKind::kRtrl});
  const SensitivityCounts counts = sensitivity_counts(spec, outline, rule_spec);
  return fmt::format(
      "sensitivities: {} of {} kept; {} of {} recurrent synapses carry {} scalars a tick; {} GATHER at an error",
      human(static_cast<double>(counts.kept)), human(static_cast<double>(all.kept)),
      human(static_cast<double>(counts.influences)), human(static_cast<double>(all.influences)),
      human(static_cast<double>(counts.influence_scalars)), human(static_cast<double>(counts.gathers)));
}

}  // namespace

std::string plan_table(const Spec& spec, const RuleSpec& rule, int threads) {
  const Topology topology = topology_of(spec, Listing::kNone);
  const Plan plan = plan_of(spec, topology, rule, threads);
  TextTable table;
  table.caption = shorten(rule.name, 40);
  table.columns = {
      {"projection", Align::kLeft}, {"sends", Align::kLeft}, {"learns", Align::kLeft}, {"commits", Align::kLeft}, {"bytes"}};
  for (std::size_t p = 0; p < plan.projections.size(); ++p) {
    const ProjectionPlan& own = plan.projections[p];
    table.rows.push_back({topology.projections[p].name, sends_of(own), std::string(name(own.learns)),
                          std::string(name(own.commits)), human_bytes(static_cast<double>(own.bytes))});
  }
  std::string text = render(table);
  for (std::size_t p = 0; p < plan.projections.size(); ++p) {
    text += wrap(fmt::format("{} {}: {}", shorten(topology.projections[p].name, 20), name(plan.projections[p].learns),
                             plan.projections[p].why),
                 4, 2);
  }
  text += wrap(
      fmt::format("tapes (ticks): {}; {}", tapes_of(plan.tapes), human_bytes(static_cast<double>(plan.tape_bytes))), 4, 2);
  if (const std::string kept = sensitivities_of(spec, topology, rule); !kept.empty()) text += wrap(kept, 4, 2);
  text += wrap("together: " + fusions_of(topology, plan), 4, 2);
  text += wrap(fmt::format("all: {} beside the network", human_bytes(static_cast<double>(plan.bytes))), 4, 2);
  return text;
}

}  // namespace locus
