// The mailbox's commit: the mean of the trials, CLIP where the norm of all changes is bounded, and
// what each synapse does then.
#include "core/transport/mailbox/mailbox_views.h"
#include "core/transport/no_offence.h"

namespace locus {

/// The replicas of a synapse ask for the sum of their changes, added in trial order; a second call
/// changes nothing.
template <class R>
void Mailbox<R>::add_lanes() {
  executor_(shards_, [&](int shard) {
    for (std::size_t p = 0; p < columns_.size(); ++p) {
      if (!network_.projections()[p].plastic) continue;
      const auto index = static_cast<std::int32_t>(p);
      each_synapse(shard, index, [&](std::int64_t k) {
        R& sum = synapse(ProjectionId{index}, SynapseId{k}, Lane{0}).delta;
        for (std::int32_t lane = 1; lane < network_.lanes; ++lane) {
          R& other = synapse(ProjectionId{index}, SynapseId{k}, Lane{lane}).delta;
          sum += other;
          other = R(0);
        }
      });
    }
  });
}

/// Each replica of a synapse tells its own agent what all of them ask for. The agent sits on the
/// first shard.
template <class R>
void Mailbox<R>::deliver(const phase::Squares<R>& squares) {
  add_lanes();
  for (std::size_t p = 0; p < columns_.size(); ++p) {
    if (!network_.projections()[p].plastic) continue;
    const auto index = static_cast<std::int32_t>(p);
    send<Channel::kClip, Party::kSynapse, Party::kAgent>(
        squares_, 0, 1,
        [&](int shard) {
          each_synapse(shard, index, [&](std::int64_t k) {
            const Square<R> message = square(synapse(ProjectionId{index}, SynapseId{k}, Lane{0}), squares.scale);
            for (std::int32_t lane = 0; lane < network_.lanes; ++lane)
              squares_.between(shard, 0).push_back({static_cast<std::int32_t>(k), 0, lane, message});
          });
        },
        [&](const Envelope<Square<R>>& e) {
          return Endpoints{{Party::kSynapse, index, e.sender}, {Party::kAgent, 0, 0}};
        });
    drain(squares_, [&](int, const Envelope<Square<R>>& e) { on(AgentCell<R>{squares.sums[e.lane]}, e.message); });
  }
}

template <class R>
void Mailbox<R>::deliver(const phase::Factors<R>& factors) {
  for (std::size_t p = 0; p < columns_.size(); ++p) {
    const Projection& projection = network_.projections()[p];
    if (!projection.plastic) continue;
    const auto index = static_cast<std::int32_t>(p);
    const auto& begin = shard_begin(projection.target_layer);
    send<Channel::kClip, Party::kAgent, Party::kSynapse>(
        factors_, 0, 1,
        [&](int shard) {
          if (shard != 0) return;
          for (std::int64_t k = 0; k < projection.size(); ++k) {
            const int receiver = shard_of(begin, projection.target_begin + projection.target_of(k));
            for (std::int32_t lane = 0; lane < network_.lanes; ++lane)
              factors_.between(0, receiver).push_back({0, static_cast<std::int32_t>(k), lane, {factors.factors[lane]}});
          }
        },
        [&](const Envelope<Factor<R>>& e) {
          return Endpoints{{Party::kAgent, 0, 0}, {Party::kSynapse, index, e.receiver}};
        });
    drain(factors_, [&](int, const Envelope<Factor<R>>& e) {
      on(synapse(ProjectionId{index}, SynapseId{e.receiver}, Lane{e.lane}), e.message);
    });
  }
}

template <class R>
void Mailbox<R>::commit(R scale) {
  ++network_.commits;
  add_lanes();
  const Optimizer& optimizer = learning_.optimizer;
  executor_(shards_, [&](int shard) {
    for (std::size_t p = 0; p < columns_.size(); ++p) {
      if (!network_.projections()[p].plastic) continue;
      Synapses<R>& synapses = network_.synapses[p];
      const Commit<R> clock{static_cast<R>(synapses.learning_rate) * scale};
      std::optional<AdamCommit<R>> adam;
      if (optimizer.adam) adam.emplace(*optimizer.adam, synapses.learning_rate, scale, network_.commits);
      const auto index = static_cast<std::int32_t>(p);
      each_synapse(shard, index, [&](std::int64_t k) {
        const TaughtSynapse<R> self = synapse(ProjectionId{index}, SynapseId{k}, Lane{0});
        keep_change_within(self.delta, scale, optimizer);
        if (adam) {
          const auto at = static_cast<std::size_t>(k);
          on(AdaptiveSynapse<R>{self.weight, self.delta, synapses.first[at], synapses.second[at]}, *adam);
        } else {
          on(self, clock);
        }
        keep_within(self.weight, optimizer);
      });
    }
  });
}

template void Mailbox<double>::add_lanes();
template void Mailbox<double>::deliver(const phase::Squares<double>&);
template void Mailbox<double>::deliver(const phase::Factors<double>&);
template void Mailbox<double>::commit(double);
template void Mailbox<float>::add_lanes();
template void Mailbox<float>::deliver(const phase::Squares<float>&);
template void Mailbox<float>::deliver(const phase::Factors<float>&);
template void Mailbox<float>::commit(float);

}  // namespace locus
