// ForwardMail: AXON and the DENDRITE that answers it, and what is under way on axons.
#pragma once

#include "core/transport/axon_lines.h"
#include "core/transport/mailbox/common.h"
#include "core/transport/phases.h"

namespace locus {

template <class R>
class ForwardMail {
 public:
  explicit ForwardMail(const MailboxCommon<R>& common);

  /// A trial begins, with h_0 under way, which W carries in tick 1.
  void begin_trial();
  /// Sends the present activities of the layer's neurons in this tick.
  void enter(Layer layer);
  /// Neurons have begun a trial late: what they hold now is what they sent last.
  void renew_neurons();
  void deliver(MailboxCommon<R>& common, const phase::Axons& axons);

 private:
  const AxonLines<R>& lines_of(const Projection& projection) const {
    return projection.source_layer == Layer::kInput ? input_lines_ : rate_lines_;
  }
  void deliver_dendrites(MailboxCommon<R>& common, ProjectionId p);

  AxonLines<R> input_lines_;
  AxonLines<R> rate_lines_;
  Queues<Axon<R>> axons_;
  Queues<Dendrite<R>> dendrites_;
};

}  // namespace locus
