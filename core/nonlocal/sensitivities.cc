#include "core/nonlocal/sensitivities.h"

#include <algorithm>
#include <utility>

#include "core/protocol/phase_table.h"
#include "core/transport/no_offence.h"
#include "core/transport/pass.h"

namespace locus {
template <class R>
Sensitivities<R>::Sensitivities(const Network<R>& network)
    : neurons_(network.rate.size),
      lanes_(network.lanes),
      recurrent_(projections_between(*network.topology, Layer::kRate, Layer::kRate)) {
  for (std::size_t p = 0; p < network.projections().size(); ++p) {
    const Projection& projection = network.projections()[p];
    if (!projection.plastic || projection.target_layer != Layer::kRate) continue;
    ranges_.push_back({static_cast<std::int32_t>(p), size_, projection.size()});
    size_ += projection.size();
    biases_ += projection.is_bias ? projection.size() : 0;
  }
  const auto all = static_cast<std::size_t>(size_) * static_cast<std::size_t>(neurons_) * static_cast<std::size_t>(lanes_);
  sensitivities_.assign(all, R(0));
  next_.assign(all, R(0));
}

template <class R>
SensitiveNeuron<R> Sensitivities<R>::neuron(std::int32_t index, std::int32_t lane) {
  const std::ptrdiff_t first = (std::ptrdiff_t{lane} * neurons_ + index) * size_;
  return {next_.data() + first, sensitivities_.data() + first, size_};
}

template <class R>
void Sensitivities<R>::begin_trial() {
  std::ranges::fill(sensitivities_, R(0));
  std::ranges::fill(next_, R(0));
}

/// The second scalar of a DENDRITE: the activity of the source of the neuron's own synapse
/// theta = (k, j).
template <class R>
template <class T>
void Sensitivities<R>::hear_own(T& transport) {
  for (const Range& range : ranges_) {
    const Projection& projection = transport.network().projections()[ProjectionId{range.projection}];
    for (std::int64_t k = 0; k < range.size; ++k) {
      const std::int32_t target = projection.target_begin + projection.target_of(k);
      for (std::int32_t lane = 0; lane < lanes_; ++lane) {
        neuron(target, lane).next[range.begin + k] +=
            transport.behind(ProjectionId{range.projection}, SynapseId{k}, Lane{lane});
      }
    }
  }
}

/// Calls visit(source, target, weight) for every synapse of W, projection by projection.
template <class R>
template <class Visit>
void Sensitivities<R>::each_recurrent(const Network<R>& network, Visit visit) const {
  for (const ProjectionId p : recurrent_) {
    const Projection& projection = network.projections()[p];
    for (std::int64_t k = 0; k < projection.size(); ++k) {
      visit(projection.source_begin + projection.source_of(k), projection.target_begin + projection.target_of(k),
            network.synapses[p].weight[static_cast<std::size_t>(k)]);
    }
  }
}

template <class R>
void Sensitivities<R>::adopt(int shards) {
  if (influences_.shards() == shards) return;
  influences_ = Queues<Influence<R>>(shards);
  posts_ = Queues<Sensitivity<R>>(shards);
  gathers_ = Queues<Gather<R>>(shards);
}

template <class R>
void Sensitivities<R>::hear(Mailbox<R>& transport) {
  const Network<R>& network = transport.network();
  if (transport.door().now() > Tick{1}) {
    const auto& begin = transport.sharding().rate_begin;
    adopt(transport.sharding().shards());
    transport.template send<Channel::kInfluence, Party::kRate, Party::kRate>(
        influences_, 0, size_,
        [&](int shard) {
          each_recurrent(network, [&](std::int32_t source, std::int32_t target, R weight) {
            if (shard_of(begin, source) != shard) return;
            auto& queue = influences_.between(shard, shard_of(begin, target));
            for (std::int32_t lane = 0; lane < lanes_; ++lane) {
              queue.push_back({source, target, lane, {neuron(source, lane).sensitivities, weight, size_}});
            }
          });
        },
        [](const Envelope<Influence<R>>& e) {
          return Endpoints{{Party::kRate, 0, e.sender}, {Party::kRate, 0, e.receiver}};
        });
    transport.drain(influences_, [&](int, const Envelope<Influence<R>>& e) { on(neuron(e.receiver, e.lane), e.message); });
  }
  hear_own(transport);
}

template <class R>
void Sensitivities<R>::hear(Columns<R>& transport) {
  const Network<R>& network = transport.network();
  if (transport.door().now() > Tick{1}) {
    std::int64_t synapses = 0;
    for (const ProjectionId p : recurrent_) synapses += network.projections()[p].size();
    transport.door().template pass<Channel::kInfluence, Party::kRate, Party::kRate>(0, synapses * lanes_, size_, [&] {
      std::pair first(neurons_, neurons_);  // the smallest (sender, receiver) pair
      each_recurrent(network, [&](std::int32_t source, std::int32_t target, R) {
        first = std::min(first, std::pair(source, target));
      });
      return Endpoints{{Party::kRate, 0, first.first}, {Party::kRate, 0, first.second}};
    });
    Traffic* const traffic = transport.door().traffic();
    each_recurrent(network, [&](std::int32_t source, std::int32_t target, R weight) {
      for (std::int32_t lane = 0; lane < lanes_; ++lane) {
        if (traffic != nullptr) traffic->add(stream_of(Phase::kInfluence), 0, source, lane, 1);
        on(neuron(target, lane), Influence<R>{neuron(source, lane).sensitivities, weight, size_});
      }
    });
  }
  hear_own(transport);
}

template <class R>
void Sensitivities<R>::step_neurons(const Network<R>& network) {
  for (std::int32_t i = 0; i < neurons_; ++i) {
    for (std::int32_t lane = 0; lane < lanes_; ++lane) {
      const R gain = network.rate.gain[cell(i, lane)];
      step(neuron(i, lane), Step<R>{network.rate.leak[static_cast<std::size_t>(i)]}, gain);
    }
  }
}

/// Calls visit(theta, target of theta) for theta = 0 .. N - 1.
template <class R>
template <class Visit>
void Sensitivities<R>::each_theta(const Network<R>& network, Visit visit) const {
  for (const Range& range : ranges_) {
    const Projection& projection = network.projections()[ProjectionId{range.projection}];
    for (std::int64_t k = 0; k < range.size; ++k) {
      visit(range.begin + k, projection.target_begin + projection.target_of(k));
    }
  }
}

template <class R>
typename Sensitivities<R>::Place Sensitivities<R>::place_of(std::int64_t theta) const {
  const auto after = std::ranges::upper_bound(ranges_, theta, {}, &Range::begin);
  const Range& range = *(after - 1);
  return {range.projection, theta - range.begin};
}

template <class R>
void Sensitivities<R>::teach(Mailbox<R>& transport) {
  const Network<R>& network = transport.network();
  const auto& begin = transport.sharding().rate_begin;
  const auto ends = [&](const auto& e) {
    const Place place = place_of(e.receiver);
    return Endpoints{{Party::kRate, 0, e.sender}, {Party::kSynapse, place.projection, place.synapse}};
  };
  const auto handle = [&](int, const auto& e) {
    const Place place = place_of(e.receiver);
    on(transport.synapse(ProjectionId{place.projection}, SynapseId{place.synapse}, Lane{e.lane}), e.message);
  };
  /// Sends neuron i's messages to its own synapses, or to all others: say(i, theta, lane, receiving
  /// shard, sensitivity, signal).
  const auto each_message = [&](int shard, bool own, auto say) {
    const auto s = static_cast<std::size_t>(shard);
    for (std::int32_t i = begin[s]; i < begin[s + 1]; ++i) {
      each_theta(network, [&](std::int64_t theta, std::int32_t target) {
        if ((target == i) != own) return;
        for (std::int32_t lane = 0; lane < lanes_; ++lane) {
          const R signal = network.rate.signal[cell(i, lane)];
          say(i, static_cast<std::int32_t>(theta), lane, shard_of(begin, target), neuron(i, lane).sensitivities[theta],
              signal);
        }
      });
    }
  };
  adopt(transport.sharding().shards());
  transport.template send<Channel::kPost, Party::kRate, Party::kSynapse>(
      posts_, 0, row(Phase::kSensitivityPost).scalars,
      [&](int shard) {
        each_message(shard, true, [&](auto i, auto theta, auto lane, int to, R sensitivity, R signal) {
          const Envelope<Sensitivity<R>> post{i, theta, lane, {sensitivity, signal}};
          if (network.projections()[ProjectionId{place_of(theta).projection}].is_bias) return handle(shard, post);
          posts_.between(shard, to).push_back(post);
        });
      },
      ends);
  transport.drain(posts_, handle);
  transport.template send<Channel::kGather, Party::kRate, Party::kSynapse>(
      gathers_, 0, row(Phase::kGather).scalars,
      [&](int shard) {
        each_message(shard, false, [&](auto i, auto theta, auto lane, int to, R sensitivity, R signal) {
          gathers_.between(shard, to).push_back({i, theta, lane, {signal * sensitivity}});
        });
      },
      ends);
  transport.drain(gathers_, handle);
}

template <class R>
void Sensitivities<R>::teach(Columns<R>& transport) {
  const Network<R>& network = transport.network();
  pass<Phase::kSensitivityPost>(transport.door(), 0, (size_ - biases_) * lanes_, no_offence);
  const std::int64_t others = size_ * (neurons_ - 1) * lanes_;
  pass<Phase::kGather>(transport.door(), 0, others, [&] {
    // The first message goes from neuron 0 to the first synapse of another neuron; if all synapses
    // are its own, from neuron 1 to the first synapse.
    std::int64_t first = size_;
    each_theta(network, [&](std::int64_t theta, std::int32_t target) {
      if (target != 0) first = std::min(first, theta);
    });
    const Place place = place_of(first < size_ ? first : 0);
    return Endpoints{{Party::kRate, 0, first < size_ ? 0 : 1}, {Party::kSynapse, place.projection, place.synapse}};
  });
  Traffic* const traffic = transport.door().traffic();
  for (std::int32_t lane = 0; lane < lanes_; ++lane) {
    for (std::int32_t i = 0; i < neurons_; ++i) {
      std::int64_t gathers = size_;
      const R signal = network.rate.signal[cell(i, lane)];
      const R* sensitivities = neuron(i, lane).sensitivities;
      for (const Range& range : ranges_) {
        const Projection& projection = network.projections()[ProjectionId{range.projection}];
        for (std::int64_t k = 0; k < range.size; ++k) {
          const TaughtSynapse<R> self = transport.synapse(ProjectionId{range.projection}, SynapseId{k}, Lane{lane});
          const R sensitivity = sensitivities[range.begin + k];
          if (projection.target_begin + projection.target_of(k) == i) {
            on(self, Sensitivity<R>{sensitivity, signal});
            --gathers;
          } else {
            on(self, Gather<R>{signal * sensitivity});
          }
        }
      }
      if (traffic != nullptr) traffic->add(stream_of(Phase::kGather), 0, i, lane, gathers);
    }
  }
}

template class Sensitivities<double>;
template class Sensitivities<float>;

}  // namespace locus
