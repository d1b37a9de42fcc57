// TickRuns: a run of ticks with one lane is carried out together: what goes forward until weights
// change, then the errors of all those ticks.
//
// Why: a tick of few neurons is less work than a dozen calls that each look after a handful of
// numbers. In a run only what must wait for the tick before it is done tick by tick. What was sent
// is on the tapes, and passes the door once a channel for the run. tests/transport/runs_test.cc
// holds runs against their ticks one by one, and against the mailbox.
#pragma once

#include "core/transport/columns/ahead.h"
#include "core/transport/columns/neurons_clock.h"
#include "core/transport/columns/readouts_clock.h"

namespace locus {

template <class R>
class TickRuns {
 public:
  explicit TickRuns(const Common<R>& common)
      : outputs_(static_cast<std::size_t>(common.plan.compared), R(0)),
        errors_(outputs_.size(), R(0)),
        recalled_(static_cast<std::size_t>(common.plan.recalled), R(0)) {}

  /// The ticks first .. last: rate neurons step, and what they have sent passes the door.
  void advance(Common<R>& common, Ahead<R>& ahead, Tick first, Tick last);
  void deliver(Common<R>& common, const phase::Comparisons<R>& comparisons);
  void deliver(Common<R>& common, const phase::Answer<R>& answer) { send_back(common, answer.tick, answer.answers); }
  void deliver(const Common<R>& common, const phase::OwnWeights&) const { tell_own_weights(common, 1); }
  /// POST of rate neurons online, in ticks without an error and with one.
  void pass_posts(const Common<R>& common, std::int32_t quiet, std::int32_t loud) const;
  /// e_t of the readouts (o) at a tick that has been compared.
  const R* errors_at(const Common<R>& common, Tick tick) const { return errors_.data() + in_window(common, tick); }
  /// y_t of the same (o).
  const R* outputs_at(const Common<R>& common, Tick tick) const { return outputs_.data() + in_window(common, tick); }

 private:
  /// The place of a tick among those with an error, times the readouts.
  static std::ptrdiff_t in_window(const Common<R>& common, Tick tick) {
    return std::ptrdiff_t{common.trial.row_in_window(tick)} * common.network.readouts.size;
  }
  void in_one_loop(Common<R>& common, Ahead<R>& ahead, std::int32_t row, std::int32_t ticks);
  void tick_by_tick(Common<R>& common, Ahead<R>& ahead, Tick first, Tick last);
  /// POST and TRANSPORT, or FEEDBACK, of ticks that have been compared; online, the signals that
  /// they bring.
  void report(Common<R>& common, Tick first, std::int32_t ticks);
  /// What the synapses onto readouts answered at a tick: their errors stand on a tape, and no
  /// commit has come since, so it can be computed when it is asked for.
  void send_back(Common<R>& common, Tick tick, const Answers<R>& answers);
  /// Autapses tell their neurons W_ii, in each of so many ticks.
  void tell_own_weights(const Common<R>& common, std::int32_t ticks) const;

  Column<R> outputs_;   // A h_t of ticks that are run (window x o)
  Column<R> errors_;    // e_t (window x o)
  Column<R> recalled_;  // eps of a tick that a sweep comes to (o x lanes); several lanes
};

}  // namespace locus
