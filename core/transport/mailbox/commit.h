// CommitMail: CLIP, where the norm of all changes is bounded, and the commit: the mean of the
// trials, and what each synapse does then.
//
// A commit goes over the synapses whose target has told them something since the last one; over all
// of them where the optimizer moves weights without a change (moments, decay, bounds), and under
// RTRL, where any neuron may tell any synapse.
#pragma once

#include "core/transport/mailbox/common.h"
#include "core/transport/phases.h"

namespace locus {

template <class R>
class CommitMail {
 public:
  explicit CommitMail(int shards) : squares_(shards), factors_(shards) {}

  /// Each replica of a synapse tells its own agent what all of them ask for. The agent sits on the
  /// first shard.
  void deliver(MailboxCommon<R>& common, const phase::Squares<R>& squares);
  void deliver(MailboxCommon<R>& common, const phase::Factors<R>& factors);
  void commit(MailboxCommon<R>& common, R scale);

 private:
  /// The replicas of a synapse ask for the sum of their changes, added in trial order; a second
  /// call changes nothing.
  void add_lanes(MailboxCommon<R>& common) const;

  Queues<Square<R>> squares_;
  Queues<Factor<R>> factors_;
};

}  // namespace locus
