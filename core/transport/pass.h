// A delivery of one kind of message passes the door: its channel, ends and payload are those of its
// row in the table of phases.
//
// Which of several rows the synapses of a projection take follows from the rule and the projection;
// a sender says which rows it has, so that the compiler sees that their ends are wires.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>

#include "core/base/check.h"
#include "core/protocol/phase_table.h"
#include "core/wire/door.h"

namespace locus {

/// The passage of a phase, but for INFLUENCE and GATHER, whose sender knows their size.
template <Phase kPhase>
constexpr Passage passage() {
  constexpr PhaseRow kRow = row(kPhase);
  static_assert(kRow.scalars > 0, "its payload has no size that the table knows");
  return Passage::over<kRow.channel, kRow.from, kRow.to>(kRow.scalars);
}

/// The same of a phase whose payload may follow from the text of the rule.
template <Phase kPhase>
constexpr Passage passage(const Selection& selection) {
  constexpr PhaseRow kRow = row(kPhase);
  if constexpr (kRow.scalars == kPayload) {
    return Passage::over<kRow.channel, kRow.from, kRow.to>(selection.local.scalars);
  } else if constexpr (kRow.scalars == kEndPayload) {
    return Passage::over<kRow.channel, kRow.from, kRow.to>(selection.local.end_scalars);
  } else {
    return passage<kPhase>();
  }
}

/// `first()` returns the Endpoints of the first message, as Door::pass says.
template <Phase kPhase, std::invocable First>
void pass(Door& door, std::int32_t lag, std::int64_t messages, First&& first) {
  door.pass(passage<kPhase>(), lag, messages, first);
}

/// The same number of messages at each of `lags` lags from `lag` on, as Door::pass_each says.
template <Phase kPhase>
void pass_each(Door& door, std::int32_t lag, std::int32_t lags, std::int64_t messages) {
  static_assert(row(kPhase).revisits(), "only stages of a sweep have lags beyond 0");
  door.pass_each(passage<kPhase>(), lag, lags, messages);
}

/// Calls visit<kPhase>() for the phase, which must be one of kPhases.
template <Phase... kPhases, class Visit>
void dispatch(std::optional<Phase> phase, Visit visit) {
  const bool found = ((phase == kPhases && (visit.template operator()<kPhases>(), true)) || ...);
  CHECK(found, "a delivery of a phase that its sender does not have");
}

/// The one of `phases` that a rule selects and that the synapses of a projection carry; empty if
/// there is none. `selection` is that of the rule, whatever the trial.
inline std::optional<Phase> phase_over(std::initializer_list<Phase> phases, const Selection& selection,
                                       const Topology& topology, const Projection& projection) {
  for (const Phase phase : phases) {
    if (selection.selects(row(phase)) && carries(row(phase), projection, topology.target_of(projection))) return phase;
  }
  return std::nullopt;
}

/// The passage as the synapses of a projection have it: what spiking neurons send are spikes.
inline Passage passage_from(const Passage& passage, const Topology& topology, const Projection& projection) {
  return passage.channel() == Channel::kAxon && sends_spikes(topology, projection) ? passage.of_spikes() : passage;
}

/// The passage of the one of kPhases that the rule selects and that the synapses of a projection
/// carry; without a wire if there is none.
template <Phase... kPhases>
Passage passage_over(const Selection& selection, const Topology& topology, const Projection& projection) {
  const std::optional<Phase> phase = phase_over({kPhases...}, selection, topology, projection);
  Passage found;
  ((phase == kPhases ? void(found = passage<kPhases>(selection)) : void()), ...);
  return passage_from(found, topology, projection);
}

}  // namespace locus
