// Ways whose messages wait on tapes and become one matrix product a projection: deferred, and
// shared where all synapses of a source provably hold one trace.
//
// Deferred: Delta = sum over ticks of coefficient(t) pre(t)^T. Under a sweep the coefficient is the
// sum of g; online it is that of TransposedTrace (core/kernel/transposed.h).
// tests/transport/bilinear_test.cc holds both against the handlers. Under plain descent the product
// goes straight into the weights; else the change is summed first, and settled.
#pragma once

#include "core/kernel/trace.h"
#include "core/transport/columns/moments.h"

namespace locus {

/// Where a product's sources stand on their tape: first row (tick; below 0 nothing was sent), first
/// neuron.
struct TapeRows {
  std::int32_t first = 0;
  std::int32_t begin = 0;
};

/// Where the product goes, and its factor: into the weights at once, or summed up to be settled.
template <class R>
struct CommitTarget {
  Column<R>& column;
  R factor;
};
template <class R>
CommitTarget<R> commit_target(const Common<R>& common, ProjectionId p, R rate, Column<R>& delta) {
  if (common.plan_for(p).commits == Commits::kAtOnce) return {common.synapses(p).weight, rate};
  return {delta, R(-1)};
}

template <class R>
class DeferredWay {
 public:
  DeferredWay(const Common<R>& common, ProjectionId p);

  /// Adds the changes that wait to the weights, or to the sum of changes.
  void commit(const CommitTick<R>& tick);
  Column<R>& delta() { return delta_; }

 private:
  ProjectionId p_;
  Column<R> delta_;  // (synapses); empty under plain descent
};

template <class R>
class SharedWay {
 public:
  SharedWay(const Common<R>& common, ProjectionId p);

  void begin_trial();
  /// The traces take what the sources sent in a tick (sources x lanes).
  void hear_axon(const R* activity) { hear_ticks({activity, 1, static_cast<std::int32_t>(trace_.size())}); }
  /// The activities of several ticks in their order (ticks x sources); one lane.
  void hear_ticks(RowsView<R> said) { drift_traces(said, Drift<R>{decay_, leak_}, trace_.data()); }
  /// The traces of a tick with an error are kept.
  void hear_post(const PostTick<R>& tick) {
    if (tick.has_error) traces_.write(tick.common.trial.row_in_window(Tick{tick.row + 1}), trace_.data());
  }
  void commit(const CommitTick<R>& tick);
  Column<R>& delta() { return delta_; }

 private:
  ProjectionId p_;
  R decay_;          // lambda of the population
  R leak_;           // alpha of the population
  Column<R> trace_;  // (sources x lanes)
  Tape<R> traces_;   // at each tick with an error
  Column<R> delta_;  // (synapses); empty under plain descent
};

}  // namespace locus
