// AnswerMail: TRANSPORT, the answer of a synapse to its POST under rules that carry errors back
// over weights.
#pragma once

#include "core/actor/agent_cell.h"
#include "core/transport/mailbox/common.h"
#include "core/transport/phases.h"

namespace locus {

template <class R>
class AnswerMail {
 public:
  explicit AnswerMail(int shards) : transports_(shards) {}

  /// The synapse that heard this POST queues its answer; its shard calls this.
  void queue(MailboxCommon<R>& common, int shard, ProjectionId p, const Envelope<Post<R>>& post, const Answers<R>& answers);
  /// The answers pass and are summed, if `answers` is not empty.
  void deliver(MailboxCommon<R>& common, ProjectionId p, std::int32_t lag, const Answers<R>& answers);

 private:
  Queues<Transport<R>> transports_;
};

}  // namespace locus
