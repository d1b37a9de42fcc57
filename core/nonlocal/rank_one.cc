#include "core/nonlocal/rank_one.h"

#include <algorithm>

#include "core/protocol/phase_table.h"
#include "core/protocol/stream.h"
#include "core/transport/no_offence.h"
#include "core/transport/pass.h"
#include "core/transport/record.h"

namespace locus {

template <class R>
RankOne<R>::RankOne(const Network<R>& network, const Learning& learning)
    : neurons_(network.rate.size),
      lanes_(network.lanes),
      signs_(random_key(learning.seed, "factors/signs")),
      begin_(static_cast<std::size_t>(neurons_) + 1, 0) {
  const auto each_plastic = [&](auto visit) {
    for (std::size_t p = 0; p < network.projections().size(); ++p) {
      const Projection& projection = network.projections()[p];
      if (projection.plastic && projection.target_layer == Layer::kRate)
        visit(static_cast<std::int32_t>(p), projection);
    }
  };
  each_plastic([&](std::int32_t, const Projection& projection) {
    auto after = static_cast<std::size_t>(projection.target_begin) + 1;
    for (const std::int64_t synapses : projection.fan_in()) begin_[after++] += synapses;
    told_ += projection.is_bias ? 0 : projection.size();
  });
  for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
  std::vector<std::int64_t> next(begin_.begin(), begin_.end() - 1);
  places_.resize(static_cast<std::size_t>(begin_.back()));
  each_plastic([&](std::int32_t p, const Projection& projection) {
    std::int64_t synapse = 0;
    projection.each([&](std::int32_t, std::int32_t target) {
      std::int64_t& place = next[static_cast<std::size_t>(target)];
      places_[static_cast<std::size_t>(place++)] = {p, synapse++, projection.is_bias};
    });
  });
  for (std::size_t p = 0; p < network.projections().size(); ++p) {
    if (is_over(Over::kW, network.projections()[p])) carriers_.push_back(static_cast<std::int32_t>(p));
  }
  const auto lanes = static_cast<std::size_t>(lanes_);
  for (Column<R>* const column : {&factor_, &inflow_, &carried_, &drawn_, &sign_})
    column->assign(static_cast<std::size_t>(neurons_) * lanes, R(0));
  for (Column<R>* const column : {&traces_, &pre_}) column->assign(places_.size() * lanes, R(0));
  sums_.resize(lanes);
  scales_.resize(lanes);
}

template <class R>
FactorNeuron<R> RankOne<R>::neuron(std::int32_t index, std::int32_t lane) {
  const std::size_t own = cell(index, lane);
  const auto i = static_cast<std::size_t>(index);
  const std::size_t first = static_cast<std::size_t>(lane) * places_.size() + static_cast<std::size_t>(begin_[i]);
  const auto fan = static_cast<std::size_t>(begin_[i + 1] - begin_[i]);
  return {factor_[own],
          inflow_[own],
          carried_[own],
          drawn_[own],
          sign_[own],
          {traces_.data() + first, fan},
          {pre_.data() + first, fan}};
}

template <class R>
void RankOne<R>::begin_trial() {
  for (Column<R>* const column : {&factor_, &inflow_, &carried_, &drawn_, &sign_, &traces_, &pre_})
    std::ranges::fill(*column, R(0));
}

template <class R>
template <class Visit>
void RankOne<R>::each_own(std::int32_t index, Visit visit) const {
  const auto i = static_cast<std::size_t>(index);
  for (std::int64_t k = begin_[i]; k < begin_[i + 1]; ++k) visit(places_[static_cast<std::size_t>(k)], k);
}

/// The second scalar of a DENDRITE: the activity of the source of the neuron's own synapse.
template <class R>
template <class T>
void RankOne<R>::hear_own(T& transport) {
  for (std::int32_t lane = 0; lane < lanes_; ++lane) {
    R* pre = pre_.data() + static_cast<std::size_t>(lane) * places_.size();
    for (const Place& place : places_)
      *pre++ = transport.behind(ProjectionId{place.projection}, SynapseId{place.synapse}, Lane{lane});
  }
}

template <class R>
void RankOne<R>::adopt(int shards) {
  if (factors_.shards() == shards) return;
  factors_ = Queues<MixedFactor<R>>(shards);
  currents_ = Queues<FactorCurrent<R>>(shards);
  parts_ = Queues<FactorSums<R>>(shards);
  told_scales_ = Queues<FactorScales<R>>(shards);
  posts_ = Queues<Sensitivity<R>>(shards);
}

template <class R>
void RankOne<R>::hear(Mailbox<R>& transport) {
  const Network<R>& network = transport.network();
  const auto& begin = transport.sharding().rate_begin;
  adopt(transport.sharding().shards());
  for (const std::int32_t p : carriers_) {
    if (transport.door().now() == Tick{1}) break;
    const Projection& projection = network.projections()[ProjectionId{p}];
    const auto synapse_of = [&](std::int64_t k) { return Endpoint{Party::kSynapse, p, k}; };
    transport.template send<Channel::kAxon, Party::kRate, Party::kSynapse>(
        factors_, 0, row(Phase::kAxonFactor).scalars,
        [&](int shard) {
          std::int32_t synapse = 0;
          projection.each([&](std::int32_t source, std::int32_t target) {
            const std::int32_t own = synapse++;
            if (shard_of(begin, source) != shard) return;
            auto& queue = factors_.between(shard, shard_of(begin, target));
            for (std::int32_t lane = 0; lane < lanes_; ++lane)
              queue.push_back({source, own, lane, {factor_[cell(source, lane)]}});
          });
        },
        [&](const auto& e) {
          return Endpoints{{Party::kRate, 0, e.sender}, synapse_of(e.receiver)};
        });
    transport.drain(factors_, [&](int shard, const Envelope<MixedFactor<R>>& e) {
      const R weight = network.synapses[ProjectionId{p}].weight[SynapseId{e.receiver}];
      const std::int32_t target = projection.target_begin + projection.target_of(e.receiver);
      currents_.between(shard, shard).push_back({e.receiver, target, e.lane, {weight * e.message.value}});
    });
    transport.template send<Channel::kDendrite, Party::kSynapse, Party::kRate>(
        currents_, 0, row(Phase::kFactorCurrent).scalars, [](int) {},
        [&](const auto& e) {
          return Endpoints{synapse_of(e.sender), {Party::kRate, 0, e.receiver}};
        });
    transport.drain(currents_,
                    [&](int, const Envelope<FactorCurrent<R>>& e) { on(neuron(e.receiver, e.lane), e.message); });
  }
  hear_own(transport);
}

template <class R>
void RankOne<R>::hear(Columns<R>& transport) {
  const Network<R>& network = transport.network();
  Traffic* const traffic = transport.door().traffic();
  for (const std::int32_t p : carriers_) {
    if (transport.door().now() == Tick{1}) break;
    const Projection& projection = network.projections()[ProjectionId{p}];
    pass<Phase::kAxonFactor>(transport.door(), 0, projection.size() * lanes_, no_offence);
    pass<Phase::kFactorCurrent>(transport.door(), 0, projection.size() * lanes_, no_offence);
    const auto& weights = network.synapses[ProjectionId{p}].weight;
    std::int64_t synapse = 0;
    projection.each([&](std::int32_t source, std::int32_t target) {
      const R weight = weights[SynapseId{synapse++}];
      const R* const factors = &factor_[cell(source, 0)];
      for (std::int32_t lane = 0; lane < lanes_; ++lane) {
        if (traffic != nullptr) traffic->add(stream_of(Phase::kAxonFactor), 0, source, lane, 1);
        on(neuron(target, lane), FactorCurrent<R>{weight * factors[lane]});
      }
    });
  }
  hear_own(transport);
}

template <class R>
void RankOne<R>::step_neurons(const Network<R>& network, Tick now) {
  for (std::int32_t lane = 0; lane < lanes_; ++lane) {
    // tick of the trial
    const std::int32_t own = now.value - network.late[static_cast<std::size_t>(lane)];
    const std::uint64_t trial = static_cast<std::uint64_t>(network.first_trial) + static_cast<std::uint64_t>(lane);
    for (std::int32_t i = 0; i < neurons_; ++i) {
      R sign = R(0);  // nothing is drawn before a trial
      if (own > 0) {
        const double uniform = uniform_at(signs_, trial, static_cast<std::uint64_t>(own), static_cast<std::uint64_t>(i));
        sign = uniform < 0.5 ? R(-1) : R(1);
      }
      const Step<R> tick{network.rate.leak[static_cast<std::size_t>(i)]};
      step(neuron(i, lane), tick, network.rate.gain[cell(i, lane)], sign);
    }
  }
}

template <class R>
void RankOne<R>::reduce(Mailbox<R>& transport, bool has_error) {
  const Network<R>& network = transport.network();
  const auto& begin = transport.sharding().rate_begin;
  const auto each_on = [&](int shard, auto visit) {
    const auto s = static_cast<std::size_t>(shard);
    for (std::int32_t i = begin[s]; i < begin[s + 1]; ++i) {
      for (std::int32_t lane = 0; lane < lanes_; ++lane) visit(i, lane);
    }
  };
  const Endpoint agent{Party::kAgent, 0, 0};
  std::ranges::fill(sums_, FactorSums<R>{});
  transport.template send<Channel::kReduce, Party::kRate, Party::kAgent>(
      parts_, 0, row(Phase::kReduce).scalars,
      [&](int shard) {
        each_on(shard, [&](std::int32_t i, std::int32_t lane) {
          parts_.between(shard, 0).push_back(
              {i, 0, lane, parts_of(neuron(i, lane), signal_of(network, i, lane, has_error))});
        });
      },
      [&](const auto& e) {
        return Endpoints{{Party::kRate, 0, e.sender}, agent};
      });
  transport.drain(
      parts_, [&](int, const Envelope<FactorSums<R>>& e) { on(sums_[static_cast<std::size_t>(e.lane)], e.message); });
  for (std::size_t lane = 0; lane < sums_.size(); ++lane) scales_[lane] = scales_of(sums_[lane], neurons_);
  transport.template send<Channel::kReduce, Party::kAgent, Party::kRate>(
      told_scales_, 0, row(Phase::kScales).scalars,
      [&](int shard) {  // all from the agent's shard
        for (std::int32_t i = 0; shard == 0 && i < neurons_; ++i) {
          for (std::int32_t lane = 0; lane < lanes_; ++lane)
            told_scales_.between(0, shard_of(begin, i)).push_back({0, i, lane, scales_[static_cast<std::size_t>(lane)]});
        }
      },
      [&](const auto& e) {
        return Endpoints{agent, {Party::kRate, 0, e.receiver}};
      });
  transport.drain(told_scales_,
                  [&](int, const Envelope<FactorScales<R>>& e) { on(neuron(e.receiver, e.lane), e.message); });
}

template <class R>
void RankOne<R>::learn(Mailbox<R>& transport, bool has_error) {
  reduce(transport, has_error);
  if (!has_error) return;
  const auto& begin = transport.sharding().rate_begin;
  const auto place_of = [&](std::int32_t number) -> const Place& { return places_[static_cast<std::size_t>(number)]; };
  const auto handle = [&](int, const Envelope<Sensitivity<R>>& e) {
    const Place& place = place_of(e.receiver);
    on(transport.synapse(ProjectionId{place.projection}, SynapseId{place.synapse}, Lane{e.lane}), e.message);
  };
  transport.template send<Channel::kPost, Party::kRate, Party::kSynapse>(
      posts_, 0, row(Phase::kSensitivityPost).scalars,
      [&](int shard) {
        const auto s = static_cast<std::size_t>(shard);
        for (std::int32_t i = begin[s]; i < begin[s + 1]; ++i) {
          for (std::int32_t lane = 0; lane < lanes_; ++lane) {
            const R signal = scales_[static_cast<std::size_t>(lane)].signal;
            const R* trace = neuron(i, lane).traces.data();
            each_own(i, [&](const Place& place, std::int64_t number) {
              const Envelope<Sensitivity<R>> post{i, static_cast<std::int32_t>(number), lane, {*trace++, signal}};
              if (place.is_bias) return handle(shard, post);
              posts_.between(shard, shard).push_back(post);
            });
          }
        }
      },
      [&](const auto& e) {
        const Place& place = place_of(e.receiver);
        return Endpoints{{Party::kRate, 0, e.sender}, {Party::kSynapse, place.projection, place.synapse}};
      });
  transport.drain(posts_, handle);
}

template <class R>
void RankOne<R>::learn(Columns<R>& transport, bool has_error) {
  const Network<R>& network = transport.network();
  Traffic* const traffic = transport.door().traffic();
  pass<Phase::kReduce>(transport.door(), 0, std::int64_t{neurons_} * lanes_, no_offence);
  pass<Phase::kScales>(transport.door(), 0, std::int64_t{neurons_} * lanes_, no_offence);
  record_each(traffic, stream_of(Phase::kReduce), 0, neurons_, lanes_);
  record_each(traffic, stream_of(Phase::kScales), 0, neurons_, lanes_);
  std::ranges::fill(sums_, FactorSums<R>{});
  for (std::int32_t lane = 0; lane < lanes_; ++lane) {
    FactorSums<R>& sums = sums_[static_cast<std::size_t>(lane)];
    for (std::int32_t i = 0; i < neurons_; ++i)
      on(sums, parts_of(neuron(i, lane), signal_of(network, i, lane, has_error)));
    scales_[static_cast<std::size_t>(lane)] = scales_of(sums, neurons_);
    for (std::int32_t i = 0; i < neurons_; ++i) on(neuron(i, lane), scales_[static_cast<std::size_t>(lane)]);
  }
  if (!has_error) return;
  pass<Phase::kSensitivityPost>(transport.door(), 0, told_ * lanes_, no_offence);
  for (std::int32_t lane = 0; lane < lanes_; ++lane) {
    const R signal = scales_[static_cast<std::size_t>(lane)].signal;
    const R* trace = traces_.data() + static_cast<std::size_t>(lane) * places_.size();
    for (const Place& place : places_) {
      on(transport.synapse(ProjectionId{place.projection}, SynapseId{place.synapse}, Lane{lane}),
         Sensitivity<R>{*trace++, signal});
    }
  }
}

template class RankOne<double>;
template class RankOne<float>;

}  // namespace locus
