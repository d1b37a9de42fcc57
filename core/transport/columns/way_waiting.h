// Ways whose changes wait for the commit in a sum of their own: a pass at every POST (loop), and
// RTRL, where each synapse hears its change (summed).
#pragma once

#include <optional>

#include "core/kernel/trace.h"
#include "core/transport/columns/moments.h"
#include "core/transport/trace_rounding.h"

namespace locus {

/// Every synapse of every lane meets the message of its neuron; the lanes share the sum, in lane
/// order. For what no faster way fits. Cost: one pass over traces and changes a POST.
template <class R>
class LoopWay {
 public:
  LoopWay(const Common<R>& common, ProjectionId p);

  void begin_trial();
  void hear_axon(const R* activity) { std::copy_n(activity, pre_.size(), pre_.begin()); }
  void hear_post(const PostTick<R>& tick);
  Column<R>& delta() { return delta_; }

 private:
  /// Traces of few bits are rounded when the tick has learnt from them.
  void round_traces(const Common<R>& common);

  ProjectionId p_;
  R decay_ = 0;          // RFLO: lambda of the population
  R leak_ = 1;           // alpha of the population
  bool differ_ = false;  // each target has its own alpha
  Column<R> decays_;     // and its own lambda (targets x lanes), or empty
  Column<R> pre_;        // what each source sent in this tick (sources x lanes)
  Column<R> trace_;      // (synapses x lanes)
  Column<R> delta_;      // (synapses)
  std::optional<TraceRounding> rounding_;
};

template <class R>
class SummedWay {
 public:
  SummedWay(const Common<R>& common, ProjectionId p)
      : delta_(static_cast<std::size_t>(common.plan_for(p).delta), R(0)) {}

  Column<R>& delta() { return delta_; }

 private:
  Column<R> delta_;  // (synapses)
};

}  // namespace locus
