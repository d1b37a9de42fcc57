// TrialShape: the properties of a trial that decide about counts of messages.
#pragma once

#include <cstdint>

#include "core/base/id.h"
#include "core/protocol/rule.h"

namespace locus {

struct TrialShape {
  std::int32_t ticks = 0;  // T
  // ticks with an error, at the end of the trial: 1 (final) .. T (sequence)
  std::int32_t window = 1;
  bool classes = false;  // true: the cross-entropy, for which readouts send each other NORM
  // true: trials weigh their errors, so that TARGET has a weight, and is not sent where it is 0
  bool weighted = false;
  // true: neurons begin the trial in the state at the end of the last one, so that all are active;
  // the first trial of a run has fewer messages
  bool carries = false;
  // true: weights change in every tick, or after every sweep; false: at the end of a batch
  bool commits_every_tick = false;

  /// The tick of the first error.
  Tick first_error() const { return Tick{ticks - window + 1}; }
  bool has_error(std::int32_t tick) const { return tick >= first_error().value; }
  /// The place of a tick among those with an error, from 0; below 0 for earlier ticks.
  std::int32_t row_in_window(Tick tick) const { return tick.value - first_error().value; }
};

/// True if a sweep is due at the end of this tick.
bool sweep_due(const Learning& learning, const TrialShape& trial, std::int32_t tick);

}  // namespace locus
