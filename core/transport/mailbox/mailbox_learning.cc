#include <algorithm>

#include "core/transport/mailbox/mailbox_views.h"

namespace locus {

template <class R>
void Mailbox<R>::deliver(const phase::Targets<R>& targets) {
  send<Channel::kTarget, Party::kEnvironment, Party::kReadout>(
      targets_, 0, 1, [&](int shard) { queue_targets(shard, targets.target); },
      [](const Envelope<Target<R>>& e) {
        return Endpoints{{Party::kEnvironment, 0, 0}, {Party::kReadout, 0, e.receiver}};
      });
  drain(targets_, [&](int, const Envelope<Target<R>>& e) { on(readout(e.receiver, e.lane), e.message, targets.scale); });
}

template <class R>
void Mailbox<R>::deliver(const phase::Errors<R>& errors) {
  const Answers<R>& answers = errors.answers;
  for (const ProjectionId id : projections_between(*network_.topology, Layer::kRate, Layer::kReadout)) {
    const std::int32_t p = id.value;
    const Projection& projection = network_.projections()[id];
    if (!projection.plastic && !answers) continue;
    drift_readouts(p);
    send<Channel::kPost, Party::kReadout, Party::kSynapse>(
        posts_, 0, scalars_of(rule(learning_.kind), Channel::kPost, false),
        [&](int shard) {
          each_incoming(shard, p, [&](std::int32_t target, std::int64_t k) {
            for (std::int32_t lane = 0; lane < network_.lanes; ++lane) {
              const Readout<R> self = readout(target, lane);
              if (self.epsilon != R(0)) queue_post(shard, target, k, lane, locus::post(self));
            }
          });
        },
        [&](const Envelope<Post<R>>& e) {
          return Endpoints{{Party::kReadout, 0, e.sender}, {Party::kSynapse, p, e.receiver}};
        });
    const auto& source_shards = sharding_.rate_begin;
    const Neurons& target = target_of(projection);
    const R decay = static_cast<R>(target.decay);  // which the synapse knows, as it knows the gain
    const R gain = static_cast<R>(target.gain);
    drain(posts_, [&](int shard, const Envelope<Post<R>>& e) {
      const Synapse<R> self = learner(p, e.receiver, e.lane);
      if (projection.plastic) on(self, Post<R>{decay, gain * e.message.gain, e.message.signal});
      if (!answers) return;
      const std::int32_t source = projection.source_begin + projection.source_of(e.receiver);
      const int receiver = answers.to == Party::kAgent ? 0 : shard_of(source_shards, source);
      transports_.between(shard, receiver).push_back({e.receiver, source, e.lane, transported(self, e.message)});
    });
    deliver_transports(p, 0, answers);
  }
}

template <class R>
void Mailbox<R>::deliver_transports(std::int32_t p, std::int32_t lag, Answers<R> answers) {
  if (!answers) return;
  R* const sums = answers.sums_of(network_, network_.projections()[static_cast<std::size_t>(p)]);
  const auto ends = [&](const Envelope<Transport<R>>& e) {
    const bool to_agent = answers.to == Party::kAgent;
    return Endpoints{{Party::kSynapse, p, e.sender},
                     to_agent ? Endpoint{Party::kAgent, 0, 0} : Endpoint{Party::kRate, 0, e.receiver}};
  };
  pass_transports(door_, answers.to, lag, transports_.waiting(), [&] { return ends(transports_.first()); });
  tell(transports_, Channel::kTransport, lag, 1, ends);
  drain(transports_, [&](int, const Envelope<Transport<R>>& e) {
    if (answers.to == Party::kRate) {
      on(neuron(e.receiver, e.lane), e.message);
    } else {
      on(AgentCell<R>{sums[cell(e.receiver, e.lane)]}, e.message);
    }
  });
}

template <class R>
void Mailbox<R>::deliver(const phase::Feedbacks&) {
  for (std::size_t r = 0; r < network_.feedback.size(); ++r) {
    const Projection& wires = network_.feedback[r];
    const Column<R>& weight = network_.feedback_weights[r];
    send<Channel::kFeedback, Party::kReadout, Party::kRate>(
        feedbacks_, 0, 1,
        [&](int shard) {
          each_outgoing(shard, wires, [&](std::int32_t source, std::int64_t k, int receiver) {
            const std::int32_t target = wires.target_begin + wires.target_of(k);
            for (std::int32_t lane = 0; lane < network_.lanes; ++lane) {
              const Readout<R> self = readout(source, lane);
              if (self.epsilon == R(0)) continue;
              const Feedback<R> message = locus::feedback(self, weight[static_cast<std::size_t>(k)]);
              feedbacks_.between(shard, receiver).push_back({source, target, lane, message});
            }
          });
        },
        [](const Envelope<Feedback<R>>& e) {
          return Endpoints{{Party::kReadout, 0, e.sender}, {Party::kRate, 0, e.receiver}};
        });
    drain(feedbacks_, [&](int, const Envelope<Feedback<R>>& e) { on(neuron(e.receiver, e.lane), e.message); });
  }
}

template <class R>
void Mailbox<R>::deliver(const phase::OwnWeights&) {
  for (const ProjectionId id : projections_between(*network_.topology, Layer::kRate, Layer::kRate)) {
    const std::int32_t p = id.value;
    send<Channel::kDendrite, Party::kSynapse, Party::kRate>(
        own_weights_, 0, 1,
        [&](int shard) {
          for (const Autapse& autapse : network_.topology->autapses) {
            if (autapse.projection != id || shard_of(sharding_.rate_begin, autapse.neuron.value) != shard) continue;
            const auto k = static_cast<std::int32_t>(autapse.synapse.value);
            for (std::int32_t lane = 0; lane < network_.lanes; ++lane) {
              own_weights_.between(shard, shard).push_back({k, autapse.neuron.value, lane, {learner(p, k, lane).weight}});
            }
          }
        },
        [&](const Envelope<OwnWeight<R>>& e) {
          return Endpoints{{Party::kSynapse, p, e.sender}, {Party::kRate, 0, e.receiver}};
        });
    drain(own_weights_, [&](int, const Envelope<OwnWeight<R>>& e) { on(neuron(e.receiver, e.lane), e.message); });
  }
}

template <class R>
R Mailbox<R>::decay_of(std::int32_t index, std::int32_t lane) {
  const R leak = network_.rate.leak[static_cast<std::size_t>(index)];
  if (rule(learning_.kind).decay == DecaySource::kNeuron) return own_decay(neuron(index, lane), Step<R>{leak});
  return learning_.trace_decay ? static_cast<R>(*learning_.trace_decay) : R(1) - leak;
}

template <class R>
void Mailbox<R>::deliver(const phase::Posts& posts) {
  const Rule& row = rule(learning_.kind);
  for (std::size_t p = 0; p < columns_.size(); ++p) {
    const Projection& projection = network_.projections()[p];
    const auto index = static_cast<std::int32_t>(p);
    if (!projection.plastic || projection.target_layer != Layer::kRate) continue;
    const Neurons* const population = &target_of(projection);
    if (population->lif) {
      post_spiking(index, *population->lif);
      continue;
    }
    const bool known_gain = knows_gain(row, projection, network_.topology->target_of(projection));
    // nothing to tell: by the clock the trace drifts with constants that the synapse knows
    if (known_gain && !posts.tick_has_error) {
      executor_(shards_, [&](int shard) {
        each_incoming(shard, index, [&](std::int32_t target, std::int64_t k) {
          for (std::int32_t lane = 0; lane < network_.lanes; ++lane) {
            on(learner(index, k, lane), Drift<R>{decay_of(target, lane), static_cast<R>(population->leak)});
          }
        });
      });
      continue;
    }
    send<Channel::kPost, Party::kRate, Party::kSynapse>(
        posts_, 0, scalars_of(row, Channel::kPost, true),
        [&](int shard) {
          each_incoming(shard, index, [&](std::int32_t target, std::int64_t k) {
            for (std::int32_t lane = 0; lane < network_.lanes; ++lane) {
              const RateNeuron<R> self = neuron(target, lane);
              queue_post(shard, target, k, lane, {decay_of(target, lane), self.gain, self.signal});
            }
          });
        },
        [&](const Envelope<Post<R>>& e) {
          return Endpoints{{Party::kRate, 0, e.sender}, {Party::kSynapse, index, e.receiver}};
        });
    drain(posts_, [&](int, const Envelope<Post<R>>& e) { on(learner(index, e.receiver, e.lane), e.message); });
  }
}

template <class R>
void Mailbox<R>::deliver(const phase::Adjoints<R>& adjoints) {
  const std::int32_t lag = adjoints.lag;
  send<Channel::kAdjoint, Party::kAgent, Party::kRate>(
      adjoints_, lag, 1,
      [&](int shard) {
        if (shard != 0) return;  // the agent sits on the first shard
        for (std::int32_t i = 0; i < network_.rate.size; ++i) {
          for (std::int32_t lane = 0; lane < network_.lanes; ++lane) {
            adjoints_.between(0, shard_of(sharding_.rate_begin, i)).push_back({0, i, lane, {adjoints.delta[cell(i, lane)]}});
          }
        }
      },
      [](const Envelope<Adjoint<R>>& e) {
        return Endpoints{{Party::kAgent, 0, 0}, {Party::kRate, 0, e.receiver}};
      });
  drain(adjoints_, [&](int, const Envelope<Adjoint<R>>& e) { on(neuron(e.receiver, e.lane), e.message); });
  if (lag > 0) return;
  executor_(shards_, [&](int shard) {
    each_spiking(shard, [&](std::int32_t i, std::int32_t lane, const Neurons&) { on(spiking(i, lane), SweepBegin{}); });
  });
}

template <class R>
void Mailbox<R>::deliver(const phase::Replays& replays) {
  for (std::size_t p = 0; p < columns_.size(); ++p) {
    const Projection& projection = network_.projections()[p];
    const auto index = static_cast<std::int32_t>(p);
    if (!projection.plastic || projection.target_layer != Layer::kRate) continue;
    const bool from_input = projection.source_layer == Layer::kInput;
    // before the first tick nothing was but h_0
    const Tick sent{replays.revisited.value - projection.delay()};
    const R* past = (from_input ? past_input_ : past_activity_)[slot(Tick{std::max(sent.value, 0)})].data();
    silence(index);
    const auto emit = [&](int shard) {
      if (sent.value < (from_input ? 1 : 0)) return;
      each_outgoing(shard, projection, [&](std::int32_t source, std::int64_t k, int receiver) {
        for (std::int32_t lane = 0; lane < network_.lanes; ++lane) {
          const R value = past[cell(source, lane)];
          if (value != R(0))
            replays_.between(shard, receiver).push_back({source, static_cast<std::int32_t>(k), lane, {value}});
        }
      });
    };
    const auto ends = [&](const Envelope<Replay<R>>& e) {
      return Endpoints{neuron_end(projection.source_layer, e.sender), {Party::kSynapse, index, e.receiver}};
    };
    if (from_input) {
      send<Channel::kAxon, Party::kInput, Party::kSynapse>(replays_, replays.lag, 1, emit, ends);
    } else {
      send<Channel::kAxon, Party::kRate, Party::kSynapse>(replays_, replays.lag, 1, emit, ends);
    }
    drain(replays_, [&](int, const Envelope<Replay<R>>& e) { on(learner(index, e.receiver, e.lane), e.message); });
  }
}

template <class R>
void Mailbox<R>::deliver(const phase::PostsBack<R>& posts) {
  const Tick revisited = posts.revisited;
  const std::int32_t lag = posts.lag;
  const Answers<R>& answers = posts.answers;
  executor_(shards_, [&](int shard) {
    each_spiking(shard, [&](std::int32_t i, std::int32_t lane, const Neurons& population) {
      const LifNeuron<R> self = spiking(i, lane);
      self.gain = past_gain_[slot(revisited)][cell(i, lane)];  // it recalls its psi
      revisit(self, Lif<R>(*population.lif));
    });
  });
  for (std::size_t p = 0; p < columns_.size(); ++p) {
    const Projection& projection = network_.projections()[p];
    const auto index = static_cast<std::int32_t>(p);
    const bool transports = projection.source_layer == Layer::kRate && answers.sums_of(network_, projection) != nullptr;
    if (projection.target_layer != Layer::kRate || !(projection.plastic || transports)) continue;
    const std::optional<LifParameters>& lif = target_of(projection).lif;
    send<Channel::kPost, Party::kRate, Party::kSynapse>(
        posts_, lag, scalars_of(rule(learning_.kind), Channel::kPost, true),
        [&](int shard) {
          each_incoming(shard, index, [&](std::int32_t target, std::int64_t k) {
            for (std::int32_t lane = 0; lane < network_.lanes; ++lane) {
              const RateNeuron<R> self = neuron_recalling(target, lane, revisited);
              queue_post(
                  shard, target, k, lane,
                  lif ? locus::post_back(spiking(target, lane), Lif<R>(*lif)) : Post<R>{R(0), self.gain, self.signal});
            }
          });
        },
        [&](const Envelope<Post<R>>& e) {
          return Endpoints{{Party::kRate, 0, e.sender}, {Party::kSynapse, index, e.receiver}};
        });
    drain(posts_, [&](int shard, const Envelope<Post<R>>& e) {
      const Synapse<R> self = learner(index, e.receiver, e.lane);
      if (projection.plastic) on(self, e.message);
      if (!transports) return;
      const std::int32_t source = projection.source_begin + projection.source_of(e.receiver);
      transports_.between(shard, 0).push_back({e.receiver, source, e.lane, transported(self, e.message)});
    });
    if (transports) deliver_transports(index, lag, answers);
  }
}

template void Mailbox<double>::deliver(const phase::Targets<double>&);
template void Mailbox<double>::deliver(const phase::Errors<double>&);
template void Mailbox<double>::deliver(const phase::Feedbacks&);
template void Mailbox<double>::deliver(const phase::OwnWeights&);
template void Mailbox<double>::deliver(const phase::Posts&);
template void Mailbox<double>::deliver(const phase::Adjoints<double>&);
template void Mailbox<double>::deliver(const phase::Replays&);
template void Mailbox<double>::deliver(const phase::PostsBack<double>&);
template void Mailbox<float>::deliver(const phase::Targets<float>&);
template void Mailbox<float>::deliver(const phase::Errors<float>&);
template void Mailbox<float>::deliver(const phase::Feedbacks&);
template void Mailbox<float>::deliver(const phase::OwnWeights&);
template void Mailbox<float>::deliver(const phase::Posts&);
template void Mailbox<float>::deliver(const phase::Adjoints<float>&);
template void Mailbox<float>::deliver(const phase::Replays&);
template void Mailbox<float>::deliver(const phase::PostsBack<float>&);

}  // namespace locus
