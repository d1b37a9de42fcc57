// Stages of sweeps: what the backward agent tells every neuron of the tick revisited (ADJOINT),
// what sources recall (AXON), and what neurons tell their synapses then (POST, which W answers with
// TRANSPORT).
//
// What sources recall is on the tapes already: only the door hears of it. With one lane a sweep
// whose messages the door lets pass together leaves arithmetic alone: among few neurons all its
// stages are one loop (core/kernel/sweep.h), else each is a few phases. Numbers are to the last bit
// those of the phases that pass alone. A budget that a sweep may break lets none of it pass
// together: then the first message that breaks it is the one it always was.
#pragma once

#include <vector>

#include "core/transport/columns/sending.h"

namespace locus {

template <class R>
class BackSweeps {
 public:
  explicit BackSweeps(const Common<R>& common);

  /// AXONs of a tick, which a replay repeats; where the plan keeps them.
  void note_sent(ProjectionId p, Tick tick, std::int64_t messages) {
    std::vector<std::int64_t>& sent = sent_[p];
    if (!sent.empty()) sent.begin()[tick.value] = messages;
  }
  /// The AXONs of a run of ticks are counted when they are first recalled.
  void leave_uncounted(ProjectionId p, Tick first, std::int32_t ticks);

  void deliver(Common<R>& common, const phase::Adjoints<R>& adjoints);
  void deliver(Common<R>& common, const phase::Replays& replays);
  void deliver(Common<R>& common, const phase::PostsBack<R>& posts);

  /// Lets all messages of a sweep pass that revisits `visits` ticks from `now` back; the door is
  /// open.
  void pass_all(Common<R>& common, Tick now, std::int32_t visits);
  /// One stage of such a sweep.
  void deliver(Common<R>& common, const phase::BackStages<R>& stage);
  /// All its stages. False where the network is not one that a single loop takes.
  bool whole(Common<R>& common, Tick now, std::int32_t visits, const AgentColumns<R>& agent);

 private:
  std::int64_t sent_at(Common<R>& common, ProjectionId p, Tick revisited);
  void record_replay(Common<R>& common, ProjectionId p, Tick revisited, std::int32_t lag);
  void pass_replayed(Common<R>& common, ProjectionId p, Tick now, std::int32_t visits);
  void keep_errors_back(Common<R>& common, std::int32_t row, const R* delta);
  void keep_spiking_errors_back(Common<R>& common, std::int32_t row);

  // g = gain * signal of the revisited tick (n x lanes); in one loop, of the last one too
  Column<R> errors_back_;
  Indexed<std::vector<std::int64_t>> sent_;  // by projection and tick; -1: not counted yet
};

}  // namespace locus
