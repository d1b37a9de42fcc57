// Trajectories of a mode: integrates dz/dt = -Delta(z) with controlled error.
//
// Method: Dormand and Prince 5(4), adaptive (Boost.Odeint). The unit of time is one update times
// eta. The flow ends where |w| reaches 1, because the expected loss is infinite there; this is how
// a run fails to converge.
// Cost: some ten thousand steps as a rule, kMostSteps at worst. A learning rate far above the
// largest stable one makes the time of a flow so long that it needs more: its steps stay as short
// as the fastest rate of the mode asks, however near its end the mode is.
// Source: arXiv:2606.00243, data-aligned dynamics.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/theory/mode.h"

namespace locus::theory {

inline constexpr std::int64_t kMostSteps = 200'000;  // accepted or not, of one flow

enum class Ending {
  kInTime,      // the flow came to the last requested time
  kLeftDomain,  // |w| >= 1, or the step shrank to nothing before that
  kEscaped,     // |a| or |b| is beyond 1e6
  kTooLong,     // kMostSteps steps were not enough
  kInterrupted,
};

struct Trajectory {
  std::vector<double> time;  // updates x eta; the requested times up to the end of the flow
  std::vector<Mode> mode;    // at these times
  Ending ending = Ending::kInTime;
  double last_time = 0;      // the end of the flow, updates x eta
  Mode last;                 // at that time
  double last_feedback = 0;  // at that time; the rule's where it is fixed
  double highest_loss = 0;   // over all accepted steps, also between the requested times
};

/// Integrates the flow from `start` and records it at `times`, which are ascending and >= 0.
/// `tolerance` bounds the absolute and the relative error of a step. `interrupt` may be set by
/// another thread or a signal and ends the flow.
Trajectory integrate(const Mode& start, const Mode& teacher, const ModeRule& rule, std::span<const double> times,
                     double tolerance = 1e-10, const std::atomic<bool>* interrupt = nullptr);

}  // namespace locus::theory
