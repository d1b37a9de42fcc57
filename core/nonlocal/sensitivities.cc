#include "core/nonlocal/sensitivities.h"

#include <algorithm>
#include <utility>

#include "core/protocol/phase_table.h"
#include "core/transport/no_offence.h"
#include "core/transport/pass.h"

namespace locus {
template <class R>
Sensitivities<R>::Sensitivities(const Network<R>& network, const Learning& learning)
    : neurons_(network.rate.size), lanes_(network.lanes), pattern_(*network.topology, learning) {
  const auto n = static_cast<std::size_t>(neurons_);
  std::vector<std::int64_t> next(n, 0);  // the next free place of each post
  fan_begin_.assign(1, 0);
  block_begin_.assign(1, 0);
  for (std::int32_t i = 0; i < neurons_; ++i) {
    next[static_cast<std::size_t>(i)] = fan_begin_.back();
    fan_begin_.push_back(fan_begin_.back() + pattern_.fan(i));
    block_begin_.push_back(block_begin_.back() + pattern_.scalars(i));
    whole_.push_back({0, 0, static_cast<std::int32_t>(pattern_.scalars(i))});
    gathers_all_ += pattern_.fan(i) * (pattern_.keepers(i) - 1);
    std::int64_t own = 0;
    for (const std::int32_t post : pattern_.posts(i)) own += post < i ? pattern_.fan(post) : 0;
    own_begin_.push_back(own);
  }
  places_.resize(static_cast<std::size_t>(fan_begin_.back()));
  for (std::size_t p = 0; p < network.projections().size(); ++p) {
    const Projection& projection = network.projections()[p];
    if (!projection.plastic || projection.target_layer != Layer::kRate) continue;
    ranges_.push_back({static_cast<std::int32_t>(p), size_, projection.size()});
    std::int64_t synapse = 0;
    projection.each([&](std::int32_t, std::int32_t target) {
      std::int64_t& place = next[static_cast<std::size_t>(target)];
      places_[static_cast<std::size_t>(place++)] = {static_cast<std::int32_t>(p), synapse, size_ + synapse};
      ++synapse;
    });
    size_ += projection.size();
    biases_ += projection.is_bias ? projection.size() : 0;
  }
  list_carriers(*network.topology);
  const auto all = static_cast<std::size_t>(block_begin_.back()) * static_cast<std::size_t>(lanes_);
  sensitivities_.assign(all, R(0));
  next_.assign(all, R(0));
}

/// Counts what synapses of W carry in a tick, and lists those that do and what their ends share.
template <class R>
void Sensitivities<R>::list_carriers(const Topology& topology) {
  pattern_.each_carrier(topology, [&](ProjectionId p, SynapseId k, std::int32_t source, std::int32_t target) {
    ++influence_all_.messages;
    influence_all_.scalars += pattern_.shared(source, target);
    if (!pattern_.restricted()) return;
    Carrier carrier{source, target, k.value, runs_.size(), 0, p.value};
    if (!pattern_.same_posts(source, target))
      pattern_.each_shared(source, target, [&](const SharedRun& run) { runs_.push_back(run); });
    carrier.runs = static_cast<std::int32_t>(runs_.size() - carrier.run_begin);
    carriers_.push_back(carrier);
  });
}

template <class R>
SensitiveNeuron<R> Sensitivities<R>::neuron(std::int32_t index, std::int32_t lane) {
  const auto i = static_cast<std::size_t>(index);
  const std::int64_t first = std::int64_t{lane} * block_begin_.back() + block_begin_[i];
  return {next_.data() + first, sensitivities_.data() + first, block_begin_[i + 1] - block_begin_[i]};
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
  for (std::int32_t k = 0; k < neurons_; ++k) {
    for (std::int32_t lane = 0; lane < lanes_; ++lane) {
      R* next = neuron(k, lane).next + own_begin_[static_cast<std::size_t>(k)];
      for (const Place& place : onto(k))
        *next++ += transport.behind(ProjectionId{place.projection}, SynapseId{place.synapse}, Lane{lane});
    }
  }
}

/// Calls visit(source, target, weight, runs) for every synapse of W that carries sensitivities,
/// projection by projection.
template <class R>
template <class Visit>
void Sensitivities<R>::each_carrier(const Network<R>& network, Visit visit) const {
  const auto weight = [&](ProjectionId p, SynapseId k) { return network.synapses[p].weight[k]; };
  const auto all_of = [&](std::int32_t source) {
    return std::span<const SharedRun>(&whole_[static_cast<std::size_t>(source)], 1);
  };
  for (const Carrier& one : carriers_) {
    const auto own = std::span<const SharedRun>(runs_).subspan(one.run_begin, static_cast<std::size_t>(one.runs));
    visit(one.source, one.target, weight(ProjectionId{one.projection}, SynapseId{one.synapse}),
          one.runs > 0 ? own : all_of(one.source));
  }
  if (pattern_.restricted()) return;
  pattern_.each_carrier(*network.topology, [&](ProjectionId p, SynapseId k, std::int32_t source, std::int32_t target) {
    visit(source, target, weight(p, k), all_of(source));
  });
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
    transport.template send_uneven<Channel::kInfluence, Party::kRate, Party::kRate>(
        influences_, 0,
        [](const Influence<R>& m) {
          std::int64_t scalars = 0;
          for (const SharedRun& run : m.runs) scalars += run.size;
          return scalars;
        },
        [&](int shard) {
          each_carrier(network, [&](std::int32_t source, std::int32_t target, R weight, std::span<const SharedRun> runs) {
            if (shard_of(begin, source) != shard) return;
            auto& queue = influences_.between(shard, shard_of(begin, target));
            for (std::int32_t lane = 0; lane < lanes_; ++lane) {
              queue.push_back({source, target, lane, {neuron(source, lane).sensitivities, weight, runs}});
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
    const Tally sent{influence_all_.messages * lanes_, influence_all_.scalars * lanes_};
    transport.door().pass_uneven(Passage::over<Channel::kInfluence, Party::kRate, Party::kRate>(0), 0, sent, [&] {
      std::pair first(neurons_, neurons_);  // the smallest (sender, receiver) pair
      each_carrier(network, [&](std::int32_t source, std::int32_t target, R, std::span<const SharedRun>) {
        first = std::min(first, std::pair(source, target));
      });
      return Endpoints{{Party::kRate, 0, first.first}, {Party::kRate, 0, first.second}};
    });
    Traffic* const traffic = transport.door().traffic();
    each_carrier(network, [&](std::int32_t source, std::int32_t target, R weight, std::span<const SharedRun> runs) {
      for (std::int32_t lane = 0; lane < lanes_; ++lane) {
        if (traffic != nullptr) traffic->add(stream_of(Phase::kInfluence), 0, source, lane, 1);
        on(neuron(target, lane), Influence<R>{neuron(source, lane).sensitivities, weight, runs});
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

/// Calls visit(post, place, sensitivity) for every sensitivity that a neuron keeps.
template <class R>
template <class Visit>
void Sensitivities<R>::each_kept(std::int32_t index, std::int32_t lane, Visit visit) {
  const R* sensitivity = neuron(index, lane).sensitivities;
  for (const std::int32_t post : pattern_.posts(index)) {
    for (const Place& place : onto(post)) visit(post, place, *sensitivity++);
  }
}

template <class R>
typename Sensitivities<R>::Place Sensitivities<R>::place_of(std::int64_t theta) const {
  const auto after = std::ranges::upper_bound(ranges_, theta, {}, &Range::begin);
  const Range& range = *(after - 1);
  return {range.projection, theta - range.begin, theta};
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
  /// Sends neuron i's messages to its own synapses, or to all others whose sensitivities it keeps:
  /// say(i, place, lane, receiving shard, sensitivity, signal).
  const auto each_message = [&](int shard, bool own, auto say) {
    const auto s = static_cast<std::size_t>(shard);
    for (std::int32_t i = begin[s]; i < begin[s + 1]; ++i) {
      for (std::int32_t lane = 0; lane < lanes_; ++lane) {
        const R signal = network.rate.signal[cell(i, lane)];
        each_kept(i, lane, [&](std::int32_t post, const Place& place, R sensitivity) {
          if ((post == i) == own) say(i, place, lane, shard_of(begin, post), sensitivity, signal);
        });
      }
    }
  };
  adopt(transport.sharding().shards());
  transport.template send<Channel::kPost, Party::kRate, Party::kSynapse>(
      posts_, 0, row(Phase::kSensitivityPost).scalars,
      [&](int shard) {
        each_message(shard, true, [&](auto i, const Place& place, auto lane, int to, R sensitivity, R signal) {
          const Envelope<Sensitivity<R>> post{i, static_cast<std::int32_t>(place.theta), lane, {sensitivity, signal}};
          if (network.projections()[ProjectionId{place.projection}].is_bias) return handle(shard, post);
          posts_.between(shard, to).push_back(post);
        });
      },
      ends);
  transport.drain(posts_, handle);
  transport.template send<Channel::kGather, Party::kRate, Party::kSynapse>(
      gathers_, 0, row(Phase::kGather).scalars,
      [&](int shard) {
        each_message(shard, false, [&](auto i, const Place& place, auto lane, int to, R sensitivity, R signal) {
          gathers_.between(shard, to).push_back({i, static_cast<std::int32_t>(place.theta), lane, {signal * sensitivity}});
        });
      },
      ends);
  transport.drain(gathers_, handle);
}

/// The ends of the first GATHER in the order (sender, receiver); there must be one.
template <class R>
Endpoints Sensitivities<R>::first_gather() const {
  for (std::int32_t i = 0; i < neurons_; ++i) {
    std::int64_t first = size_;
    for (const std::int32_t post : pattern_.posts(i)) {
      if (post != i && pattern_.fan(post) > 0) first = std::min(first, onto(post).front().theta);
    }
    if (first == size_) continue;
    const Place place = place_of(first);
    return {{Party::kRate, 0, i}, {Party::kSynapse, place.projection, place.synapse}};
  }
  return {};
}

template <class R>
void Sensitivities<R>::teach(Columns<R>& transport) {
  const Network<R>& network = transport.network();
  pass<Phase::kSensitivityPost>(transport.door(), 0, (size_ - biases_) * lanes_, no_offence);
  pass<Phase::kGather>(transport.door(), 0, gathers_all_ * lanes_, [&] { return first_gather(); });
  Traffic* const traffic = transport.door().traffic();
  for (std::int32_t lane = 0; lane < lanes_; ++lane) {
    for (std::int32_t i = 0; i < neurons_; ++i) {
      const R signal = network.rate.signal[cell(i, lane)];
      each_kept(i, lane, [&](std::int32_t post, const Place& place, R sensitivity) {
        const TaughtSynapse<R> self =
            transport.synapse(ProjectionId{place.projection}, SynapseId{place.synapse}, Lane{lane});
        if (post == i) {
          on(self, Sensitivity<R>{sensitivity, signal});
        } else {
          on(self, Gather<R>{signal * sensitivity});
        }
      });
      const std::int64_t gathers = pattern_.scalars(i) - pattern_.fan(i);
      if (traffic != nullptr && gathers > 0) traffic->add(stream_of(Phase::kGather), 0, i, lane, gathers);
    }
  }
}

template class Sensitivities<double>;
template class Sensitivities<float>;

}  // namespace locus
