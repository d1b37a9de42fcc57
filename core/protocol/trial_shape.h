// TrialShape: a trial as message counts see it.
#pragma once

#include <cstdint>

#include "core/protocol/rule.h"

namespace locus {

struct TrialShape {
  std::int32_t ticks = 0;   // T
  std::int32_t window = 1;  // ticks with an error: the last of the trial, 1 (final) .. T (sequence)
  bool classes = false;     // the cross-entropy, for which readouts tell each other (NORM)
  // Neurons begin the trial where the last one ended, so that none is silent then; the first trial
  // of a run sends less.
  bool carries = false;
  // Weights change in every tick, or after every sweep; otherwise at the end of a batch.
  bool commits = false;

  bool has_error(std::int32_t tick) const { return tick > ticks - window; }
};

/// Whether a sweep is due at the end of this tick.
bool sweep_due(const Learning& learning, const TrialShape& trial, std::int32_t tick);

}  // namespace locus
