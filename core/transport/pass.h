// A delivery of one kind of message passes the door: its channel, ends and payload are those of its
// row in the table of phases.
#pragma once

#include <concepts>
#include <cstdint>

#include "core/base/check.h"
#include "core/protocol/phase_table.h"
#include "core/wire/door.h"

namespace locus {

/// `first()` returns the Endpoints of the first message, as Door::pass says.
template <Phase kPhase, std::invocable First>
void pass(Door& door, std::int32_t lag, std::int64_t messages, First&& first) {
  constexpr PhaseRow kRow = row(kPhase);
  static_assert(kRow.scalars != kSensitivities, "its payload has no size that the table knows");
  door.pass<kRow.channel, kRow.from, kRow.to>(lag, messages, kRow.scalars, first);
}

/// The same for a phase that is known when the program runs and is one of kPhases.
template <Phase... kPhases, std::invocable First>
void pass_one_of(Door& door, Phase phase, std::int32_t lag, std::int64_t messages, First&& first) {
  const bool passed = ((phase == kPhases && (pass<kPhases>(door, lag, messages, first), true)) || ...);
  CHECK(passed, "a delivery of a phase that its sender does not have");
}

}  // namespace locus
