// TrialShape: the properties of a trial that decide about counts of messages.
#pragma once

#include <cstdint>

#include "core/protocol/rule.h"

namespace locus {

struct TrialShape {
  std::int32_t ticks = 0;  // T
  // ticks with an error, at the end of the trial: 1 (final) .. T (sequence)
  std::int32_t window = 1;
  bool classes = false;  // true: the cross-entropy, for which readouts send each other NORM
  // true: neurons begin the trial in the state at the end of the last one, so that all are active;
  // the first trial of a run has fewer messages
  bool carries = false;
  // true: weights change in every tick, or after every sweep; false: at the end of a batch
  bool commits = false;

  bool has_error(std::int32_t tick) const { return tick > ticks - window; }
};

/// True if a sweep is due at the end of this tick.
bool sweep_due(const Learning& learning, const TrialShape& trial, std::int32_t tick);

}  // namespace locus
