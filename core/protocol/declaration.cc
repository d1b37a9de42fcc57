#include "core/protocol/declaration.h"

#include <algorithm>
#include <array>

#include "core/protocol/phase_table.h"

namespace locus {
namespace {

ChannelSet declared_channels(const Selection& selection) {
  ChannelSet channels;
  for (const PhaseRow& row : kPhaseTable) {
    if (selection.selects(row)) channels.add(row.channel);
  }
  return channels;
}

/// Phases that revisit ticks have lags up to the depth of a sweep, all others lag 0.
Permit permit_of(const Selection& selection, std::int32_t largest_lag) {
  Permit permit;
  for (const PhaseRow& row : kPhaseTable) {
    if (selection.selects(row)) permit.declare(row.channel, row.revisits() ? largest_lag + 1 : 1);
  }
  return permit;
}

}  // namespace

Selection selection_of(const Rule& rule) {
  const bool has_targets = has_losses(rule);
  return {.decay = rule.decay,
          .signal = rule.signal,
          .drive = rule.drive,
          .targets = has_targets,
          .classes = has_targets,
          .firing_rate = rule.decay == DecaySource::kNeuron};
}

Selection selection_of(const Learning& learning) {
  Selection selection = selection_of(rule(learning.kind));
  selection.local = posts_of(learning);
  selection.norm = learning.optimizer.norm.has_value();
  selection.learned_feedback = !learning.learned_feedback.empty();
  return selection;
}

Selection selection_of(const Learning& learning, const TrialShape& trial) {
  Selection selection = selection_of(learning);
  selection.classes = selection.classes && trial.classes;
  selection.weighted = trial.weighted;
  selection.firing_rate = selection.firing_rate && learning.firing_rate.has_value();
  return selection;
}

Selection selection_of_evaluation(const TrialShape& trial) {
  return {.targets = true, .weighted = trial.weighted, .classes = trial.classes};
}

std::vector<Channel> channels_of(const Rule& rule) { return channels_of(selection_of(rule)); }

std::vector<Channel> channels_of(const Selection& selection) {
  const ChannelSet declared = declared_channels(selection);
  std::vector<Channel> channels;
  for (const ChannelRow& row : kChannelTable) {
    if (declared.holds(row.channel)) channels.push_back(row.channel);
  }
  return channels;
}

bool declares(const Rule& rule, Channel channel) { return declared_channels(selection_of(rule)).holds(channel); }

bool revisits(const Rule& rule) {
  const Selection selection = selection_of(rule);
  return std::ranges::any_of(kPhaseTable, [&](const PhaseRow& row) { return row.revisits() && selection.selects(row); });
}

ChannelSet core_local_channels(const Rule& rule) {
  ChannelSet channels;
  if (rule.keeps != Keeps::kCore) return channels;
  channels.add(row(Phase::kInfluence).channel);
  channels.add(row(Phase::kGather).channel);
  return channels;
}

Violation declared_violation(const Rule& rule) {
  const Selection selection = selection_of(rule);
  const ChannelSet core_local = core_local_channels(rule);
  const auto breaks = [&](const PhaseRow& row) {
    return violation(row.channel, 0, core_local.holds(row.channel)).spatial && selection.selects(row);
  };
  return {.spatial = std::ranges::any_of(kPhaseTable, breaks), .temporal = revisits(rule)};
}

std::int32_t declared_lag(const Learning& learning) { return revisits(rule(learning.kind)) ? learning.depth - 1 : 0; }

Permit permit_of(const Learning& learning, Locality budget) {
  Permit permit = permit_of(selection_of(learning), declared_lag(learning));
  permit.budget = budget;
  permit.core_local = core_local_channels(rule(learning.kind));
  return permit;
}

Permit permit_of_evaluation() { return permit_of(selection_of_evaluation({.classes = true}), 0); }

}  // namespace locus
