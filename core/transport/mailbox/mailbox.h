// Mailbox: the transport that defines what is right. Every message exists, waits in a typed queue
// of its receiver's shard and is handled alone.
//
// A conductor: it hands each phase to the part that carries it, and the parts share the actors and
// the exchange (common.h, exchange.h). Parts: AXON and DENDRITE (forward.h), readouts (readouts.h),
// what learns in the tick (learning.h), feedback
// that learns (feedback.h), sweeps (sweep.h), the commit (commit.h). The clock of
// neurons is in clock.h.
// Each replica of a batch (lane) has synapse states of its own; weights are shared, since a batch
// runs on the same weights. Neurons keep their own past.
// Cost: a queue entry a message, and nothing for a synapse that no message reaches (synapses.h);
// memory grows with synapses x lanes. For networks that one looks at closely; Columns is for the
// rest. Thread safety: shards run as tasks of the executor; a shard's actors are touched by its
// task only.
#pragma once

#include <utility>

#include "core/transport/mailbox/commit.h"
#include "core/transport/mailbox/feedback.h"
#include "core/transport/mailbox/forward.h"
#include "core/transport/mailbox/learning.h"
#include "core/transport/mailbox/readouts.h"
#include "core/transport/mailbox/sweep.h"
#include "core/transport/transport.h"

namespace locus {

/// A part of the mailbox that delivers a phase.
template <class Part, class R, class Phase>
concept PartCarries = requires(Part part, MailboxCommon<R>& common, const Phase& phase) {
  part.deliver(common, phase);
};

template <class R>
class Mailbox {
 public:
  /// `network` and `door` outlive the transport. Synapses of a projection must number fewer than
  /// 2^31.
  Mailbox(Network<R>& network, const Learning& learning, Sharding sharding, Executor executor, Door& door);

  /// `inputs` outlives the trial, or is null: each x_t then stands at the inputs before its tick.
  void begin_trial(const R* inputs);
  void tick(Tick now);
  void step(Layer layer);
  template <class Phase>
  requires(PartCarries<ForwardMail<R>, R, Phase> || PartCarries<ReadoutMail<R>, R, Phase> ||
           PartCarries<LearningMail<R>, R, Phase> || PartCarries<SweepMail<R>, R, Phase> ||
           PartCarries<CommitMail<R>, R, Phase> ||
           PartCarries<FeedbackMail<R>, R, Phase>) void deliver(const Phase& phase) {
    if constexpr (PartCarries<ForwardMail<R>, R, Phase>) {
      forward_.deliver(common_, phase);
    } else if constexpr (PartCarries<ReadoutMail<R>, R, Phase>) {
      readouts_.deliver(common_, phase);
    } else if constexpr (PartCarries<LearningMail<R>, R, Phase>) {
      learning_.deliver(common_, phase);
    } else if constexpr (PartCarries<SweepMail<R>, R, Phase>) {
      sweep_.deliver(common_, phase);
    } else if constexpr (PartCarries<FeedbackMail<R>, R, Phase>) {
      feedback_.deliver(common_, phase);
    } else {
      commit_.deliver(common_, phase);
    }
  }
  void commit(R scale) {
    commit_.commit(common_, scale);
    feedback_.commit(common_, scale);
  }
  void finish() {}

  Network<R>& network() { return common_.network; }
  Door& door() { return common_.exchange.door(); }
  TaughtSynapse<R> synapse(ProjectionId projection, SynapseId index, Lane lane) {
    return common_.synapses[projection].taught(index.value, lane.value);
  }
  /// The activity behind the current that a neuron heard from this synapse in this tick (0 if
  /// nothing); RTRL only, where the DENDRITE carries it.
  R behind(ProjectionId projection, SynapseId index, Lane lane) {
    return common_.synapses[projection].behind(index.value, lane.value);
  }
  void watch_trace(ProjectionId) {}  // every synapse keeps its own
  R trace(ProjectionId projection, SynapseId synapse, Lane lane) const {
    return common_.synapses[projection].trace(synapse.value, lane.value);
  }
  /// The number of synapses that phases have gone over since the build, except for messages on
  /// their way. It grows with messages, begins of trials and commits, and with nothing else.
  std::int64_t visits() const;

  /// From now on every message is shown to `watcher` once it has passed the door.
  void watch(Watcher watcher) { common_.exchange.watch(std::move(watcher)); }

  // For core/nonlocal, whose messages have queues of their own.
  /// As Exchange::send() and drain().
  template <Channel kChannel, Party kFrom, Party kTo, class M, class Emit, class EndsOf>
  requires Wire<kChannel, kFrom, kTo>
  void send(Queues<M>& queues, std::int32_t lag, std::int64_t scalars, Emit emit, EndsOf ends_of) {
    common_.exchange.template send<kChannel, kFrom, kTo>(queues, lag, scalars, emit, ends_of);
  }
  template <Channel kChannel, Party kFrom, Party kTo, class M, class ScalarsOf, class Emit, class EndsOf>
  requires Wire<kChannel, kFrom, kTo>
  void send_uneven(Queues<M>& queues, std::int32_t lag, ScalarsOf scalars_of, Emit emit, EndsOf ends_of) {
    common_.exchange.template send_uneven<kChannel, kFrom, kTo>(queues, lag, scalars_of, emit, ends_of);
  }
  template <class M, class Handle>
  void drain(Queues<M>& queues, Handle handle) {
    common_.exchange.drain(queues, handle);
  }
  const Sharding& sharding() const { return common_.sharding; }

 private:
  MailboxCommon<R> common_;
  const R* inputs_ = nullptr;  // x_1 .. x_T of the present trials (T x m x lanes)
  ForwardMail<R> forward_;
  ReadoutMail<R> readouts_;
  LearningMail<R> learning_;
  SweepMail<R> sweep_;
  CommitMail<R> commit_;
  FeedbackMail<R> feedback_;
};

}  // namespace locus
