#include "core/transport/mailbox/readouts.h"

namespace locus {

template <class R>
template <Phase kPhase, class M, class MessageOf, class Handle>
void ReadoutMail<R>::deliver_targets(MailboxCommon<R>& common, Queues<M>& queues, MessageOf message_of, Handle handle) {
  const auto emit = [&](int shard) {
    if (shard != 0) return;  // the environment sits on the first shard
    for (std::int32_t k = 0; k < common.network.readouts.size; ++k) {
      auto& queue = queues.between(0, shard_of(common.sharding.readout_begin, k));
      for (std::int32_t lane = 0; lane < common.lanes; ++lane) {
        const std::optional<M> message = message_of(common.cell(k, lane));
        if (message) queue.push_back({0, k, lane, *message});
      }
    }
  };
  common.exchange.template send<kPhase>(queues, 0, emit);
  common.exchange.drain(queues, [&](int, const Envelope<M>& e) { handle(common.readout(e.receiver, e.lane), e.message); });
}

template <class R>
template <class Handle>
void ReadoutMail<R>::deliver_targets(MailboxCommon<R>& common, const R* target, const R* weight, Handle handle) {
  if (weight == nullptr) {
    const auto message_of = [&](std::size_t cell) { return std::optional(Target<R>{target[cell]}); };
    return deliver_targets<Phase::kTarget>(common, targets_, message_of, handle);
  }
  const auto message_of = [&](std::size_t cell) {
    return weight[cell] == R(0) ? std::nullopt : std::optional(WeightedTarget<R>{target[cell], weight[cell]});
  };
  deliver_targets<Phase::kWeightedTarget>(common, weighted_targets_, message_of, handle);
}

template <class R>
void ReadoutMail<R>::deliver(MailboxCommon<R>& common, const phase::Targets<R>& targets) {
  deliver_targets(common, targets.target, targets.weight, [&](Readout<R> self, auto m) { on(self, m, targets.scale); });
}

template <class R>
void ReadoutMail<R>::deliver(MailboxCommon<R>& common, const phase::Classes<R>& classes) {
  const auto emit = [&](int shard) {
    const Sharding::Range here = common.sharding.on(shard, Layer::kReadout, 0, common.network.readouts.size);
    for (std::int32_t k = here.first; k < here.last; ++k) {
      for (std::int32_t lane = 0; lane < common.lanes; ++lane) {
        const Readout<R> self = common.readout(k, lane);
        const Norm<R> message = norm(self);
        begin_norm(self);
        if (common.network.readouts.size == 1) on(self, message);
        for (std::int32_t other = 0; other < common.network.readouts.size; ++other) {
          if (other == k) continue;
          norms_.between(shard, shard_of(common.sharding.readout_begin, other)).push_back({k, other, lane, message});
        }
      }
    }
  };
  common.exchange.template send<Phase::kNorm>(norms_, 0, emit);
  // Messages come in the order of their senders; the readout's own part has its place among them.
  const std::int32_t last = common.network.readouts.size - 1;
  common.exchange.drain(norms_, [&](int, const Envelope<Norm<R>>& e) {
    const Readout<R> self = common.readout(e.receiver, e.lane);
    if (e.sender == e.receiver + 1) on(self, norm(self));
    on(self, e.message);
    if (e.receiver == last && e.sender == last - 1) on(self, norm(self));
  });
  deliver_targets(common, classes.target, classes.weight,
                  [&](Readout<R> self, auto m) { classify(self, m, classes.scale); });
}

template <class R>
ReadoutMail<R>::ReadoutMail(const MailboxCommon<R>& common)
    : targets_(common.sharding.shards()),
      weighted_targets_(common.sharding.shards()),
      norms_(common.sharding.shards()),
      slots_(common.feedback_wires.delay() + 1),
      feedbacks_(common.network.feedback.size() * static_cast<std::size_t>(slots_),
                 Queues<Feedback<R>>(common.sharding.shards())) {}

template <class R>
void ReadoutMail<R>::begin_trial(MailboxCommon<R>& common) {
  common.feedback_wires.begin_trial();
  for (Queues<Feedback<R>>& queues : feedbacks_) queues.clear();
}

template <class R>
void ReadoutMail<R>::deliver(MailboxCommon<R>& common, const phase::Feedbacks& feedbacks) {
  FeedbackWires<R>& narrow = common.feedback_wires;
  const Tick now = common.exchange.door().now();
  const Tick sent = narrow.sent(now);
  const R* const said = narrow.say(now, feedbacks.tick_has_error);
  for (std::size_t r = 0; r < common.network.feedback.size(); ++r) {
    const Projection& wires = common.network.feedback[r];
    const Column<R>& weights = common.network.feedback_synapses[r].weight;
    Queues<Feedback<R>>& leaving = queues_of(r, now);
    const auto emit = [&](int shard) {
      const Sharding::Range sources = common.sources_on(shard, wires);
      for (std::int32_t source = sources.first; source < sources.last; ++source) {
        const auto value = [&](std::int32_t lane) { return said[common.cell(source, lane)]; };
        common.tell_outgoing(
            leaving, shard, wires, source, [&](std::int32_t lane) { return spoken<Feedback<R>>(value(lane)); },
            [&](std::int64_t k, std::int32_t target, const LaneMessage<Feedback<R>>& what) {
              const R weight = weights[static_cast<std::size_t>(k)];
              return Envelope<Feedback<R>>{source, target, what.lane, feedback(value(what.lane), weight)};
            });
      }
    };
    common.exchange.template send<Phase::kFeedback>(leaving, 0, emit);
    if (sent.value < 1) continue;
    common.exchange.drain(queues_of(r, sent), [&](int, const Envelope<Feedback<R>>& e) {
      const auto synapse = [&] {
        return wires.synapse_between(e.sender - wires.source_begin, e.receiver - wires.target_begin);
      };
      if (narrow.loses() && narrow.is_lost(r, synapse(), e.lane, sent)) return;
      on(common.neuron(e.receiver, e.lane), e.message);
    });
  }
}

template class ReadoutMail<double>;
template class ReadoutMail<float>;

}  // namespace locus
