// Readouts: their clock, TARGET and NORM, and FEEDBACK from them.
//
// Without an error in this tick nothing depends on what a readout without memory hears: then it is
// counted, not summed.
#pragma once

#include "core/transport/columns/sending.h"

namespace locus {

template <class R>
class ReadoutsClock {
 public:
  explicit ReadoutsClock(bool outputs_are_seen) : outputs_are_seen_(outputs_are_seen) {}

  void begin_trial(const Common<R>& common) const;
  void begin_tick(Common<R>& common, Tick now);
  void step(const Common<R>& common) const;
  void deliver(const Common<R>& common, const phase::Targets<R>& targets) const;
  /// NORM from each to all others, then TARGET.
  void deliver(const Common<R>& common, const phase::Classes<R>& classes) const;
  void deliver(Common<R>& common, const phase::Feedbacks&) const;
  bool idle() const { return idle_; }

 private:
  bool outputs_are_seen_;
  bool idle_ = false;
};

}  // namespace locus
