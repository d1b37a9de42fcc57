#include "core/transport/mailbox/mailbox.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/transport/mailbox/mailbox_views.h"

namespace locus {
template <class R>
Mailbox<R>::Mailbox(Network<R>& network, const Learning& learning, Sharding sharding, Executor executor, Door& door)
    : network_(network),
      learning_(learning),
      sharding_(std::move(sharding)),
      executor_(executor),
      door_(door),
      shards_(sharding_.shards()),
      columns_(network.projections().size()),
      input_lines_(network, Layer::kInput, false),
      rate_lines_(network, Layer::kRate, false),
      axons_(shards_),
      replays_(shards_),
      dendrites_(shards_),
      own_weights_(shards_),
      posts_(shards_),
      rate_errors_(shards_),
      targets_(shards_),
      norms_(shards_),
      feedbacks_(shards_),
      transports_(shards_),
      adjoints_(shards_),
      squares_(shards_),
      factors_(shards_) {
  const auto lanes = static_cast<std::size_t>(network.lanes);
  for (std::size_t p = 0; p < columns_.size(); ++p) {
    const Projection& projection = network.projections()[p];
    CHECK(projection.size() < std::numeric_limits<std::int32_t>::max(), "a mailbox addresses synapses with 32 bits");
    SynapseColumns& own = columns_[p];
    for (Column<R>* column : {&own.pre, &own.trace, &own.delta})
      column->assign(static_cast<std::size_t>(projection.size()) * lanes, R(0));
    if (rule(learning.kind).drive == Drive::kSensitivity) own.heard.assign(own.pre.size(), R(0));
    if (rule(learning.kind).decay == DecaySource::kNeuron && target_of(projection).lif) {
      for (Column<R>* column : {&own.adapted, &own.low_pass, &own.total}) column->assign(own.pre.size(), R(0));
    }
    own.incoming_begin.assign(static_cast<std::size_t>(projection.target_size) + 1, 0);
    own.incoming.resize(static_cast<std::size_t>(projection.size()));
    for (std::int64_t k = 0; k < projection.size(); ++k)
      ++own.incoming_begin[static_cast<std::size_t>(projection.target_of(k)) + 1];
    for (std::size_t i = 1; i < own.incoming_begin.size(); ++i) own.incoming_begin[i] += own.incoming_begin[i - 1];
    Column<std::int64_t> next = own.incoming_begin;
    for (std::int64_t k = 0; k < projection.size(); ++k) {
      own.incoming[static_cast<std::size_t>(next[static_cast<std::size_t>(projection.target_of(k))]++)] =
          static_cast<std::int32_t>(k);
    }
  }
  if (learning.optimizer.adam && rule(learning.kind).drive != Drive::kNothing) keep_moments(network);
  if (rule(learning.kind).drive == Drive::kSweep) {
    std::int32_t wait = 0;
    for (const Projection& projection : network.projections()) wait = std::max(wait, projection.wait);
    const std::size_t slots = static_cast<std::size_t>(learning.depth) + static_cast<std::size_t>(wait) + 1;
    past_input_.assign(slots, Column<R>(static_cast<std::size_t>(network.inputs.size) * lanes));
    past_activity_.assign(slots, Column<R>(static_cast<std::size_t>(network.rate.size) * lanes));
    past_gain_.assign(slots, Column<R>(static_cast<std::size_t>(network.rate.size) * lanes));
  }
}

template <class R>
void Mailbox<R>::begin_trial(const R* inputs) {
  inputs_ = inputs;
  input_lines_.clear();
  rate_lines_.clear();
  const TrialBegin begin{network_.carries};
  const Column<R>& initial = network_.rate.initial;
  executor_(shards_, [&](int shard) {
    for (std::size_t p = 0; p < columns_.size(); ++p) {
      each_synapse(shard, static_cast<std::int32_t>(p), [&](std::int64_t k) {
        const auto index = static_cast<std::int32_t>(p);
        for (std::int32_t lane = 0; lane < network_.lanes; ++lane) {
          on(learner(index, k, lane), begin);
          if (!columns_[p].total.empty()) on(eligible(index, k, lane), begin);
        }
      });
    }
    for (auto i = sharding_.rate_begin[static_cast<std::size_t>(shard)];
         i < sharding_.rate_begin[static_cast<std::size_t>(shard) + 1]; ++i) {
      for (std::int32_t lane = 0; lane < network_.lanes; ++lane) {
        on(neuron(i, lane), begin);
        if (!begin.carried && !initial.empty()) on(neuron(i, lane), Initial<R>{initial[static_cast<std::size_t>(i)]});
      }
    }
    each_spiking(shard, [&](std::int32_t i, std::int32_t lane, const Neurons&) { on(spiking(i, lane), begin); });
    for (auto k = sharding_.readout_begin[static_cast<std::size_t>(shard)];
         k < sharding_.readout_begin[static_cast<std::size_t>(shard) + 1]; ++k) {
      for (std::int32_t lane = 0; lane < network_.lanes; ++lane) on(readout(k, lane), begin);
    }
  });
  rate_lines_.enter();  // h_0, which W carries in tick 1
  if (!past_activity_.empty()) past_activity_[slot(Tick{0})] = network_.rate.activity;
}

template <class R>
void Mailbox<R>::tick(Tick now) {
  door_.tick(now);
  Column<R>& input = network_.inputs.activity;
  if (inputs_ != nullptr)
    std::copy_n(inputs_ + static_cast<std::size_t>(now.value - 1) * input.size(), input.size(), input.begin());
  input_lines_.enter();
  if (!past_input_.empty()) past_input_[slot(now)] = network_.inputs.activity;
  executor_(shards_, [&](int shard) {
    const auto s = static_cast<std::size_t>(shard);
    for (std::int32_t lane = 0; lane < network_.lanes; ++lane) {
      for (auto i = sharding_.rate_begin[s]; i < sharding_.rate_begin[s + 1]; ++i) on(neuron(i, lane), Silence{});
      for (auto k = sharding_.readout_begin[s]; k < sharding_.readout_begin[s + 1]; ++k)
        on(readout(k, lane), Silence{});
    }
  });
}

template <class R>
void Mailbox<R>::silence(std::int32_t p) {
  executor_(shards_, [&](int shard) {
    each_synapse(shard, p, [&](std::int64_t k) {
      for (std::int32_t lane = 0; lane < network_.lanes; ++lane) on(learner(p, k, lane), Silence{});
    });
  });
}

template <class R>
void Mailbox<R>::deliver(const phase::Axons& axons) {
  const std::int32_t p = axons.projection.value;
  const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
  const R* activity = arriving(projection);
  silence(p);
  const auto emit = [&](int shard) {
    each_outgoing(shard, projection, [&](std::int32_t source, std::int64_t k, int receiver) {
      for (std::int32_t lane = 0; lane < network_.lanes; ++lane) {
        const R value = activity[cell(source, lane)];
        if (value != R(0))
          axons_.between(shard, receiver).push_back({source, static_cast<std::int32_t>(k), lane, {value}});
      }
    });
  };
  const auto ends = [&](const Envelope<Axon<R>>& e) {
    return Endpoints{neuron_end(projection.source_layer, e.sender), {Party::kSynapse, p, e.receiver}};
  };
  if (projection.source_layer == Layer::kInput) {
    send<Channel::kAxon, Party::kInput, Party::kSynapse>(axons_, 0, 1, emit, ends);
  } else {
    send<Channel::kAxon, Party::kRate, Party::kSynapse>(axons_, 0, 1, emit, ends);
  }
  drain(axons_, [&](int shard, const Envelope<Axon<R>>& e) {
    const std::int32_t target = projection.target_begin + projection.target_of(e.receiver);
    dendrites_.between(shard, shard).push_back({e.receiver, target, e.lane, on(learner(p, e.receiver, e.lane), e.message)});
  });
  const bool onto_rate = projection.target_layer == Layer::kRate;
  const std::int64_t scalars = scalars_of(rule(learning_.kind), Channel::kDendrite, onto_rate);
  const auto dendrite_ends = [&](const Envelope<Dendrite<R>>& e) {
    return Endpoints{{Party::kSynapse, p, e.sender}, neuron_end(projection.target_layer, e.receiver)};
  };
  pass_dendrites(door_, projection.target_layer, dendrites_.waiting(), scalars,
                 [&] { return dendrite_ends(dendrites_.first()); });
  tell(dendrites_, Channel::kDendrite, 0, scalars, dendrite_ends);
  deliver_dendrites(p);
}

template <class R>
void Mailbox<R>::deliver_dendrites(std::int32_t p) {
  if (network_.projections()[static_cast<std::size_t>(p)].target_layer == Layer::kReadout) {
    drain(dendrites_, [&](int, const Envelope<Dendrite<R>>& e) { on(readout(e.receiver, e.lane), e.message); });
    return;
  }
  Column<R>& heard = columns_[static_cast<std::size_t>(p)].heard;
  std::ranges::fill(heard, R(0));
  drain(dendrites_, [&](int, const Envelope<Dendrite<R>>& e) {
    on(neuron(e.receiver, e.lane), e.message);
    if (!heard.empty()) heard[cell(e.sender, e.lane)] = e.message.behind;
  });
}

template <class R>
void Mailbox<R>::step(Layer layer) {
  if (layer == Layer::kReadout) return step_readouts();
  executor_(shards_, [&](int shard) {
    const auto& begin = sharding_.rate_begin;
    for (const Neurons& population : network_.rate.populations) {
      const std::int32_t first = std::max(begin[static_cast<std::size_t>(shard)], population.begin);
      const std::int32_t last = std::min(begin[static_cast<std::size_t>(shard) + 1], population.begin + population.size);
      if (population.lif) {
        const Lif<R> clock(*population.lif);
        dispatch(population.lif->surrogate, [&]<class Psi>(Psi) {
          for (std::int32_t i = first; i < last; ++i) {
            for (std::int32_t lane = 0; lane < network_.lanes; ++lane) locus::step<Psi>(spiking(i, lane), clock);
          }
        });
        continue;
      }
      dispatch(population.activation, [&]<class Phi>(Phi) {
        for (std::int32_t i = first; i < last; ++i) {
          for (std::int32_t lane = 0; lane < network_.lanes; ++lane)
            locus::step<Phi>(neuron(i, lane), Step<R>{static_cast<R>(population.leak)});
        }
      });
    }
  });
  rate_lines_.enter();
  if (past_activity_.empty()) return;
  past_activity_[slot(door_.now())] = network_.rate.activity;
  past_gain_[slot(door_.now())] = network_.rate.gain;
}

template <class R>
void Mailbox<R>::step_readouts() {
  executor_(shards_, [&](int shard) {
    const auto& begin = sharding_.readout_begin;
    for (const Neurons& population : network_.readouts.populations) {
      const Leaky<R> clock{static_cast<R>(population.decay), static_cast<R>(population.gain)};
      const std::int32_t first = std::max(begin[static_cast<std::size_t>(shard)], population.begin);
      const std::int32_t last = std::min(begin[static_cast<std::size_t>(shard) + 1], population.begin + population.size);
      for (std::int32_t k = first; k < last; ++k) {
        for (std::int32_t lane = 0; lane < network_.lanes; ++lane) locus::step(readout(k, lane), clock);
      }
    }
  });
}

template class Mailbox<double>;
template class Mailbox<float>;

}  // namespace locus
