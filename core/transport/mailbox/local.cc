#include "core/transport/mailbox/local.h"

#include <algorithm>

namespace locus {
namespace {

bool learns_by_text(const Projection& projection) {
  return projection.plastic && projection.target_layer == Layer::kRate;
}

}  // namespace

template <class R>
LocalMail<R>::LocalMail(const MailboxCommon<R>& common)
    : neurons_(common.network, common.learning),
      lanes_(static_cast<std::size_t>(common.lanes)),
      posts_(common.sharding.shards()),
      rewards_(common.sharding.shards()) {
  for (const Projection& projection : common.network.projections()) {
    State state;
    if (learns_by_text(projection)) {
      const std::size_t cells = static_cast<std::size_t>(projection.size()) * lanes_;
      state.traces.assign(cells * neurons_.rule().traces.size(), R(0));
      state.heard.assign(cells, 0);
    }
    states_.push_back(std::move(state));
  }
}

template <class R>
void LocalMail<R>::begin_trial() {
  neurons_.begin_trial();
  for (State& state : states_) std::ranges::fill(state.traces, R(0));
}

template <class R>
LocalSynapse<R> LocalMail<R>::synapse(MailboxCommon<R>& common, ProjectionId p, std::int64_t synapse, std::int32_t lane) {
  const std::size_t own = static_cast<std::size_t>(synapse) * lanes_ + static_cast<std::size_t>(lane);
  const Synapse<R> self = common.synapses[p].learner(synapse, lane);
  return {self.weight, self.pre, states_[p].traces.data() + own * neurons_.rule().traces.size(), self.delta};
}

template <class R>
LocalClock<R> LocalMail<R>::clock(const MailboxCommon<R>& common, ProjectionId p, std::int64_t synapse) const {
  const Projection& projection = common.projection(p);
  return neurons_.clock(static_cast<std::size_t>(projection.target_begin + projection.target_of(synapse)));
}

template <class R>
template <class Visit>
void LocalMail<R>::each_unheard(MailboxCommon<R>& common, int shard, ProjectionId p, Visit visit) {
  const Projection& projection = common.projection(p);
  const auto all = [](std::int32_t) { return true; };
  common.each_synapse(shard, p, all, [&](std::int64_t k) {
    for (std::int32_t lane = 0; lane < common.lanes; ++lane) {
      if (heard(p, k, lane) == 0) visit(k, lane);
      heard(p, k, lane) = 0;
    }
    common.synapses[p].has_told(projection.target_of(k)) = 1;
  });
}

template <class R>
void LocalMail<R>::deliver(MailboxCommon<R>& common, const phase::Rewards<R>& rewards) {
  common.exchange.each_shard([&](int shard) {
    const auto here = common.sharding.on(shard, Layer::kRate, 0, common.network.rate.size);
    neurons_.silence_reward(here.first, here.last);
  });
  const auto emit = [&](int shard) {
    if (shard != 0) return;  // the environment sits on the first shard
    for (std::int32_t k = 0; k < common.network.rate.size; ++k) {
      auto& queue = rewards_.between(0, shard_of(common.sharding.rate_begin, k));
      for (std::int32_t lane = 0; lane < common.lanes; ++lane) {
        if (rewards.value[lane] != R(0)) queue.push_back({0, k, lane, Reward<R>{rewards.value[lane]}});
      }
    }
  };
  // the rows of rewards differ in their ticks alone
  common.exchange.template send<Phase::kReward>(rewards_, 0, emit);
  common.exchange.drain(
      rewards_, [&](int, const Envelope<Reward<R>>& e) { neurons_.hear(common.cell(e.receiver, e.lane), e.message); });
}

template <class R>
void LocalMail<R>::deliver(MailboxCommon<R>& common, const phase::Posts& posts) {
  common.exchange.each_shard([&](int shard) {
    const auto here = common.sharding.on(shard, Layer::kRate, 0, common.network.rate.size);
    neurons_.tick(here.first, here.last, posts.tick_has_error);
  });
  common.each_projection([&](ProjectionId p, const Projection& projection) {
    if (!learns_by_text(projection)) return;
    const Population& target = common.network.topology->target_of(projection);
    if (neurons_.speaks(target, posts.tick_has_error)) {
      const auto emit = [&](int shard) {
        common.tell_incoming(posts_, shard, p, [&](std::int32_t neuron, std::int32_t lane) {
          const std::size_t cell = common.cell(neuron, lane);
          const bool says = !target.spiking || neurons_.has_news(cell);
          return says ? std::optional(neurons_.post(cell)) : std::nullopt;
        });
      };
      common.exchange.template send<Phase::kLocalPost, Phase::kLocalErrorPost, Phase::kLocalConstantPost,
                                    Phase::kLocalConstantErrorPost, Phase::kLocalSpikingPost>(posts_, p, 0, emit);
    }
    common.exchange.each_shard([&](int shard) {
      common.exchange.drain(posts_, shard, [&](int, const Envelope<LocalPost<R>>& e) {
        on(synapse(common, p, e.receiver, e.lane), e.message, clock(common, p, e.receiver));
        heard(p, e.receiver, e.lane) = 1;
      });
      each_unheard(common, shard, p, [&](std::int64_t k, std::int32_t lane) {
        const std::int32_t neuron = projection.target_begin + projection.target_of(k);
        on(synapse(common, p, k, lane), neurons_.known(common.cell(neuron, lane)), clock(common, p, k));
      });
    });
  });
}

/// Synapses whose neuron says nothing know that all numbers of the payload are 0.
template <class R>
void LocalMail<R>::deliver(MailboxCommon<R>& common, const phase::LocalEnds& ends) {
  common.exchange.each_shard([&](int shard) {
    const auto here = common.sharding.on(shard, Layer::kRate, 0, common.network.rate.size);
    neurons_.end(here.first, here.last, ends.tick_has_error);
  });
  common.each_projection([&](ProjectionId p, const Projection& projection) {
    if (!learns_by_text(projection)) return;
    const bool spiking = common.network.topology->target_of(projection).spiking;
    if (neurons_.rule().posts.end_scalars > 0) {
      const auto emit = [&](int shard) {
        common.tell_incoming(posts_, shard, p, [&](std::int32_t neuron, std::int32_t lane) {
          const std::size_t cell = common.cell(neuron, lane);
          const bool says = !spiking || neurons_.has_end_news(cell);
          return says ? std::optional(neurons_.end_post(cell)) : std::nullopt;
        });
      };
      common.exchange.template send<Phase::kLocalEndPost, Phase::kLocalSpikingEndPost>(posts_, p, 0, emit);
    }
    common.exchange.each_shard([&](int shard) {
      common.exchange.drain(posts_, shard, [&](int, const Envelope<LocalPost<R>>& e) {
        on_end(synapse(common, p, e.receiver, e.lane), e.message, clock(common, p, e.receiver));
        heard(p, e.receiver, e.lane) = 1;
      });
      each_unheard(common, shard, p, [&](std::int64_t k, std::int32_t lane) {
        on_end(synapse(common, p, k, lane), LocalPost<R>{}, clock(common, p, k));
      });
    });
  });
}

template class LocalMail<double>;
template class LocalMail<float>;

}  // namespace locus
