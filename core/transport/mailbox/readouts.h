// ReadoutMail: TARGET to the readouts, and NORM between them.
#pragma once

#include "core/transport/mailbox/common.h"
#include "core/transport/phases.h"

namespace locus {

template <class R>
class ReadoutMail {
 public:
  explicit ReadoutMail(int shards) : targets_(shards), weighted_targets_(shards), norms_(shards) {}

  void deliver(MailboxCommon<R>& common, const phase::Targets<R>& targets);
  /// NORM from every readout to every other, then TARGET.
  void deliver(MailboxCommon<R>& common, const phase::Classes<R>& classes);

 private:
  /// handle(readout, message). Weight null: 1 for all.
  template <class Handle>
  void deliver_targets(MailboxCommon<R>& common, const R* target, const R* weight, Handle handle);
  /// message_of(cell): what the environment tells a readout, or nothing.
  template <Phase kPhase, class M, class MessageOf, class Handle>
  void deliver_targets(MailboxCommon<R>& common, Queues<M>& queues, MessageOf message_of, Handle handle);

  Queues<Target<R>> targets_;
  Queues<WeightedTarget<R>> weighted_targets_;
  Queues<Norm<R>> norms_;
};

}  // namespace locus
