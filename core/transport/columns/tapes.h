// Tapes: what a trial's messages leave for its end: inputs, activities, gains, decays, signals and
// errors, tick by tick, and which ticks of them have been learnt from or reported since the last
// commit. Which exist is the plan's to say (core/plan).
#pragma once

#include "core/actor/network.h"
#include "core/base/check.h"
#include "core/plan/plan.h"
#include "core/transport/columns/tape.h"

namespace locus {

template <class R>
struct Tapes {
  explicit Tapes(const Plan& plan, std::int32_t ticks)
      : inputs(plan.tapes.inputs),
        activities(plan.tapes.activities),
        gains(plan.tapes.gains),
        voltages(plan.tapes.voltages),
        decays(plan.tapes.decays),
        signals(plan.tapes.coefficients),
        epsilons(plan.tapes.epsilons),
        learnt(ticks),
        reported(ticks),
        replaces_gains(plan.coefficients_replace_gains) {}

  Tape<R> inputs;      // x_t at row t - 1
  Tape<R> activities;  // h_t at row t
  Tape<R> gains;       // alpha phi'_t at row t - 1
  Tape<R> voltages;    // v_t of spiking neurons at row t - 1
  Tape<R> decays;      // lambda_i(t) at row t - 1; e-prop only
  // sweeps: the sum of g; online: the signal, then what it amounts to; row t - 1
  Tape<R> signals;
  Tape<R> epsilons;  // eps_t at row t - 1
  Rows learnt;       // rows of coefficients()
  Rows reported;     // rows of epsilons
  bool replaces_gains;

  /// The coefficients made of signals; on the gains' tape if no tick is revisited twice.
  Tape<R>& coefficients() { return replaces_gains ? gains : signals; }

  /// True if another sweep came to this row before.
  bool mark_learnt(std::int32_t row) {
    const bool before = learnt.mark(row);
    CHECK(!before || !replaces_gains, "a tick was revisited a second time");
    return before;
  }

  /// Writes the state of the rate neurons [first, last) in the tick of this row.
  void keep(std::int32_t row, const RateLayer<R>& rate, std::int32_t first, std::int32_t last) {
    if (!activities.empty()) activities.write(row + 1, rate.activity.data(), first, last);
    if (!voltages.empty()) voltages.write(row, rate.lif.voltage.data(), first, last);
    if (!gains.empty() && !(gains.repeats() && row > 0)) gains.write(row, rate.gain.data(), first, last);
  }
};

}  // namespace locus
