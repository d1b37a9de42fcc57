#include "sim/cli/certificate.h"

#include <vector>

#include "core/protocol/closed_form.h"
#include "core/protocol/declaration.h"
#include "core/protocol/phase_table.h"
#include "sim/cli/json.h"
#include "sim/model/learning.h"
#include "sim/model/wire.h"
#include "sim/place/learning_on_chip.h"

namespace locus {
namespace {

std::string_view words(Party party) {
  switch (party) {
    case Party::kInput: return "input neuron";
    case Party::kRate: return "rate neuron";
    case Party::kReadout: return "readout";
    case Party::kSynapse: return "synapse";
    case Party::kEnvironment: return "environment";
    case Party::kAgent: return "agent";
  }
  return "";
}

std::string json_count(std::int64_t count) { return std::to_string(count); }

/// The messages of one kind in a trial; empty if there are none.
std::vector<std::string> messages_of(const PhaseRow& row, const Learning& learning, const Spec& spec,
                                     const Topology& topology, const RuleSpec& rule) {
  Ledger ledger(scalar_bytes(spec.precision));
  set_scalar_bits(learning, ledger);
  add_phase(row, learning, topology, feedback_of(topology, rule), trial_shape_of(spec), ledger);
  std::string payload = json_string(row.payload);
  if (row.scalars == kPayload || row.scalars == kEndPayload) {
    std::vector<std::string> factors;
    for (const std::int32_t factor : row.scalars == kPayload ? learning.local->payload : learning.local->end_payload)
      factors.push_back(json_string(learning.local->words(factor)));
    payload = json_list(factors);
  }
  std::vector<std::string> messages;
  for (const LedgerEntry& entry : ledger.entries()) {
    const bool core_local = core_local_channels(locus::rule(rule.kind)).holds(entry.channel);
    const Violation broken = violation(entry.channel, entry.lag, core_local);
    messages.push_back(json_object({{"channel", json_string(name(entry.channel))},
                                    {"from", json_string(words(row.from))},
                                    {"to", json_string(words(row.to))},
                                    {"payload", payload},
                                    {"lag", json_count(entry.lag)},
                                    {"scalars", json_count(entry.tally.scalars / entry.tally.messages)},
                                    {"messages_a_trial", json_count(entry.tally.messages)},
                                    {"breaks_space", json_bool(broken.spatial)},
                                    {"breaks_time", json_bool(broken.temporal)}}));
  }
  return messages;
}

std::string needs_of(const LocalRule& rule) {
  std::vector<std::string> needs;
  for (const Symbol symbol : rule.uses) {
    const SymbolRow& row = locus::row(symbol);
    if (row.name.empty()) continue;
    const std::string_view channel = row.owner == kSourceNeuron ? "AXON" : row.owner == kTargetNeuron ? "POST" : "";
    needs.push_back(json_object({{"name", json_string(row.name)},
                                 {"owner", json_string(words(row.owner))},
                                 {"channel", channel.empty() ? "null" : json_string(channel)},
                                 {"lag", "0"}}));
  }
  return json_list(needs);
}

std::string state_of(const LocalRule& rule) {
  std::vector<std::string> states;
  for (const LocalTrace& trace : rule.traces) {
    if (!trace.is_state) continue;
    const Owner owner = trace.at == TraceAt::kSynapse  ? kSynapseItself
                        : trace.at == TraceAt::kSource ? kSourceNeuron
                                                       : kTargetNeuron;
    states.push_back(json_object({{"name", json_string(trace.name)},
                                  {"owner", json_string(words(owner))},
                                  {"scalars", "1"},
                                  {"one_a_source", json_bool(trace.of_source)},
                                  {"linear", json_bool(trace.is_lazy)}}));
  }
  return json_list(states);
}

}  // namespace

std::string certificate(const Spec& spec, const Topology& topology, const RuleSpec& rule) {
  const Learning learning = learning_of(spec, topology, rule);
  const TrialShape trial = trial_shape_of(spec);
  const Selection selection = selection_of(learning, trial);
  std::vector<std::string> messages;
  for (const PhaseRow& row : kPhaseTable) {
    if (!selection.selects(row)) continue;
    for (std::string& message : messages_of(row, learning, spec, topology, rule))
      messages.push_back(std::move(message));
  }
  const Ledger ledger = closed_form(learning, topology, feedback_of(topology, rule), trial, scalar_bytes(spec.precision));
  const Violation declared = declared_violation(locus::rule(rule.kind));
  std::vector<std::pair<std::string, std::string>> fields = {
      {"rule", json_string(rule.name)},
      {"kind", json_string(locus::rule(rule.kind).name)},
      {"model", json_string(spec.name)},
      {"model_sha256", json_string(spec.sha256)},
      {"ticks", json_count(trial.ticks)},
      {"breaks_space", json_bool(declared.spatial)},
      {"breaks_time", json_bool(declared.temporal && learning.depth > 1)},
      {"messages", json_list(messages)},
      {"messages_a_trial", json_count(ledger.messages())},
      {"trace_bytes", json_count(ledger.trace_bytes())}};
  if (learning.local) {
    fields.emplace_back("needs", needs_of(*learning.local));
    fields.emplace_back("state", state_of(*learning.local));
  }
  return json_object(fields) + "\n";
}

}  // namespace locus
