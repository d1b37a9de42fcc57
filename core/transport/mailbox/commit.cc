#include "core/transport/mailbox/commit.h"

#include "core/actor/agent_cell.h"
#include "core/transport/mailbox/settling.h"

namespace locus {
namespace {

/// Calls visit(p) for the plastic projections.
template <class R, class Visit>
void each_plastic(const MailboxCommon<R>& common, Visit visit) {
  common.each_projection([&](ProjectionId p, const Projection& projection) {
    if (projection.plastic) visit(p);
  });
}

/// Calls visit(synapse) for the synapses of the shard that a commit may change.
template <class R, class Visit>
void each_changed(MailboxCommon<R>& common, int shard, ProjectionId p, Visit visit) {
  const bool all = common.optimizer(p).moves_all() || tells_changes(common.rule.drive);
  common.each_synapse(
      shard, p, [&](std::int32_t target) { return all || common.synapses[p].has_told(target) != 0; }, visit);
}

}  // namespace

template <class R>
void CommitMail<R>::add_lanes(MailboxCommon<R>& common) const {
  if (common.lanes == 1) return;
  common.exchange.each_shard([&](int shard) {
    each_plastic(common, [&](ProjectionId p) {
      each_changed(common, shard, p, [&](std::int64_t k) { add_replicas(common.synapses[p], k, common.lanes); });
    });
  });
}

template <class R>
void CommitMail<R>::deliver(MailboxCommon<R>& common, const phase::Squares<R>& squares) {
  add_lanes(common);
  each_plastic(common, [&](ProjectionId p) {
    const auto emit = [&](int shard) {
      const auto all = [](std::int32_t) { return true; };
      common.each_synapse(shard, p, all, [&](std::int64_t k) {
        const Square<R> message = square(common.synapses[p].taught(k, 0), squares.scale);
        for (std::int32_t lane = 0; lane < common.lanes; ++lane)
          squares_.between(shard, 0).push_back({static_cast<std::int32_t>(k), 0, lane, message});
      });
    };
    common.exchange.template send<Phase::kSquare>(squares_, p, 0, emit);
    common.exchange.drain(
        squares_, [&](int, const Envelope<Square<R>>& e) { on(AgentCell<R>{squares.sums[e.lane]}, e.message); });
  });
}

template <class R>
void CommitMail<R>::deliver(MailboxCommon<R>& common, const phase::Factors<R>& factors) {
  each_plastic(common, [&](ProjectionId p) {
    const Projection& projection = common.projection(p);
    const std::vector<std::int32_t>& begin = common.sharding.begin_of(projection.target_layer);
    const auto emit = [&](int shard) {
      if (shard != 0) return;
      for (std::int64_t k = 0; k < projection.size(); ++k) {
        auto& queue = factors_.between(0, shard_of(begin, projection.target_begin + projection.target_of(k)));
        for (std::int32_t lane = 0; lane < common.lanes; ++lane)
          queue.push_back({0, static_cast<std::int32_t>(k), lane, {factors.factors[lane]}});
      }
    };
    common.exchange.template send<Phase::kFactor>(factors_, p, 0, emit);
    common.exchange.drain(factors_, [&](int, const Envelope<Factor<R>>& e) {
      on(common.synapses[p].taught(e.receiver, e.lane), e.message);
    });
  });
}

template <class R>
void CommitMail<R>::commit(MailboxCommon<R>& common, R scale) {
  Network<R>& network = common.network;
  ++network.commits;
  add_lanes(common);
  common.exchange.each_shard([&](int shard) {
    each_plastic(common, [&](ProjectionId p) {
      MailboxSynapses<R>& synapses = common.synapses[p];
      const Settling<R> settle(synapses, common.optimizer(p), network.synapses[p].learning_rate, scale, network.commits);
      each_changed(common, shard, p, settle);
      const Projection& projection = common.projection(p);
      const Sharding::Range targets = common.targets_on(shard, projection);
      for (std::int32_t target = targets.first; target < targets.last; ++target)
        synapses.has_told(target - projection.target_begin) = 0;
    });
  });
}

template class CommitMail<double>;
template class CommitMail<float>;

}  // namespace locus
