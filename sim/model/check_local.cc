// The conditions of a rule that the model writes itself: its text, and what its names ask of the
// populations on which plastic projections end.
#include <algorithm>

#include <fmt/format.h>

#include "core/expression/local_rule.h"
#include "sim/model/checks.h"
#include "sim/model/network_size.h"

namespace locus {
namespace {

std::string_view field_of(ChangeOn on) {
  switch (on) {
    case ChangeOn::kTick: return "change";
    case ChangeOn::kPreSpike: return "change_on_pre_spike";
    case ChangeOn::kPostSpike: return "change_on_post_spike";
    case ChangeOn::kError: return "change_on_error";
    case ChangeOn::kEnd: return "change_on_end";
  }
  return "";
}

/// The field of a fault: changes of each kind are a list of their own.
FieldPath path_of(const LocalFault& fault, const LocalText& text, const FieldPath& where) {
  if (fault.list == "signal" || fault.list == "reward") return where.at(fault.list);
  if (fault.list != "change")
    return fault.field.empty() ? where.at(fault.list) : where.at(fault.list, fault.index).at(fault.field);
  if (fault.field.empty()) return where.at("change");
  const auto index = static_cast<std::size_t>(fault.index);
  const ChangeOn on = text.changes[index].on;
  const auto before = std::count_if(text.changes.begin(), text.changes.begin() + fault.index,
                                    [&](const ChangeText& change) { return change.on == on; });
  return where.at(field_of(on), static_cast<int>(before));
}

/// Every population that learns by a text that uses its noise has some, on its currents.
void check_noise(const NetworkSpec& network, const FieldPath& where, FaultList& faults) {
  const std::vector<bool> plastic = have_plastic_input(network);
  for (std::size_t i = 0; i < network.populations.size(); ++i) {
    const PopulationSpec& population = network.populations[i];
    if (population.kind != PopulationKind::kRate || !plastic[i]) continue;
    if (population.noise && !population.noise->on_activity) continue;
    faults.error(where,
                 fmt::format("uses \"noise\", and population {} has none on its currents",
                             shown(std::string_view(population.name))),
                 "populations have noise { stddev: 0.1 }");
    return;
  }
}

void check_symbols(const LocalRule& rule, const NetworkSpec& network, const FieldPath& where, FaultList& faults) {
  const std::vector<bool> plastic = have_plastic_input(network);
  for (const Symbol symbol : rule.uses) {
    const SymbolRow& row = locus::row(symbol);
    if (!row.only_spiking && !row.only_rate) continue;
    for (std::size_t i = 0; i < network.populations.size(); ++i) {
      const PopulationSpec& population = network.populations[i];
      if (population.kind != PopulationKind::kRate || !plastic[i]) continue;
      if (row.only_spiking ? population.lif.has_value() : !population.lif) continue;
      faults.error(where,
                   fmt::format("uses {}, and population {} {}", shown(row.name),
                               shown(std::string_view(population.name)), population.lif ? "spikes" : "does not spike"),
                   fmt::format("{} is of {} neurons only", row.name, row.only_spiking ? "spiking" : "rate"));
      break;
    }
  }
}

}  // namespace

void check_local(const RuleSpec& rule, const NetworkSpec& network, const FieldPath& where, FaultList& faults) {
  const Compiled compiled = compile_local(rule.local);
  for (const LocalFault& fault : compiled.faults) {
    const FieldPath field = path_of(fault, rule.local, where);
    const std::string at = fault.in_expression ? fmt::format(" at {}:{}", fault.fault.line, fault.fault.column) : "";
    faults.error(field, fault.fault.found + at, fault.fault.allowed);
  }
  if (!compiled.rule) return;
  check_symbols(*compiled.rule, network, where, faults);
  if (compiled.rule->has(Symbol::kNoise)) check_noise(network, where, faults);
}

}  // namespace locus
