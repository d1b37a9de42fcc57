// Trajectories of a mode: dz/dt = -Delta(z), integrated with controlled error.
//
// Method: Dormand and Prince 5(4), adaptive (Boost.Odeint). Time is updates times eta. The flow
// ends where it leaves |w| < 1, since there the expected loss is infinite: that is how a run fails
// to converge. Cost: some ten thousand steps at worst. Source: arXiv:2606.00243, data-aligned
// dynamics.
#pragma once

#include <span>
#include <vector>

#include "sim/theory/mode.h"

namespace locus::theory {

enum class Ending {
  kInTime,      // reached the last time asked for
  kLeftDomain,  // |w| >= 1, or the step shrank to nothing on the way there
  kEscaped,     // |a| or |b| beyond 1e6
};

struct Trajectory {
  std::vector<double> time;  // updates x eta; those asked for, as far as the flow came
  std::vector<Mode> mode;    // at these times
  Ending ending = Ending::kInTime;
  double last_time = 0;     // where the flow ended
  double highest_loss = 0;  // over every accepted step, not only the times asked for
};

/// The flow from `start`, at ascending `times` >= 0. `tolerance`: absolute and relative error of a
/// step.
Trajectory integrate(const Mode& start, const Mode& teacher, const ModeRule& rule, std::span<const double> times,
                     double tolerance = 1e-10);

}  // namespace locus::theory
