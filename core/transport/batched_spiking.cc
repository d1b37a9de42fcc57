// Batched over spiking networks ("events"): a silent source costs nothing, neither where it sends
// nor where its synapses learn.
//
// Learning is not causal in memory, only in what it computes: signals and surrogates of the trial
// wait on the tapes, and at the commit every neuron turns them, from the last tick back, into what
// one event of a tick is worth to each of its synapses (TransposedEligibility, tape.h). Then
// delta_ij += coefficient_i(t) for each event of source j, dense, sparse and hollow alike. That
// this is the transpose of the handlers is proven by tests/transport/bilinear_test.cc.
#include <algorithm>

#include "core/transport/batched.h"
#include "core/transport/no_offence.h"

namespace locus {
namespace {

// additions: below, one thread does them all
constexpr std::int64_t kWorthEvents = std::int64_t{1} << 18;

/// to += scale * from, in this order for each element.
template <class R>
void add_scaled(R scale, const R* from, std::int32_t size, R* to) {
#pragma GCC ivdep
  for (std::int32_t i = 0; i < size; ++i) to[i] += scale * from[i];
}

/// The synapses of source j hear of one event: calls add(first target, number of targets, first
/// synapse) for each run of neighbours.
template <class Add>
void each_run(const Projection& projection, std::int32_t j, Add add) {
  const std::int64_t begin = projection.begin_of(j);
  if (projection.dense) return add(0, projection.target_size, begin);
  add(0, j, begin);  // hollow: all but itself
  add(j + 1, projection.target_size - j - 1, begin + j);
}

}  // namespace

template <class R>
bool Batched<R>::is_spiking(const Projection& projection) const {
  const bool from_spikes = projection.source_layer == Layer::kRate &&
                           population_at(network_.rate.populations, projection.source_begin).lif.has_value();
  return from_spikes || (projection.target_layer == Layer::kRate &&
                         population_at(network_.rate.populations, projection.target_begin).lif.has_value());
}

template <class R>
void Batched<R>::classify(const R* target) {
  ReadoutLayer<R>& layer = network_.readouts;
  const std::int64_t readouts = layer.size;
  door_.pass<Channel::kNorm, Party::kReadout, Party::kReadout>(0, readouts * (readouts - 1) * lanes_, 1, no_offence);
  for (std::size_t cell = 0; cell < told_.size(); ++cell) told_[cell] = norm(readout(cell)).value;
  for (std::int32_t k = 0; k < layer.size; ++k) {
    for (std::int32_t lane = 0; lane < lanes_; ++lane) {
      if (door_.traffic() != nullptr && readouts > 1)
        door_.traffic()->add(stream_of(Phase::kNorm), 0, k, lane, readouts - 1);
      const auto cell = [&](std::int32_t of) {
        return static_cast<std::size_t>(of) * static_cast<std::size_t>(lanes_) + static_cast<std::size_t>(lane);
      };
      const Readout<R> self = readout(cell(k));
      self.norm = told_[cell(k)];  // its own part it knows
      for (std::int32_t other = 0; other < layer.size; ++other) {
        if (other != k) on(self, Norm<R>{told_[cell(other)]});
      }
    }
  }
  door_.pass<Channel::kTarget, Party::kEnvironment, Party::kReadout>(0, readouts * lanes_, 1, no_offence);
  record_each(door_.traffic(), stream_of(Phase::kTarget), 0, layer.size, lanes_);
  for (std::size_t cell = 0; cell < layer.output.size(); ++cell)
    locus::classify(readout(cell), Target<R>{target[cell]});
}

/// POST messages of a tick over one projection: fan-in of every neuron with news.
template <class R>
std::int64_t Batched<R>::count_news(const Projection& projection, const Block& block) {
  std::int64_t count = 0;
  for (std::int32_t i = 0; i < projection.target_size; ++i) {
    const std::size_t first = static_cast<std::size_t>(projection.target_begin + i) * static_cast<std::size_t>(lanes_);
    std::int32_t news = 0;
    for (std::size_t lane = 0; lane < static_cast<std::size_t>(lanes_); ++lane)
      news += has_news(spiking(first + lane)) ? 1 : 0;
    count += std::int64_t{news} * block.fan_in[static_cast<std::size_t>(i)];
  }
  return count;
}

template <class R>
void Batched<R>::tell_rates() {
  const RateTarget<R> clock{static_cast<R>(learning_.firing_rate->target),
                            static_cast<R>(learning_.firing_rate->strength), static_cast<R>(learning_.firing_rate->ticks)};
  each_spiking([&](std::size_t cell, const Neurons&) { rate_errors_[cell] = rate_error(spiking(cell), clock).value; });
  for (const std::int32_t p : onto_rate_) {
    const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
    if (blocks_[static_cast<std::size_t>(p)].way != Way::kEvents) continue;
    door_.pass<Channel::kPost, Party::kRate, Party::kSynapse>(0, projection.size() * lanes_, 1, no_offence);
  }
}

/// The neurons of a population at a stage of a sweep; `gain` is the layer's psi of the revisited
/// tick (n x lanes).
template <class R>
void Batched<R>::revisit_spiking(const Neurons& population, const R* gain) {
  const std::size_t first = static_cast<std::size_t>(population.begin) * static_cast<std::size_t>(lanes_);
  const std::size_t last = first + static_cast<std::size_t>(population.size) * static_cast<std::size_t>(lanes_);
  const Lif<R> clock(*population.lif);
  for (std::size_t cell = first; cell < last; ++cell) {
    const LifNeuron<R> self = spiking(cell);
    self.gain = gain[cell];  // it recalls its psi
    revisit(self, clock);
    const Post<R> message = locus::post_back(self, clock);
    errors_back_[cell] = message.gain * message.signal;
  }
}

/// Spiking neurons add to what they carry back; their gains stay, and coefficients are sums.
template <class R>
void Batched<R>::keep_spiking_errors_back(std::int32_t row) {
  std::ranges::copy(network_.rate.signal, errors_back_.begin());
  gains_.zip(row, errors_back_.data(), [](const R& gain, R& g) { g *= gain; });
  for (const Neurons& population : network_.rate.populations) {
    if (population.lif) revisit_spiking(population, gains_.at(row, 0));
  }
  if (mark_learnt(row)) {
    coefficients_.zip(row, errors_back_.data(), [](R& sum, const R& g) { sum += g; });
  } else {
    coefficients_.write(row, errors_back_.data());
  }
}

/// What an event of each tick is worth to the neurons that it reaches: taught_ and
/// taught_readouts_.
template <class R>
void Batched<R>::teach_spiking() {
  if (!taught_readouts_.empty()) teach_readouts();
  if (taught_.empty()) return;
  const bool online = rule(learning_.kind).drive == Drive::kOnline;
  for (const Neurons& population : network_.rate.populations) {
    if (population.lif && online) teach_online(population);
  }
  if (online) return;
  const auto neurons = static_cast<std::size_t>(network_.rate.size);
  const auto lanes = static_cast<std::size_t>(lanes_);
  for (std::int32_t row = 0; row < trial_.ticks; ++row) {
    R* taught = taught_.data() + static_cast<std::size_t>(row) * lanes * neurons;
    for (std::size_t i = 0; i < neurons; ++i) {
      const R* sum = coefficients_.at(row, static_cast<std::int32_t>(i));
      for (std::size_t lane = 0; lane < lanes; ++lane) taught[lane * neurons + i] = learnt_.has(row) ? sum[lane] : R(0);
    }
  }
}

template <class R>
void Batched<R>::teach_online(const Neurons& population) {
  const LifParameters& lif = *population.lif;
  const bool eprop = rule(learning_.kind).decay == DecaySource::kNeuron;
  Eligible<R> clock{static_cast<R>(lif.decay), static_cast<R>(lif.gain), static_cast<R>(lif.adaptation_decay),
                    static_cast<R>(lif.adaptation), static_cast<R>(learning_.filter)};
  const R decay = learning_.trace_decay ? static_cast<R>(*learning_.trace_decay) : clock.decay;
  std::ranges::fill(back_, TransposedEligibility<R>{});
  const auto neurons = static_cast<std::size_t>(network_.rate.size);
  const auto lanes = static_cast<std::size_t>(lanes_);
  const auto begin = static_cast<std::size_t>(population.begin);
  for (std::int32_t row = trial_.ticks - 1; row >= 0; --row) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      R* taught = taught_.data() + (static_cast<std::size_t>(row) * lanes + lane) * neurons;
      for (std::size_t i = begin; i < begin + static_cast<std::size_t>(population.size); ++i) {
        TransposedEligibility<R>& back = back_[i * lanes + lane];
        const R signal = coefficients_.at(row, static_cast<std::int32_t>(i))[lane];
        const R psi = gains_.at(row, static_cast<std::int32_t>(i))[lane];
        if (eprop) {
          const R reg = rate_errors_.empty() ? R(0) : rate_errors_[i * lanes + lane];
          taught[i] = back.coefficient(signal, psi, reg, clock);
        } else {  // RFLO: sum_{u >= t} lambda^(u-t) signal_u, times psi zeta
          back.sum = signal + decay * back.sum;
          taught[i] = psi * clock.gain * back.sum;
        }
      }
    }
  }
}

