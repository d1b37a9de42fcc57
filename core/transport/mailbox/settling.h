// The commit of a synapse of the mailbox, message by message or not: of a projection, or of
// feedback that learns.
//
// Cost: the handlers of core/actor/optimizer.h, once a synapse.
#pragma once

#include <optional>

#include "core/actor/optimizer.h"
#include "core/transport/mailbox/synapses.h"

namespace locus {

/// The replicas of a synapse ask for the sum of their changes, added in trial order; a second call
/// changes nothing.
template <class R>
void add_replicas(MailboxSynapses<R>& synapses, std::int64_t synapse, std::int32_t lanes) {
  R& sum = synapses.taught(synapse, 0).delta;
  for (std::int32_t lane = 1; lane < lanes; ++lane) {
    R& other = synapses.taught(synapse, lane).delta;
    sum += other;
    other = R(0);
  }
}

/// One commit of the synapses of a projection; what is referred to outlives it.
template <class R>
class Settling {
 public:
  Settling(MailboxSynapses<R>& synapses, const Optimizer& optimizer, double rate, R scale, std::int64_t number)
      : synapses_(synapses),
        optimizer_(optimizer),
        scale_(scale),
        number_(number),
        clock_{static_cast<R>(rate) * scale},
        momentum_{static_cast<R>(rate), scale, static_cast<R>(optimizer.momentum.value_or(0))} {
    if (optimizer.adam) adam_.emplace(*optimizer.adam, rate, scale, number);
  }

  void operator()(std::int64_t synapse) const {
    const TaughtSynapse<R> self = synapses_.taught(synapse, 0);
    keep_change_within(self.delta, scale_, optimizer_);
    if (optimizer_.weight_decay != 0) add_decay(self, static_cast<R>(optimizer_.weight_decay), scale_);
    if (optimizer_.shrink != 0) shrink(self.weight, static_cast<R>(optimizer_.shrink));
    if (adam_) {
      on(synapses_.adaptive(synapse), *adam_);
    } else if (optimizer_.momentum) {
      on(synapses_.descending(synapse), momentum_);
    } else {
      on(self, clock_);
    }
    keep_within(self.weight, optimizer_);
    if (optimizer_.grid) round_weight(self.weight, synapse, optimizer_, number_);
  }

 private:
  MailboxSynapses<R>& synapses_;
  const Optimizer& optimizer_;
  R scale_;
  std::int64_t number_;
  Commit<R> clock_;
  MomentumCommit<R> momentum_;
  std::optional<AdamCommit<R>> adam_;
};

}  // namespace locus
