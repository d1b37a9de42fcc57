// The fused way: online learning where every tick commits. Learning of tick t, its commit and the
// sending of tick t + 1 are one pass over the synapses (core/kernel/pass.h): a synapse meets its
// messages in the same order, while it is in registers.
//
// hear_post notes which message its neurons sent; the commit lets it wait; the next hear_axon runs
// the pass. One lane. Cost: weight and trace are read and written once a tick instead of three
// times. Threads take ranges of sources, which changes no sum.
#pragma once

#include "core/transport/columns/moments.h"

namespace locus {

template <class R>
class FusedWay {
 public:
  FusedWay(const Common<R>& common, ProjectionId p);

  void begin_trial();
  /// Sends this tick's AXONs if a pass waits. Returns whether it did.
  bool send(const Common<R>& common);
  /// Keeps the activities that the sources sent in this tick, from which it learns.
  void hear_axon(const R* activity) { std::copy_n(activity, pre_.size(), pre_.begin()); }
  /// Where targets differ, a tick without POST takes their gains from the column of POST, whose
  /// signals are then 0.
  void hear_post(const PostTick<R>& tick) {
    heard_ = tick.learn == Learn::kDrift && differ_ ? Learn::kPost : tick.learn;
  }
  void commit(const CommitTick<R>& tick);
  /// The last tick of a trial is learnt and committed without a sending.
  void finish(const Common<R>& common);

 private:
  PassColumns<R> columns_of(const Common<R>& common);
  void run(const Common<R>& common, Learn learn, bool send);
  template <Learn kLearn, bool kOwnDecay, bool kSend>
  void pass_shared_out(const Common<R>& common, const PassColumns<R>& columns);
  template <Learn kLearn, bool kOwnDecay, bool kSend>
  void pass_grains(const Common<R>& common, const PassColumns<R>& columns);

  ProjectionId p_;
  R decay_ = 0;                      // RFLO: lambda of the population
  R leak_ = 1;                       // alpha of the population
  bool differ_ = false;              // each target has its own alpha
  Column<R> decays_;                 // and its own lambda (targets), or empty
  Column<R> pre_;                    // what each source sent in this tick (sources)
  Column<R> trace_;                  // (synapses)
  BesideColumn<R> range_currents_;   // of a pass by ranges or grains of sources (each x targets)
  Learn heard_ = Learn::kNothing;    // what was said in this tick
  Learn pending_ = Learn::kNothing;  // what has been committed and waits for the next sending
  R pending_rate_ = 0;               // eta of that commit
};

}  // namespace locus
