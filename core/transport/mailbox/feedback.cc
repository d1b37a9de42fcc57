#include "core/transport/mailbox/feedback.h"

#include "core/transport/mailbox/settling.h"

namespace locus {

template <class R>
FeedbackMail<R>::FeedbackMail(MailboxCommon<R>& common)
    : posts_(common.sharding.shards()), synapses_(common.network.feedback.size()), activity_(common.network) {
  Network<R>& network = common.network;
  for (std::size_t r = 0; r < synapses_.size(); ++r) {
    const Projection& wires = network.feedback[r];
    optimizers_.push_back(optimizer_of(common.learning, wires));
    if (wires.plastic)
      synapses_[r].emplace(wires, network.feedback_synapses[r], common.lanes, common.sharding.shards(),
                           SynapseClocks<R>{{SynapseClock<R>{}}}, false);
  }
}

template <class R>
void FeedbackMail<R>::carry(MailboxCommon<R>& common, std::size_t r, int shard) {
  const Projection& wires = common.network.feedback[r];
  const Sharding::Range sources = common.sources_on(shard, wires);
  for (std::int32_t source = sources.first; source < sources.last; ++source) {
    const std::int64_t last = wires.begin_of(source - wires.source_begin + 1);
    for (std::int64_t k = wires.begin_of(source - wires.source_begin); k < last; ++k) {
      for (std::int32_t lane = 0; lane < common.lanes; ++lane)
        synapses_[r]->learner(k, lane).pre = common.readout(source, lane).epsilon;
    }
  }
}

template <class R>
void FeedbackMail<R>::deliver(MailboxCommon<R>& common, const phase::FeedbackPosts&) {
  const R* const activity = activity_.values();
  for (std::size_t r = 0; r < synapses_.size(); ++r) {
    if (!synapses_[r]) continue;
    common.exchange.each_shard([&](int shard) { carry(common, r, shard); });
    const auto emit = [&](int shard) {
      common.tell_incoming(posts_, shard, common.network.feedback[r], *synapses_[r],
                           [&](std::int32_t target, std::int32_t lane) {
                             return spoken<FeedbackPost<R>>(activity[common.cell(target, lane)]);
                           });
    };
    common.exchange.template send<Phase::kFeedbackPost>(posts_, common.network.feedback_id(r), 0, emit);
    common.exchange.drain(posts_, [&](int, const Envelope<FeedbackPost<R>>& e) {
      on(synapses_[r]->learner(e.receiver, e.lane), e.message);
    });
  }
}

template <class R>
void FeedbackMail<R>::commit(MailboxCommon<R>& common, R scale) {
  common.exchange.each_shard([&](int shard) {
    for (std::size_t r = 0; r < synapses_.size(); ++r) {
      if (!synapses_[r]) continue;
      const double rate = common.network.feedback_synapses[r].learning_rate;
      const Settling<R> settle(*synapses_[r], optimizers_[r], rate, scale, common.network.commits);
      const auto all = [](std::int32_t) { return true; };
      common.each_synapse(shard, common.network.feedback[r], *synapses_[r], all, [&](std::int64_t k) {
        add_replicas(*synapses_[r], k, common.lanes);
        settle(k);
      });
    }
  });
}

template class FeedbackMail<double>;
template class FeedbackMail<float>;

}  // namespace locus
