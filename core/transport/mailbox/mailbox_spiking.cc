// The mailbox's messages of spiking networks: POST where there is news, firing-rate errors, NORM;
// and the clock where nothing is sent.
#include <algorithm>

#include "core/protocol/phase_table.h"
#include "core/transport/mailbox/mailbox_views.h"

namespace locus {

/// NORM from every readout to every other, then TARGET.
template <class R>
void Mailbox<R>::deliver(const phase::Classes<R>& classes) {
  send<Channel::kNorm, Party::kReadout, Party::kReadout>(
      norms_, 0, 1,
      [&](int shard) {
        const auto s = static_cast<std::size_t>(shard);
        for (auto k = sharding_.readout_begin[s]; k < sharding_.readout_begin[s + 1]; ++k) {
          for (std::int32_t lane = 0; lane < network_.lanes; ++lane) {
            const Readout<R> self = readout(k, lane);
            const Norm<R> message = norm(self);
            self.norm = message.value;  // its own part it knows
            for (std::int32_t other = 0; other < network_.readouts.size; ++other) {
              if (other == k) continue;
              norms_.between(shard, shard_of(sharding_.readout_begin, other)).push_back({k, other, lane, message});
            }
          }
        }
      },
      [](const Envelope<Norm<R>>& e) {
        return Endpoints{{Party::kReadout, 0, e.sender}, {Party::kReadout, 0, e.receiver}};
      });
  drain(norms_, [&](int, const Envelope<Norm<R>>& e) { on(readout(e.receiver, e.lane), e.message); });
  send<Channel::kTarget, Party::kEnvironment, Party::kReadout>(
      targets_, 0, 1, [&](int shard) { queue_targets(shard, classes.target); },
      [](const Envelope<Target<R>>& e) {
        return Endpoints{{Party::kEnvironment, 0, 0}, {Party::kReadout, 0, e.receiver}};
      });
  drain(targets_, [&](int, const Envelope<Target<R>>& e) { locus::classify(readout(e.receiver, e.lane), e.message); });
}

/// The clock of synapses onto readouts with memory: where no POST comes, the trace drifts with
/// constants that the synapse knows.
template <class R>
void Mailbox<R>::drift_readouts(std::int32_t p) {
  const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
  const Neurons& target = target_of(projection);
  if (!network_.topology->target_of(projection).leaky || !projection.plastic) return;
  const Drift<R> clock{static_cast<R>(target.decay), static_cast<R>(target.gain)};
  executor_(shards_, [&](int shard) {
    each_incoming(shard, p, [&](std::int32_t k, std::int64_t synapse) {
      for (std::int32_t lane = 0; lane < network_.lanes; ++lane) {
        if (readout(k, lane).epsilon == R(0)) on(learner(p, synapse, lane), clock);
      }
    });
  });
}

template <class R>
Eligible<R> Mailbox<R>::eligible_clock(const LifParameters& lif) const {
  return {static_cast<R>(lif.decay), static_cast<R>(lif.gain), static_cast<R>(lif.adaptation_decay),
          static_cast<R>(lif.adaptation), static_cast<R>(learning_.filter)};
}

/// POST of psi and signal from neurons that have news; the synapses of the others take the clock
/// alone.
template <class R>
void Mailbox<R>::post_spiking(std::int32_t p, const LifParameters& lif) {
  const bool eprop = rule(learning_.kind).decay == DecaySource::kNeuron;
  const Eligible<R> clock = eligible_clock(lif);
  const R decay = learning_.trace_decay ? static_cast<R>(*learning_.trace_decay) : clock.decay;
  send<Channel::kPost, Party::kRate, Party::kSynapse>(
      posts_, 0, kSpikingPostScalars,
      [&](int shard) {
        each_incoming(shard, p, [&](std::int32_t target, std::int64_t k) {
          for (std::int32_t lane = 0; lane < network_.lanes; ++lane) {
            const LifNeuron<R> self = spiking(target, lane);
            if (has_news(self)) {
              queue_post(shard, target, k, lane, {decay, eprop ? self.gain : self.gain * clock.gain, self.signal});
            } else if (eprop) {
              on(eligible(p, k, lane), clock);
            } else {
              on(learner(p, k, lane), Drift<R>{decay, R(0)});
            }
          }
        });
      },
      [&](const Envelope<Post<R>>& e) {
        return Endpoints{{Party::kRate, 0, e.sender}, {Party::kSynapse, p, e.receiver}};
      });
  drain(posts_, [&](int, const Envelope<Post<R>>& e) {
    if (eprop) {
      on(eligible(p, e.receiver, e.lane), e.message, clock);
    } else {
      on(learner(p, e.receiver, e.lane), e.message);
    }
  });
}

template <class R>
void Mailbox<R>::deliver(const phase::RateErrors&) {
  const RateTarget<R> clock{static_cast<R>(learning_.firing_rate->target),
                            static_cast<R>(learning_.firing_rate->strength), static_cast<R>(learning_.firing_rate->ticks)};
  for (std::size_t p = 0; p < columns_.size(); ++p) {
    const Projection& projection = network_.projections()[p];
    const auto index = static_cast<std::int32_t>(p);
    if (!projection.plastic || projection.target_layer != Layer::kRate || !target_of(projection).lif) continue;
    send<Channel::kPost, Party::kRate, Party::kSynapse>(
        rate_errors_, 0, 1,
        [&](int shard) {
          each_incoming(shard, index, [&](std::int32_t target, std::int64_t k) {
            for (std::int32_t lane = 0; lane < network_.lanes; ++lane) {
              rate_errors_.between(shard, shard)
                  .push_back({target, static_cast<std::int32_t>(k), lane, rate_error(spiking(target, lane), clock)});
            }
          });
        },
        [&](const Envelope<RateError<R>>& e) {
          return Endpoints{{Party::kRate, 0, e.sender}, {Party::kSynapse, index, e.receiver}};
        });
    drain(rate_errors_, [&](int, const Envelope<RateError<R>>& e) { on(eligible(index, e.receiver, e.lane), e.message); });
  }
}

template void Mailbox<double>::deliver(const phase::Classes<double>&);
template void Mailbox<double>::drift_readouts(std::int32_t);
template void Mailbox<double>::post_spiking(std::int32_t, const LifParameters&);
template void Mailbox<double>::deliver(const phase::RateErrors&);
template void Mailbox<float>::deliver(const phase::Classes<float>&);
template void Mailbox<float>::drift_readouts(std::int32_t);
template void Mailbox<float>::post_spiking(std::int32_t, const LifParameters&);
template void Mailbox<float>::deliver(const phase::RateErrors&);

}  // namespace locus
