// Views and walks of the mailbox, shared by its halves: which columns a handler may see, and which
// synapses a shard holds.
//
// Included by mailbox.cc, mailbox_learning.cc and mailbox_spiking.cc only.
#pragma once

#include <algorithm>

#include "core/transport/mailbox/mailbox.h"

namespace locus {

inline Endpoint neuron_end(Layer layer, std::int32_t index) {
  switch (layer) {
    case Layer::kInput: return {Party::kInput, 0, index};
    case Layer::kRate: return {Party::kRate, 0, index};
    case Layer::kReadout: return {Party::kReadout, 0, index};
  }
  return {};
}

template <class R>
const std::vector<std::int32_t>& Mailbox<R>::shard_begin(Layer layer) const {
  switch (layer) {
    case Layer::kInput: return sharding_.input_begin;
    case Layer::kRate: return sharding_.rate_begin;
    case Layer::kReadout: break;
  }
  return sharding_.readout_begin;
}

template <class R>
TaughtSynapse<R> Mailbox<R>::synapse(ProjectionId projection, SynapseId index, Lane lane) {
  const Synapse<R> self = learner(projection.value, index.value, lane.value);
  return {self.weight, self.delta};
}

template <class R>
Synapse<R> Mailbox<R>::learner(std::int32_t projection, std::int64_t index, std::int32_t lane) {
  const auto p = static_cast<std::size_t>(projection);
  const std::size_t own =
      static_cast<std::size_t>(index) * static_cast<std::size_t>(network_.lanes) + static_cast<std::size_t>(lane);
  SynapseColumns& columns = columns_[p];
  return {network_.synapses[p].weight[static_cast<std::size_t>(index)], columns.pre[own], columns.trace[own],
          columns.delta[own]};
}

template <class R>
RateNeuron<R> Mailbox<R>::neuron(std::int32_t index, std::int32_t lane) {
  RateLayer<R>& rate = network_.rate;
  const std::size_t own = cell(index, lane);
  return {rate.current[own], rate.activity[own], rate.gain[own], rate.signal[own], rate.own_weight[own]};
}

template <class R>
RateNeuron<R> Mailbox<R>::neuron_recalling(std::int32_t index, std::int32_t lane, Tick revisited) {
  RateLayer<R>& rate = network_.rate;
  const std::size_t own = cell(index, lane);
  return {rate.current[own], rate.activity[own], past_gain_[slot(revisited)][own], rate.signal[own], rate.own_weight[own]};
}

template <class R>
Readout<R> Mailbox<R>::readout(std::int32_t index, std::int32_t lane) {
  ReadoutLayer<R>& readouts = network_.readouts;
  const std::size_t own = cell(index, lane);
  return {readouts.current[own], readouts.output[own], readouts.error[own],
          readouts.epsilon[own], readouts.peak[own],   readouts.norm[own]};
}

template <class R>
EligibleSynapse<R> Mailbox<R>::eligible(std::int32_t projection, std::int64_t index, std::int32_t lane) {
  const Synapse<R> self = learner(projection, index, lane);
  SynapseColumns& columns = columns_[static_cast<std::size_t>(projection)];
  const std::size_t own =
      static_cast<std::size_t>(index) * static_cast<std::size_t>(network_.lanes) + static_cast<std::size_t>(lane);
  return {self.weight,           self.pre,           self.trace, columns.adapted[own],
          columns.low_pass[own], columns.total[own], self.delta};
}

template <class R>
LifNeuron<R> Mailbox<R>::spiking(std::int32_t index, std::int32_t lane) {
  RateLayer<R>& rate = network_.rate;
  LifColumns<R>& lif = rate.lif;
  const std::size_t own = cell(index, lane);
  return {rate.current[own],   rate.activity[own],  rate.gain[own], rate.signal[own], lif.voltage[own],
          lif.adaptation[own], lif.refractory[own], lif.count[own], lif.delta[own],   lif.omega[own]};
}

template <class R>
template <class Visit>
void Mailbox<R>::each_spiking(int shard, Visit visit) {
  const auto& begin = sharding_.rate_begin;
  for (const Neurons& population : network_.rate.populations) {
    if (!population.lif) continue;
    const std::int32_t first = std::max(begin[static_cast<std::size_t>(shard)], population.begin);
    const std::int32_t last = std::min(begin[static_cast<std::size_t>(shard) + 1], population.begin + population.size);
    for (std::int32_t i = first; i < last; ++i) {
      for (std::int32_t lane = 0; lane < network_.lanes; ++lane) visit(i, lane, population);
    }
  }
}

template <class R>
template <class Visit>
void Mailbox<R>::each_incoming(int shard, std::int32_t p, Visit visit) {
  const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
  const SynapseColumns& own = columns_[static_cast<std::size_t>(p)];
  const auto& begin = shard_begin(projection.target_layer);
  const std::int32_t first = std::max(begin[static_cast<std::size_t>(shard)], projection.target_begin);
  const std::int32_t last =
      std::min(begin[static_cast<std::size_t>(shard) + 1], projection.target_begin + projection.target_size);
  for (std::int32_t target = first; target < last; ++target) {
    const auto local = static_cast<std::size_t>(target - projection.target_begin);
    for (std::int64_t k = own.incoming_begin[local]; k < own.incoming_begin[local + 1]; ++k) {
      visit(target, std::int64_t{own.incoming[static_cast<std::size_t>(k)]});
    }
  }
}

template <class R>
template <class Visit>
void Mailbox<R>::each_synapse(int shard, std::int32_t p, Visit visit) {
  each_incoming(shard, p, [&](std::int32_t, std::int64_t synapse) { visit(synapse); });
}

template <class R>
template <class Visit>
void Mailbox<R>::each_outgoing(int shard, const Projection& projection, Visit visit) {
  const auto& begin = shard_begin(projection.source_layer);
  const auto& target_begin = shard_begin(projection.target_layer);
  const std::int32_t first = std::max(begin[static_cast<std::size_t>(shard)], projection.source_begin);
  const std::int32_t last =
      std::min(begin[static_cast<std::size_t>(shard) + 1], projection.source_begin + projection.source_size);
  for (std::int32_t source = first; source < last; ++source) {
    const std::int32_t local = source - projection.source_begin;
    int receiver = 0;  // targets ascend under a source, and so do their shards
    for (std::int64_t k = projection.begin_of(local); k < projection.begin_of(local + 1); ++k) {
      const std::int32_t target = projection.target_begin + projection.target_of(k);
      while (target >= target_begin[static_cast<std::size_t>(receiver) + 1]) ++receiver;
      visit(source, k, receiver);
    }
  }
}

template <class R>
void Mailbox<R>::queue_targets(int shard, const R* target) {
  if (shard != 0) return;  // the environment sits on the first shard
  for (std::int32_t k = 0; k < network_.readouts.size; ++k) {
    for (std::int32_t lane = 0; lane < network_.lanes; ++lane) {
      targets_.between(0, shard_of(sharding_.readout_begin, k)).push_back({0, k, lane, {target[cell(k, lane)]}});
    }
  }
}

template <class R>
void Mailbox<R>::queue_post(int shard, std::int32_t target, std::int64_t k, std::int32_t lane, Post<R> message) {
  posts_.between(shard, shard).push_back({target, static_cast<std::int32_t>(k), lane, message});
}

}  // namespace locus
