// Trajectories of a mode: integrates dz/dt = -Delta(z) with controlled error.
//
// Method: Dormand and Prince 5(4), adaptive (Boost.Odeint). The unit of time is one update times
// eta. The flow ends where |w| reaches 1, because the expected loss is infinite there; this is how
// a run fails to converge.
// Cost: some ten thousand steps at worst.
// Source: arXiv:2606.00243, data-aligned dynamics.
#pragma once

#include <span>
#include <vector>

#include "sim/theory/mode.h"

namespace locus::theory {

enum class Ending {
  kInTime,      // the flow came to the last requested time
  kLeftDomain,  // |w| >= 1, or the step shrank to nothing before that
  kEscaped,     // |a| or |b| is beyond 1e6
};

struct Trajectory {
  std::vector<double> time;  // updates x eta; the requested times up to the end of the flow
  std::vector<Mode> mode;    // at these times
  Ending ending = Ending::kInTime;
  double last_time = 0;     // the end of the flow, updates x eta
  double highest_loss = 0;  // over all accepted steps, also between the requested times
};

/// Integrates the flow from `start` and records it at `times`, which are ascending and >= 0.
/// `tolerance` bounds the absolute and the relative error of a step.
Trajectory integrate(const Mode& start, const Mode& teacher, const ModeRule& rule, std::span<const double> times,
                     double tolerance = 1e-10);

}  // namespace locus::theory
