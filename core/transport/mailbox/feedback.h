// FeedbackMail: POST to the synapses of R where feedback learns, and their commit.
//
// A synapse of R sits with its rate neuron, as others sit with their targets. It keeps the error
// that it carries in this tick; its neuron then tells it its activity. Beside readouts with memory
// the neuron filters its activity as their synapses do.
// Cost: a queue entry a message, and the state of the synapses; nothing where feedback is fixed.
// Source: Kolen & Pollack, ICNN 1994; Akrout et al., NeurIPS 2019.
#pragma once

#include <optional>
#include <vector>

#include "core/transport/mailbox/common.h"
#include "core/transport/mirrored_activity.h"
#include "core/transport/phases.h"

namespace locus {

template <class R>
class FeedbackMail {
 public:
  explicit FeedbackMail(MailboxCommon<R>& common);

  void begin_trial() { activity_.begin_trial(); }
  /// The clock of neurons that filter their activity.
  void tick() { activity_.tick(); }
  void deliver(MailboxCommon<R>& common, const phase::FeedbackPosts&);
  void commit(MailboxCommon<R>& common, R scale);

 private:
  /// The error that a synapse carries in this tick, 0 from a readout without an error.
  void carry(MailboxCommon<R>& common, std::size_t r, int shard);

  Queues<FeedbackPost<R>> posts_;
  std::vector<std::optional<MailboxSynapses<R>>> synapses_;  // by feedback; empty where it is fixed
  std::vector<Optimizer> optimizers_;                        // by feedback
  MirroredActivity<R> activity_;
};

}  // namespace locus
