#include "core/transport/mailbox/sweep.h"

#include <algorithm>

namespace locus {
template <class R>
SweepMail<R>::SweepMail(const MailboxCommon<R>& common)
    : adjoints_(common.sharding.shards()),
      replays_(common.sharding.shards()),
      posts_(common.sharding.shards()),
      answers_(common.sharding.shards()) {
  if (common.rule.drive != Drive::kSweep) return;
  std::int32_t wait = 0;
  for (const Projection& projection : common.network.projections()) wait = std::max(wait, projection.wait);
  const std::size_t slots = static_cast<std::size_t>(common.learning.depth) + static_cast<std::size_t>(wait) + 1;
  inputs_.assign(slots, Column<R>(common.cell(common.network.inputs.size, 0)));
  activities_.assign(slots, Column<R>(common.cell(common.network.rate.size, 0)));
  gains_.assign(slots, Column<R>(common.cell(common.network.rate.size, 0)));
  const auto recalls = [](const Population& population) { return population.recalls_voltage; };
  if (std::ranges::any_of(common.network.topology->populations, recalls))
    voltages_.assign(slots, Column<R>(common.cell(common.network.rate.size, 0)));
}

template <class R>
void SweepMail<R>::keep(const Network<R>& network, Layer layer, Tick now) {
  if (inputs_.empty()) return;
  if (layer == Layer::kInput) {
    inputs_[slot(now)] = network.inputs.activity;
    return;
  }
  activities_[slot(now)] = network.rate.activity;
  gains_[slot(now)] = network.rate.gain;
  if (!voltages_.empty()) voltages_[slot(now)] = network.rate.lif.voltage;
}

template <class R>
const R* SweepMail<R>::sent(const Projection& projection, Tick arrival) const {
  const bool from_input = projection.source_layer == Layer::kInput;
  const Tick tick{arrival.value - projection.delay()};
  if (tick < Tick{from_input ? 1 : 0}) return nullptr;  // before the first tick nothing was but h_0
  return (from_input ? inputs_ : activities_)[slot(tick)].data();
}

template <class R>
void SweepMail<R>::deliver(MailboxCommon<R>& common, const phase::Adjoints<R>& adjoints) {
  const auto emit = [&](int shard) {
    if (shard != 0) return;  // the agent sits on the first shard
    for (std::int32_t i = 0; i < common.network.rate.size; ++i) {
      auto& queue = adjoints_.between(0, shard_of(common.sharding.rate_begin, i));
      for (std::int32_t lane = 0; lane < common.lanes; ++lane)
        queue.push_back({0, i, lane, {adjoints.delta[common.cell(i, lane)]}});
    }
  };
  common.exchange.template send<Phase::kAdjoint>(adjoints_, adjoints.lag, emit);
  common.exchange.drain(adjoints_,
                        [&](int, const Envelope<Adjoint<R>>& e) { on(common.neuron(e.receiver, e.lane), e.message); });
  if (adjoints.lag > 0) return;
  common.exchange.each_shard([&](int shard) {
    common.each_spiking(
        shard, [&](std::int32_t i, std::int32_t lane, const Neurons&) { on(common.spiking(i, lane), SweepBegin{}); });
  });
}

template <class R>
void SweepMail<R>::deliver(MailboxCommon<R>& common, const phase::Replays& replays) {
  common.each_projection([&](ProjectionId p, const Projection& projection) {
    if (!projection.plastic || projection.target_layer != Layer::kRate) return;
    const R* const past = sent(projection, replays.revisited);
    const auto emit = [&](int shard) {
      if (past == nullptr) return;
      const Sharding::Range sources = common.sources_on(shard, projection);
      for (std::int32_t source = sources.first; source < sources.last; ++source) {
        common.tell_outgoing(
            replays_, shard, projection, source,
            [&](std::int32_t lane) { return spoken<Replay<R>>(past[common.cell(source, lane)]); },
            [&](std::int64_t k, std::int32_t, const LaneMessage<Replay<R>>& said) {
              return Envelope<Replay<R>>{source, static_cast<std::int32_t>(k), said.lane, said.message};
            });
      }
    };
    common.exchange.template send<Phase::kReplayB, Phase::kReplayW>(replays_, p, replays.lag, emit);
    common.drain_axons(replays_, p, [&](int shard, const Envelope<Replay<R>>& e) {
      common.synapses[p].hear(shard, e.receiver, e.lane, e.message);
    });
  });
}

/// Spiking neurons recall the revisited tick: psi, and what their reset needs.
template <class R>
void SweepMail<R>::revisit_spiking(const MailboxCommon<R>& common, int shard, Tick revisited) {
  const Column<R>& gains = gains_[slot(revisited)];
  const Column<R>& spikes = activities_[slot(revisited)];
  const R* const voltages = voltages_.empty() ? nullptr : voltages_[slot(revisited)].data();
  for (const Neurons& population : common.network.rate.populations) {
    if (!population.lif) continue;
    const LifClocks<R> clocks = clocks_of(common.network.rate, population);
    const Sharding::Range here = common.sharding.on(shard, Layer::kRate, population.begin, population.size);
    dispatch_kind(*population.lif, population.is_plain, [&]<class K>(K) {
      for (std::int32_t i = here.first; i < here.last; ++i) {
        const Lif<R> clock = clocks.of(static_cast<std::size_t>(i));
        for (std::int32_t lane = 0; lane < common.lanes; ++lane) {
          const LifNeuron<R> self = common.spiking(i, lane);
          const std::size_t cell = common.cell(i, lane);
          self.gain = gains[cell];
          revisit<K>(self, clock, Recalled<R>{voltages == nullptr ? R(0) : voltages[cell], spikes[cell]});
        }
      }
    });
  }
}

template <class R>
void SweepMail<R>::deliver(MailboxCommon<R>& common, const phase::PostsBack<R>& posts) {
  const Column<R>& gains = gains_[slot(posts.revisited)];
  common.exchange.each_shard([&](int shard) { revisit_spiking(common, shard, posts.revisited); });
  common.each_projection([&](ProjectionId p, const Projection& projection) {
    const bool answers = projection.source_layer == Layer::kRate && posts.answers.sums_of(common.network, p) != nullptr;
    if (projection.target_layer != Layer::kRate || !(projection.plastic || answers)) return;
    const auto send = [&](auto post_of) {
      const auto emit = [&](int shard) {
        common.tell_incoming(posts_, shard, p, [&](std::int32_t target, std::int32_t lane) {
          return std::optional(post_of(target, lane));
        });
      };
      common.exchange.template send<Phase::kPostBack, Phase::kPostBackToStatic>(posts_, p, posts.lag, emit);
    };
    if (const Neurons& population = common.target_of(projection); population.lif) {
      const LifClocks<R> clocks = clocks_of(common.network.rate, population);
      dispatch_kind(*population.lif, population.is_plain, [&]<class K>(K) {
        send([&](std::int32_t target, std::int32_t lane) {
          return post_back<K>(common.spiking(target, lane), clocks.of(static_cast<std::size_t>(target)));
        });
      });
    } else {
      send([&](std::int32_t target, std::int32_t lane) {
        return Post<R>{R(0), gains[common.cell(target, lane)], common.neuron(target, lane).signal};
      });
    }
    common.drain_posts(posts_, p, [&](int shard, const Envelope<Post<R>>& e) {
      if (projection.plastic) common.synapses[p].hear(e.receiver, e.lane, e.message);
      if (answers) answers_.queue(common, shard, p, e, posts.answers);
    });
    if (answers) answers_.deliver(common, p, posts.lag, posts.answers);
  });
}

template class SweepMail<double>;
template class SweepMail<float>;

}  // namespace locus
