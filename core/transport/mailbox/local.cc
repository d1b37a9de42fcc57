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
      posts_(common.sharding.shards()) {
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
void LocalMail<R>::advance(MailboxCommon<R>& common, ProjectionId p, std::int64_t synapse, std::int32_t lane,
                           const LocalPost<R>& post) {
  const Projection& projection = common.projection(p);
  const auto target = static_cast<std::size_t>(projection.target_begin + projection.target_of(synapse));
  const std::size_t own = static_cast<std::size_t>(synapse) * lanes_ + static_cast<std::size_t>(lane);
  const Synapse<R> self = common.synapses[p].learner(synapse, lane);
  R* const traces = states_[p].traces.data() + own * neurons_.rule().traces.size();
  on(LocalSynapse<R>{self.weight, self.pre, traces, self.delta}, post, neurons_.clock(target));
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
    State& state = states_[p];
    common.exchange.each_shard([&](int shard) {
      common.exchange.drain(posts_, shard, [&](int, const Envelope<LocalPost<R>>& e) {
        advance(common, p, e.receiver, e.lane, e.message);
        state.heard[static_cast<std::size_t>(e.receiver) * lanes_ + static_cast<std::size_t>(e.lane)] = 1;
      });
      const auto all = [](std::int32_t) { return true; };
      common.each_synapse(shard, p, all, [&](std::int64_t k) {
        const std::int32_t neuron = projection.target_begin + projection.target_of(k);
        for (std::int32_t lane = 0; lane < common.lanes; ++lane) {
          std::uint8_t& heard = state.heard[static_cast<std::size_t>(k) * lanes_ + static_cast<std::size_t>(lane)];
          if (heard == 0) advance(common, p, k, lane, neurons_.known(common.cell(neuron, lane)));
          heard = 0;
        }
        common.synapses[p].has_told(neuron - projection.target_begin) = 1;
      });
    });
  });
}

template class LocalMail<double>;
template class LocalMail<float>;

}  // namespace locus
