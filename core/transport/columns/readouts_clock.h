// Readouts: their clock, TARGET and NORM, and FEEDBACK from them.
//
// Without an error in this tick nothing depends on what a readout without memory hears: then it is
// counted, not summed.
#pragma once

#include "core/kernel/count.h"
#include "core/transport/columns/sending.h"
#include "core/transport/no_offence.h"

namespace locus {

/// TARGET to so many cells; with weights, to those whose weight is not 0.
template <class R>
void pass_targets(Door& door, std::int64_t cells, const R* weight) {
  const std::int64_t messages = weight == nullptr ? cells : count_nonzero(weight, cells);
  door.pass<Channel::kTarget, Party::kEnvironment, Party::kReadout>(0, messages, weight == nullptr ? 1 : 2, no_offence);
}

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
  void deliver(Common<R>& common, const phase::Feedbacks& feedbacks) const;
  bool idle() const { return idle_; }

 private:
  template <class Handle>
  void tell_targets(const Common<R>& common, const R* target, const R* weight, Handle handle) const;

  bool outputs_are_seen_;
  bool idle_ = false;
};

}  // namespace locus
