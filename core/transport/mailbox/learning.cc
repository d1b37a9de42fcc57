#include "core/transport/mailbox/learning.h"

namespace locus {

template <class R>
LearningMail<R>::LearningMail(const MailboxCommon<R>& common)
    : posts_(common.sharding.shards()),
      own_weights_(common.sharding.shards()),
      rate_errors_(common.sharding.shards()),
      answers_(common.sharding.shards()) {
  if (common.learning.local) local_.emplace(common);
}

template <class R>
void LearningMail<R>::begin_trial() {
  if (local_) local_->begin_trial();
}

template <class R>
void LearningMail<R>::deliver(MailboxCommon<R>& common, const phase::Errors<R>& errors) {
  const Answers<R>& answers = errors.answers;
  const auto tell = [&](ProjectionId p, const Projection& projection) {
    const bool transports = answers && projection.source_layer == Layer::kRate;
    if (projection.target_layer != Layer::kReadout || (!projection.plastic && !transports)) return;
    const auto emit = [&](int shard) {
      common.tell_incoming(posts_, shard, p, [&](std::int32_t k, std::int32_t lane) {
        const Readout<R> self = common.readout(k, lane);
        return self.epsilon != R(0) ? std::optional(post(self)) : std::nullopt;
      });
    };
    common.exchange.template send<Phase::kReadoutPost, Phase::kReadoutPostToStatic>(posts_, p, 0, emit);
    const Neurons& target = common.target_of(projection);
    const R decay = static_cast<R>(target.decay);  // which the synapse knows, as it knows the gain
    const R gain = static_cast<R>(target.gain);
    common.drain_posts(posts_, p, [&](int shard, const Envelope<Post<R>>& e) {
      const Post<R> filtered{decay, gain * e.message.gain, e.message.signal};
      if (projection.plastic) common.synapses[p].hear(e.receiver, e.lane, filtered);
      if (transports) answers_.queue(common, shard, p, e, answers);
    });
    if (transports) answers_.deliver(common, p, 0, answers);
  };
  // synapses of inputs first, as readouts sum
  for (const Layer source : {Layer::kInput, Layer::kRate}) {
    common.each_projection([&](ProjectionId p, const Projection& projection) {
      if (projection.source_layer == source) tell(p, projection);
    });
  }
}

template <class R>
void LearningMail<R>::deliver(MailboxCommon<R>& common, const phase::OwnWeights&) {
  common.exchange.each_shard([&](int shard) {
    for (const Autapse& autapse : common.network.topology->autapses) {
      if (shard_of(common.sharding.rate_begin, autapse.neuron.value) != shard) continue;
      for (std::int32_t lane = 0; lane < common.lanes; ++lane)
        on(common.neuron(autapse.neuron.value, lane), OwnWeightBegin{});
    }
  });
  for (const ProjectionId p : projections_between(*common.network.topology, Layer::kRate, Layer::kRate)) {
    const auto emit = [&](int shard) {
      for (const Autapse& autapse : common.network.topology->autapses) {
        if (autapse.projection != p || shard_of(common.sharding.rate_begin, autapse.neuron.value) != shard) continue;
        const auto k = static_cast<std::int32_t>(autapse.synapse.value);
        for (std::int32_t lane = 0; lane < common.lanes; ++lane) {
          const OwnWeight<R> message{common.synapses[p].learner(k, lane).weight};
          own_weights_.between(shard, shard).push_back({k, autapse.neuron.value, lane, message});
        }
      }
    };
    common.exchange.template send<Phase::kOwnWeight>(own_weights_, p, 0, emit);
    common.exchange.drain(
        own_weights_, [&](int, const Envelope<OwnWeight<R>>& e) { on(common.neuron(e.receiver, e.lane), e.message); });
  }
}

template <class R>
void LearningMail<R>::deliver(MailboxCommon<R>& common, const phase::Posts& posts) {
  if (local_) return local_->deliver(common, posts);
  common.each_projection([&](ProjectionId p, const Projection& projection) {
    if (!projection.plastic || projection.target_layer != Layer::kRate) return;
    MailboxSynapses<R>& synapses = common.synapses[p];
    const Neurons& target = common.target_of(projection);
    if (target.lif) {
      post_spiking(common, p, target);
    } else if (posts.tick_has_error || !synapses.has_clock()) {  // otherwise nothing is told
      post_rate(common, p);
    }
    common.drain_posts(posts_, p, [&](int, const Envelope<Post<R>>& e) { synapses.hear(e.receiver, e.lane, e.message); });
  });
}

template <class R>
void LearningMail<R>::post_rate(MailboxCommon<R>& common, ProjectionId p) {
  const bool own = common.rule.decay == DecaySource::kNeuron;
  const auto emit = [&](int shard) {
    common.tell_incoming(posts_, shard, p, [&](std::int32_t target, std::int32_t lane) {
      const RateNeuron<R> self = common.neuron(target, lane);
      const R leak = common.network.rate.leak[static_cast<std::size_t>(target)];
      const R constant = common.learning.trace_decay ? static_cast<R>(*common.learning.trace_decay) : R(1) - leak;
      return std::optional(Post<R>{own ? own_decay(self, Step<R>{leak}) : constant, self.gain, self.signal});
    });
  };
  common.exchange.template send<Phase::kConstantGainPost, Phase::kPost, Phase::kOwnDecayPost>(posts_, p, 0, emit);
}

template <class R>
void LearningMail<R>::post_spiking(MailboxCommon<R>& common, ProjectionId p, const Neurons& population) {
  const bool eprop = common.rule.decay == DecaySource::kNeuron;
  const std::optional<double>& constant = common.learning.trace_decay;
  const LifClocks<R> clocks = clocks_of(common.network.rate, population);
  const auto emit = [&](int shard) {
    common.tell_incoming(posts_, shard, p, [&](std::int32_t target, std::int32_t lane) {
      const LifNeuron<R> self = common.spiking(target, lane);
      const Lif<R> clock = clocks.of(static_cast<std::size_t>(target));
      const R decay = constant ? static_cast<R>(*constant) : clock.decay;
      const Post<R> message{decay, eprop ? self.gain : self.gain * clock.gain, self.signal};
      return has_news(self) ? std::optional(message) : std::nullopt;
    });
  };
  common.exchange.template send<Phase::kSpikingPost>(posts_, p, 0, emit);
}

template <class R>
void LearningMail<R>::deliver(MailboxCommon<R>& common, const phase::RateErrors&) {
  const FiringRate& rate = *common.learning.firing_rate;
  const RateTarget<R> clock{static_cast<R>(rate.target), static_cast<R>(rate.strength), static_cast<R>(rate.ticks)};
  common.each_projection([&](ProjectionId p, const Projection& projection) {
    if (!projection.plastic || projection.target_layer != Layer::kRate || !common.target_of(projection).lif) return;
    const auto emit = [&](int shard) {
      common.tell_incoming(rate_errors_, shard, p, [&](std::int32_t target, std::int32_t lane) {
        return std::optional(rate_error(common.spiking(target, lane), clock));
      });
    };
    common.exchange.template send<Phase::kRateError>(rate_errors_, p, 0, emit);
    common.exchange.drain(rate_errors_, [&](int, const Envelope<RateError<R>>& e) {
      common.synapses[p].hear(e.receiver, e.lane, e.message);
    });
  });
}

template class LearningMail<double>;
template class LearningMail<float>;

}  // namespace locus
