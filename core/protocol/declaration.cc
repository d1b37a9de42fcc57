#include "core/protocol/declaration.h"

#include <algorithm>
#include <array>

#include "core/protocol/phase_table.h"

namespace locus {
namespace {

constexpr Selection widest(DecaySource decay, SignalSource signal, Drive drive) {
  const bool learns = drive != Drive::kNothing;
  return {.decay = decay,
          .signal = signal,
          .drive = drive,
          .targets = learns,
          .classes = learns,
          .firing_rate = decay == DecaySource::kNeuron};
}

/// Bit c is set if a selected phase uses Channel(c).
std::uint32_t channels_of(const Selection& selection) {
  std::uint32_t channels = 0;
  for (const PhaseRow& row : kPhaseTable) {
    if (selection.selects(row)) channels |= 1U << static_cast<unsigned>(row.channel);
  }
  return channels;
}

/// The phases whose payload is not that of scalars_of, because it is the same for every rule.
constexpr bool has_own_payload(Phase phase) {
  return phase == Phase::kOwnWeight || phase == Phase::kRateError || phase == Phase::kSpikingPost;
}

// by channel, and for rate neurons or not
using Payloads = std::array<std::array<int, 2>, kChannels>;

Payloads payloads_of(const Rule& rule) {
  Payloads payloads;
  payloads.fill({1, 1});
  const Selection selection = widest(rule.decay, rule.signal, rule.drive);
  for (const PhaseRow& row : kPhaseTable) {
    if (!selection.selects(row) || has_own_payload(row.phase)) continue;
    const bool of_rate_neuron = row.channel == Channel::kPost ? row.from == Party::kRate : row.to == Party::kRate;
    payloads[static_cast<std::size_t>(row.channel)][of_rate_neuron ? 1 : 0] = row.scalars;
  }
  return payloads;
}

}  // namespace

Selection selection_of(const Rule& rule) { return widest(rule.decay, rule.signal, rule.drive); }

Selection selection_of(const Learning& learning, const TrialShape& trial) {
  Selection selection = selection_of(rule(learning.kind));
  selection.classes = selection.classes && trial.classes;
  selection.weighted = trial.weighted;
  selection.firing_rate = selection.firing_rate && learning.firing_rate.has_value();
  selection.norm = learning.optimizer.norm.has_value();
  return selection;
}

Selection selection_of_evaluation(const TrialShape& trial) {
  return {.targets = true, .weighted = trial.weighted, .classes = trial.classes};
}

std::vector<Channel> channels_of(const Rule& rule) {
  const std::uint32_t declared = channels_of(selection_of(rule));
  std::vector<Channel> channels;
  for (const ChannelRow& row : kChannelTable) {
    if (((declared >> static_cast<unsigned>(row.channel)) & 1U) != 0) channels.push_back(row.channel);
  }
  return channels;
}

bool declares(const Rule& rule, Channel channel) {
  return ((channels_of(selection_of(rule)) >> static_cast<unsigned>(channel)) & 1U) != 0;
}

bool revisits(const Rule& rule) {
  const Selection selection = selection_of(rule);
  return std::ranges::any_of(kPhaseTable, [&](const PhaseRow& row) { return row.revisits() && selection.selects(row); });
}

Violation declared_violation(const Rule& rule) {
  const Selection selection = selection_of(rule);
  const auto breaks = [&](const PhaseRow& row) { return violation(row.channel, 0).spatial && selection.selects(row); };
  return {.spatial = std::ranges::any_of(kPhaseTable, breaks), .temporal = revisits(rule)};
}

std::int32_t declared_lag(const Learning& learning) { return revisits(rule(learning.kind)) ? learning.depth - 1 : 0; }

Permit permit_of(const Learning& learning, Locality budget) {
  Selection selection = selection_of(rule(learning.kind));
  selection.norm = learning.optimizer.norm.has_value();
  return {.channels = channels_of(selection), .largest_lag = declared_lag(learning), .budget = budget};
}

Permit permit_of_evaluation() { return {.channels = channels_of(selection_of_evaluation({.classes = true}))}; }

std::int64_t scalars_of(const Rule& rule, Channel channel, bool of_rate_neuron) {
  static const std::array<Payloads, kRuleKinds> payloads = [] {
    std::array<Payloads, kRuleKinds> all;
    std::ranges::transform(kRules, all.begin(), payloads_of);
    return all;
  }();
  return payloads[static_cast<std::size_t>(rule.kind)][static_cast<std::size_t>(channel)][of_rate_neuron ? 1 : 0];
}

}  // namespace locus
