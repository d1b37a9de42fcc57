#include "core/protocol/trial_shape.h"

#include "core/protocol/learning.h"

namespace locus {

bool sweep_due(const Learning& learning, const TrialShape& trial, std::int32_t tick) {
  if (rule(learning.kind).drive != Drive::kSweep) return false;
  return tick == trial.ticks || (trial.has_error(tick) && tick % learning.stride == 0);
}

}  // namespace locus
