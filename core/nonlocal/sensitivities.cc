#include "core/nonlocal/sensitivities.h"

#include <algorithm>

namespace locus {
namespace {

template <class R>
Endpoints influence_ends(const Projection<R>& projection, std::int64_t synapse) {
  return {{Party::kRate, 0, projection.source_begin + projection.source_of(synapse)},
          {Party::kRate, 0, projection.target_begin + projection.target_of(synapse)}};
}

}  // namespace

template <class R>
Sensitivities<R>::Sensitivities(const Network<R>& network) : neurons_(network.rate.size), lanes_(network.lanes) {
  for (std::size_t p = 0; p < network.projections.size(); ++p) {
    const Projection<R>& projection = network.projections[p];
    if (!projection.plastic || projection.target_layer != Layer::kRate) continue;
    ranges_.push_back({static_cast<std::int32_t>(p), size_, projection.size()});
    size_ += projection.size();
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

/// The second scalar of a DENDRITE: the activity behind the current, of the neuron's own synapse theta = (k, j).
template <class R>
template <class T>
void Sensitivities<R>::hear_own(T& transport) {
  for (const Range& range : ranges_) {
    const Projection<R>& projection = transport.network().projections[static_cast<std::size_t>(range.projection)];
    for (std::int64_t k = 0; k < range.size; ++k) {
      const std::int32_t target = projection.target_begin + projection.target_of(k);
      for (std::int32_t lane = 0; lane < lanes_; ++lane) {
        neuron(target, lane).next[range.begin + k] += transport.behind(range.projection, k, lane);
      }
    }
  }
}

template <class R>
void Sensitivities<R>::hear(Mailbox<R>& transport) {
  const Network<R>& network = transport.network();
  if (transport.door().now() > Tick{1}) {
    const auto& begin = transport.shard_begin(Layer::kRate);
    Queues<Influence<R>> queues(transport.shards());
    for (const std::int32_t p : projections_between(network, Layer::kRate, Layer::kRate)) {
      const Projection<R>& projection = network.projections[static_cast<std::size_t>(p)];
      transport.template send<Channel::kInfluence, Party::kRate, Party::kRate>(
          queues, 0, static_cast<int>(size_),
          [&](int shard) {
            for (std::int64_t k = 0; k < projection.size(); ++k) {
              const std::int32_t source = projection.source_begin + projection.source_of(k);
              const std::int32_t target = projection.target_begin + projection.target_of(k);
              if (shard_of(begin, source) != shard) continue;
              for (std::int32_t lane = 0; lane < lanes_; ++lane) {
                const R weight = projection.weight[static_cast<std::size_t>(k)];
                queues.between(shard, shard_of(begin, target))
                    .push_back({source, target, lane, {neuron(source, lane).sensitivities, weight, size_}});
              }
            }
          },
          [](const Envelope<Influence<R>>& e) {
            return Endpoints{{Party::kRate, 0, e.sender}, {Party::kRate, 0, e.receiver}};
          });
      transport.drain(queues, [&](int, const Envelope<Influence<R>>& e) { on(neuron(e.receiver, e.lane), e.message); });
    }
  }
  hear_own(transport);
}

template <class R>
void Sensitivities<R>::hear(Batched<R>& transport) {
  const Network<R>& network = transport.network();
  if (transport.door().now() > Tick{1}) {
    for (const std::int32_t p : projections_between(network, Layer::kRate, Layer::kRate)) {
      const Projection<R>& projection = network.projections[static_cast<std::size_t>(p)];
      transport.door().pass(Channel::kInfluence, 0, projection.size() * lanes_, static_cast<int>(size_),
                            [&] { return influence_ends(projection, 0); });
      for (std::int64_t k = 0; k < projection.size(); ++k) {
        const std::int32_t source = projection.source_begin + projection.source_of(k);
        const std::int32_t target = projection.target_begin + projection.target_of(k);
        for (std::int32_t lane = 0; lane < lanes_; ++lane) {
          on(neuron(target, lane),
             Influence<R>{neuron(source, lane).sensitivities, projection.weight[static_cast<std::size_t>(k)], size_});
        }
      }
    }
  }
  hear_own(transport);
}

template <class R>
void Sensitivities<R>::step_neurons(const Network<R>& network) {
  for (std::int32_t i = 0; i < neurons_; ++i) {
    for (std::int32_t lane = 0; lane < lanes_; ++lane) {
      const R gain = network.rate.gain[static_cast<std::size_t>(i * lanes_ + lane)];
      step(neuron(i, lane), Step<R>{network.rate.leak[static_cast<std::size_t>(i)]}, gain);
    }
  }
}

template <class R>
void Sensitivities<R>::teach(Mailbox<R>& transport) {
  const Network<R>& network = transport.network();
  const auto& begin = transport.shard_begin(Layer::kRate);
  Queues<Sensitivity<R>> own(transport.shards());
  Queues<Gather<R>> others(transport.shards());
  for (const Range& range : ranges_) {
    const Projection<R>& projection = network.projections[static_cast<std::size_t>(range.projection)];
    const auto each = [&](int shard, bool of_own, auto send_one) {
      for (std::int32_t i = begin[static_cast<std::size_t>(shard)]; i < begin[static_cast<std::size_t>(shard) + 1]; ++i) {
        for (std::int64_t k = 0; k < range.size; ++k) {
          const std::int32_t target = projection.target_begin + projection.target_of(k);
          if ((target == i) != of_own) continue;
          for (std::int32_t lane = 0; lane < lanes_; ++lane) {
            const R signal = network.rate.signal[static_cast<std::size_t>(i * lanes_ + lane)];
            send_one(i, k, lane, shard_of(begin, target), neuron(i, lane).sensitivities[range.begin + k], signal);
          }
        }
      }
    };
    const auto ends = [&](const auto& e) {
      return Endpoints{{Party::kRate, 0, e.sender}, {Party::kSynapse, range.projection, e.receiver}};
    };
    const auto handle = [&](int, const auto& e) {
      on(transport.synapse(range.projection, e.receiver, e.lane), e.message);
    };
    transport.template send<Channel::kPost, Party::kRate, Party::kSynapse>(
        own, 0, 2,
        [&](int shard) {
          each(shard, true, [&](std::int32_t i, std::int64_t k, std::int32_t lane, int to, R sensitivity, R signal) {
            own.between(shard, to).push_back({i, static_cast<std::int32_t>(k), lane, {sensitivity, signal}});
          });
        },
        ends);
    transport.drain(own, handle);
    transport.template send<Channel::kGather, Party::kRate, Party::kSynapse>(
        others, 0, 1,
        [&](int shard) {
          each(shard, false, [&](std::int32_t i, std::int64_t k, std::int32_t lane, int to, R sensitivity, R signal) {
            others.between(shard, to).push_back({i, static_cast<std::int32_t>(k), lane, {signal * sensitivity}});
          });
        },
        ends);
    transport.drain(others, handle);
  }
}

template <class R>
void Sensitivities<R>::teach(Batched<R>& transport) {
  const Network<R>& network = transport.network();
  for (const Range& range : ranges_) {
    const Projection<R>& projection = network.projections[static_cast<std::size_t>(range.projection)];
    const std::int64_t messages = range.size * lanes_;
    transport.door().pass(Channel::kPost, 0, messages, 2,
                          []() -> Endpoints { CHECK(false, "POST of lag 0 breaks no budget"); });
    transport.door().pass(Channel::kGather, 0, messages * (neurons_ - 1), 1, [&] {
      std::int64_t first = 0;  // neuron 0 tells the first synapse that is not its own; if all are, neuron 1 tells the first
      while (first < range.size && projection.target_begin + projection.target_of(first) == 0) ++first;
      if (first < range.size) return Endpoints{{Party::kRate, 0, 0}, {Party::kSynapse, range.projection, first}};
      return Endpoints{{Party::kRate, 0, 1}, {Party::kSynapse, range.projection, 0}};
    });
    for (std::int32_t lane = 0; lane < lanes_; ++lane) {
      for (std::int32_t i = 0; i < neurons_; ++i) {
        const R signal = network.rate.signal[static_cast<std::size_t>(i * lanes_ + lane)];
        const R* sensitivities = neuron(i, lane).sensitivities + range.begin;
        for (std::int64_t k = 0; k < range.size; ++k) {
          const Synapse<R> self = transport.synapse(range.projection, k, lane);
          if (projection.target_begin + projection.target_of(k) == i) {
            on(self, Sensitivity<R>{sensitivities[k], signal});
          } else {
            on(self, Gather<R>{signal * sensitivities[k]});
          }
        }
      }
    }
  }
}

template class Sensitivities<double>;
template class Sensitivities<float>;

}  // namespace locus
