// MailboxCommon: what all parts of the mailbox share: the actors on their shards, and the exchange
// that carries their messages.
//
// A part keeps the queues of its phases and the state that only they need. Here are the views that
// a handler gets, and the three walks over synapses: from a source, from a target, over all of a
// shard. Each walk counts what it goes over. Invariants: sized when it is made.
#pragma once

#include <cstdint>
#include <iterator>
#include <optional>
#include <vector>

#include "core/actor/rate_neuron.h"
#include "core/actor/readout.h"
#include "core/protocol/learning.h"
#include "core/transport/feedback_wires.h"
#include "core/transport/mailbox/exchange.h"
#include "core/transport/mailbox/sharding.h"
#include "core/transport/mailbox/synapses.h"

namespace locus {

/// A count that one thread writes, on a cache line of its own.
struct alignas(64) ThreadCount {
  std::int64_t value = 0;
};

/// A message of one value; a value of 0 is not sent.
template <class M, class R>
std::optional<M> spoken(R value) {
  if (value == R(0)) return std::nullopt;
  return M{value};
}

template <class R>
struct MailboxCommon {
  MailboxCommon(Network<R>& of, const Learning& by, Sharding on, Executor executor, Door& door);

  Network<R>& network;
  Learning learning;
  const Rule& rule;
  Sharding sharding;
  Exchange<R> exchange;
  std::int32_t lanes;
  Indexed<MailboxSynapses<R>> synapses;  // by projection
  Indexed<Optimizer> optimizers;         // by projection
  std::vector<ThreadCount> visits;       // of synapses, by shard
  FeedbackWires<R> feedback_wires;

  std::size_t cell(std::int32_t neuron, std::int32_t lane) const {
    return static_cast<std::size_t>(neuron) * static_cast<std::size_t>(lanes) + static_cast<std::size_t>(lane);
  }
  RateNeuron<R> neuron(std::int32_t index, std::int32_t lane) const;
  LifNeuron<R> spiking(std::int32_t index, std::int32_t lane) const;
  Readout<R> readout(std::int32_t index, std::int32_t lane) const;

  const Projection& projection(ProjectionId p) const { return network.projections()[p]; }
  const Optimizer& optimizer(ProjectionId p) const { return optimizers[p]; }
  /// Calls visit(id, projection) for the projections in the order of the file.
  template <class Visit>
  void each_projection(Visit visit) const {
    for (std::int32_t p = 0; p < static_cast<std::int32_t>(synapses.size()); ++p) {
      visit(ProjectionId{p}, projection(ProjectionId{p}));
    }
  }
  const Neurons& target_of(const Projection& of) const { return network.target_of(of); }
  /// True if synapses keep traces and changes that are read.
  bool learns(const Projection& of) const { return of.plastic && rule.drive != Drive::kNothing; }

  void visited(int shard, std::int64_t count) { visits[static_cast<std::size_t>(shard)].value += count; }
  Sharding::Range targets_on(int shard, const Projection& of) const {
    return sharding.on(shard, of.target_layer, of.target_begin, of.target_size);
  }
  Sharding::Range sources_on(int shard, const Projection& of) const {
    return sharding.on(shard, of.source_layer, of.source_begin, of.source_size);
  }

  /// Calls visit(index, lane, population) for each spiking neuron of the shard.
  template <class Visit>
  void each_spiking(int shard, Visit visit) const {
    for (const Neurons& population : network.rate.populations) {
      if (!population.lif) continue;
      const Sharding::Range here = sharding.on(shard, Layer::kRate, population.begin, population.size);
      for (std::int32_t i = here.first; i < here.last; ++i) {
        for (std::int32_t lane = 0; lane < lanes; ++lane) visit(i, lane, population);
      }
    }
  }

