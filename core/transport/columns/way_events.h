// The events way: onto spiking neurons, and onto readouts with memory. Learning is not causal in
// memory, only in what it computes: signals and surrogates of the trial wait on the tapes, and at
// the commit every neuron turns them, from the last tick back, into what one event of a tick is
// worth to each of its synapses. Then delta_ij += worth_i(t) for each event of source j.
//
// Why: a silent source costs nothing, neither where it sends nor where its synapses learn. That
// this is the transpose of the handlers is proven by tests/transport/bilinear_test.cc. Cost: a few
// operations a neuron and tick, and one addition for each synapse and event.
#pragma once

#include <vector>

#include "core/kernel/transposed.h"
#include "core/transport/columns/moments.h"

namespace locus {

/// The change that an event of each tick makes onto each neuron; of all projections with this way.
template <class R>
class EventWorths {
 public:
  explicit EventWorths(const Plan& plan);

  /// Firing-rate errors, at the end of a trial.
  void hear_rates(const Common<R>& common);
  /// Turns the tapes into worths; ahead of the ways' commit.
  void commit(Common<R>& common);
  const Column<R>& onto(Layer layer) const { return layer == Layer::kRate ? worth_ : readout_worth_; }

 private:
  void online(Common<R>& common, const Neurons& population);
  /// The worths of all ticks onto a population; clock_of(i) is that of neuron i of the layer.
  template <bool kEprop, bool kHasCurrent, class ClockOf>
  void online_cells(Common<R>& common, const Neurons& population, ClockOf clock_of);
  void swept(Common<R>& common);
  void readouts(Common<R>& common);

  Column<R> worth_;          // (T x lanes x n)
  Column<R> readout_worth_;  // of readouts with memory (T x lanes x o)
  // reg of the trial (n x lanes); e-prop under a firing-rate target only
  Column<R> rate_errors_;
  std::vector<TransposedEligibility<R>> back_;  // of the tick after (n x lanes, or o x lanes)
};

template <class R>
class EventsWay {
 public:
  EventsWay(const Common<R>& common, ProjectionId p)
      : p_(p), delta_(static_cast<std::size_t>(common.plan_for(p).delta), R(0)) {}

  /// POST messages of this tick: the fan-in of every neuron with news.
  std::int64_t count_news(const Common<R>& common) const;
  void commit(const CommitTick<R>& tick);
  Column<R>& delta() { return delta_; }

 private:
  ProjectionId p_;
  Column<R> delta_;  // (synapses)
};

}  // namespace locus
