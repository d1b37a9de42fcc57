// Eligibility traces that somebody looks at: each synapse's own, whatever its projection's way
// makes of them.
//
// Most ways keep no trace of a synapse: it waits on tapes, is one for all synapses of a source, or
// stands behind by a tick. Where it is to be seen, the messages of the tick go to the same handlers
// once more, over columns that nothing else reads: so no sum, no count and no bit of the run
// depends on who looks. tests/run/recorder_test.cc holds them against the mailbox's, and against
// what the weights moved by. Cost: one handler call a synapse, lane and tick.
#pragma once

#include <optional>
#include <vector>

#include "core/transport/columns/common.h"
#include "core/transport/trace_rounding.h"

namespace locus {

/// The traces of one projection.
template <class R>
class WatchedTraces {
 public:
  WatchedTraces(const Common<R>& common, ProjectionId p);

  ProjectionId projection() const { return p_; }
  void begin_trial();
  void hear_axon(const R* activity) { std::copy_n(activity, pre_.size(), pre_.begin()); }
  /// The tick's POST, or its clock, of every synapse and lane.
  void hear_post(const Common<R>& common);
  R trace(std::int64_t synapse, std::int32_t lane, std::int32_t lanes) const {
    return seen_[static_cast<std::size_t>(synapse * lanes + lane)].low_pass;
  }

 private:
  /// The eligibility of one synapse and lane. Where nothing is low-passed, that is the trace
  /// itself.
  struct Seen {
    R filtered = 0;  // with a synaptic current only
    R trace = 0;
    R adapted = 0;
    R low_pass = 0;
  };

  ProjectionId p_;
  Column<R> pre_;           // what each source sent in this tick (sources x lanes)
  std::vector<Seen> seen_;  // (synapses x lanes)
  std::optional<TraceRounding> rounding_;
};

}  // namespace locus