  /// Calls visit(synapse) for the synapses of each target of the shard with takes(target within the
  /// projection).
  template <class Takes, class Visit>
  void each_synapse(int shard, ProjectionId p, Takes takes, Visit visit) {
    each_synapse(shard, projection(p), synapses[p], takes, visit);
  }
  /// The same, where the wires may be feedback.
  template <class Takes, class Visit>
  void each_synapse(int shard, const Projection& of, const MailboxSynapses<R>& own, Takes takes, Visit visit) {
    const Sharding::Range targets = targets_on(shard, of);
    for (std::int32_t target = targets.first - of.target_begin; target < targets.last - of.target_begin; ++target) {
      if (!takes(target)) continue;
      const auto incoming = own.incoming(target);
      visited(shard, std::ssize(incoming));
      for (const std::int32_t k : incoming) visit(std::int64_t{k});
    }
  }

  /// What a source says, message_of(lane) in every lane that has a message, is queued for each of
  /// its synapses as envelope_of(synapse, target within its layer, what it says in a lane).
  template <class M, class MessageOf, class EnvelopeOf>
  void tell_outgoing(Queues<M>& queues, int shard, const Projection& of, std::int32_t source, MessageOf message_of,
                     EnvelopeOf envelope_of) {
    const auto said = queues.said(shard, lanes, message_of);
    if (said.empty()) return;
    const std::vector<std::int32_t>& shards = sharding.begin_of(of.target_layer);
    const std::int64_t first = of.begin_of(source - of.source_begin);
    const std::int64_t last = of.begin_of(source - of.source_begin + 1);
    visited(shard, last - first);
    int receiver = 0;  // targets ascend under a source, and so do their shards
    for (std::int64_t k = first; k < last; ++k) {
      const std::int32_t target = of.target_begin + of.target_of(k);
      while (target >= shards[static_cast<std::size_t>(receiver) + 1]) ++receiver;
      for (const LaneMessage<M>& what : said) queues.between(shard, receiver).push_back(envelope_of(k, target, what));
    }
  }

  /// What each target of the shard says, message_of(target, lane) in every lane that has a message,
  /// is queued for each of its synapses.
  template <class M, class MessageOf>
  void tell_incoming(Queues<M>& queues, int shard, ProjectionId p, MessageOf message_of) {
    tell_incoming(queues, shard, projection(p), synapses[p], message_of);
  }
  /// The same, where the wires may be feedback.
  template <class M, class MessageOf>
  void tell_incoming(Queues<M>& queues, int shard, const Projection& of, MailboxSynapses<R>& own, MessageOf message_of) {
    const Sharding::Range targets = targets_on(shard, of);
    for (std::int32_t target = targets.first; target < targets.last; ++target) {
      const auto said = queues.said(shard, lanes, [&](std::int32_t lane) { return message_of(target, lane); });
      if (said.empty()) continue;
      own.has_told(target - of.target_begin) = 1;
      const auto incoming = own.incoming(target - of.target_begin);
      visited(shard, std::ssize(incoming));
      for (const std::int32_t k : incoming) {
        for (const LaneMessage<M>& what : said)
          queues.between(shard, shard).push_back({target, k, what.lane, what.message});
      }
    }
  }

  /// AXON, or its replay, reaches the synapses of a projection, hear(shard, envelope): those of the
  /// last delivery have fallen silent.
  template <class M, class Hear>
  void drain_axons(Queues<M>& queues, ProjectionId p, Hear hear) {
    exchange.each_shard([&](int shard) {
      visited(shard, synapses[p].silence(shard));
      exchange.drain(queues, shard, hear);
    });
  }

  /// POST reaches the synapses of a projection, hear(shard, envelope); those that it does not reach
  /// take the clock, where one ticks.
  template <class Hear>
  void drain_posts(Queues<Post<R>>& posts, ProjectionId p, Hear hear) {
    synapses[p].tick();
    exchange.each_shard([&](int shard) {
      exchange.drain(posts, shard, hear);
      if (synapses[p].has_clock()) visited(shard, synapses[p].drift(shard));
    });
  }
};

}  // namespace locus
