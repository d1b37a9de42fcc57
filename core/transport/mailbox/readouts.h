// ReadoutMail: TARGET to the readouts, NORM between them, FEEDBACK from them.
#pragma once

#include "core/transport/mailbox/common.h"
#include "core/transport/phases.h"

namespace locus {

template <class R>
class ReadoutMail {
 public:
  explicit ReadoutMail(const MailboxCommon<R>& common);

  /// Messages on their way at the end of the last trial are lost.
  void begin_trial(MailboxCommon<R>& common);

  void deliver(MailboxCommon<R>& common, const phase::Targets<R>& targets);
  /// NORM from every readout to every other, then TARGET.
  void deliver(MailboxCommon<R>& common, const phase::Classes<R>& classes);
  void deliver(MailboxCommon<R>& common, const phase::Feedbacks& feedbacks);

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
  // over slow wires a message waits in the queues of its tick; (parts of R x ticks under way)
  Queues<Feedback<R>>& queues_of(std::size_t part, Tick tick) {
    const auto slots = static_cast<std::size_t>(slots_);
    return feedbacks_[part * slots + static_cast<std::size_t>(tick.value) % slots];
  }
  std::int32_t slots_;
  std::vector<Queues<Feedback<R>>> feedbacks_;
};

}  // namespace locus