/// eta_t = eps_t + alpha eta_{t+1}, an event of tick t is worth zeta eta_t.
template <class R>
void Batched<R>::teach_readouts() {
  const auto readouts = static_cast<std::size_t>(network_.readouts.size);
  const auto lanes = static_cast<std::size_t>(lanes_);
  std::ranges::fill(back_, TransposedEligibility<R>{});
  for (const Neurons& population : network_.readouts.populations) {
    const R decay = static_cast<R>(population.decay);
    const R gain = static_cast<R>(population.gain);
    const auto begin = static_cast<std::size_t>(population.begin);
    for (std::int32_t row = trial_.ticks - 1; row >= 0; --row) {
      for (std::size_t k = begin; k < begin + static_cast<std::size_t>(population.size); ++k) {
        const R* epsilon = epsilons_.at(row, static_cast<std::int32_t>(k));
        for (std::size_t lane = 0; lane < lanes; ++lane) {
          R& eta = back_[k * lanes + lane].sum;
          eta = (reported_.has(row) ? epsilon[lane] : R(0)) + decay * eta;
          taught_readouts_[(static_cast<std::size_t>(row) * lanes + lane) * readouts + k] = gain * eta;
        }
      }
    }
  }
}

/// delta += coefficient for each event of each source; lanes one after the other, ticks in order.
/// Threads take sources.
template <class R>
void Batched<R>::add_events(std::int32_t p) {
  const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
  Column<R>& delta = blocks_[static_cast<std::size_t>(p)].delta;
  const bool onto_rate = projection.target_layer == Layer::kRate;
  const Column<R>& taught = onto_rate ? taught_ : taught_readouts_;
  const std::int32_t width = onto_rate ? network_.rate.size : network_.readouts.size;
  const Tape<R>& sent = projection.source_layer == Layer::kInput ? inputs_ : activities_;
  // Row t of the activities is h_t: A hears it in tick t, W in tick t + 1, or as much later as an
  // AXON is under way.
  const std::int32_t later = (onto_rate ? 0 : 1) - projection.wait;
  const bool runs = projection.dense || projection.hollow;
  constexpr std::int32_t kChunk = 64;  // sources; the same whatever the threads
  const int chunks =
      projection.size() * trial_.ticks * lanes_ < kWorthEvents ? 1 : (projection.source_size + kChunk - 1) / kChunk;
  executor_(chunks, [&](int chunk) {
    const std::int32_t first = chunks == 1 ? 0 : chunk * kChunk;
    const std::int32_t last = chunks == 1 ? projection.source_size : std::min(first + kChunk, projection.source_size);
    for (std::int32_t row = std::max(-later, 0); row < trial_.ticks; ++row) {
      for (std::int32_t lane = 0; lane < lanes_; ++lane) {
        const R* worth = taught.data() + (std::ptrdiff_t{row} * lanes_ + lane) * width + projection.target_begin;
        for (std::int32_t j = first; j < last; ++j) {
          const R said = sent.at(row + later, projection.source_begin + j)[lane];
          if (said == R(0)) continue;
          if (runs) {
            each_run(projection, j, [&](std::int32_t target, std::int32_t size, std::int64_t synapse) {
              add_scaled(said, worth + target, size, delta.data() + synapse);
            });
            continue;
          }
          for (std::int64_t k = projection.begin_of(j); k < projection.begin_of(j + 1); ++k)
            delta[static_cast<std::size_t>(k)] += said * worth[projection.target[static_cast<std::size_t>(k)]];
        }
      }
    }
  });
}

template bool Batched<double>::is_spiking(const Projection&) const;
template void Batched<double>::classify(const double*);
template std::int64_t Batched<double>::count_news(const Projection&, const Block&);
template void Batched<double>::tell_rates();
template void Batched<double>::keep_spiking_errors_back(std::int32_t);
template void Batched<double>::teach_spiking();
template void Batched<double>::add_events(std::int32_t);
template bool Batched<float>::is_spiking(const Projection&) const;
template void Batched<float>::classify(const float*);
template std::int64_t Batched<float>::count_news(const Projection&, const Block&);
template void Batched<float>::tell_rates();
template void Batched<float>::keep_spiking_errors_back(std::int32_t);
template void Batched<float>::teach_spiking();
template void Batched<float>::add_events(std::int32_t);

}  // namespace locus
