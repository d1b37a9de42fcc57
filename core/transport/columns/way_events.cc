#include "core/transport/columns/way_events.h"

#include <algorithm>

#include "core/kernel/events.h"
#include "core/kernel/speakers.h"

namespace locus {

template <class R>
EventWorths<R>::EventWorths(const Plan& plan)
    : worth_(static_cast<std::size_t>(plan.worth), R(0)),
      readout_worth_(static_cast<std::size_t>(plan.readout_worth), R(0)),
      rate_errors_(static_cast<std::size_t>(plan.rate_errors), R(0)),
      back_(static_cast<std::size_t>(plan.transposed)) {}

template <class R>
void EventWorths<R>::hear_rates(const Common<R>& common) {
  const FiringRate& rate = *common.learning.firing_rate;
  const RateTarget<R> clock{static_cast<R>(rate.target), static_cast<R>(rate.strength), static_cast<R>(rate.ticks)};
  const SpikingCells<R> cells = common.spiking_cells();
  common.each_spiking(
      [&](std::size_t cell, const Neurons&) { rate_errors_[cell] = rate_error(cells[cell], clock).value; });
}

template <class R>
void EventWorths<R>::commit(Common<R>& common) {
  if (!readout_worth_.empty()) readouts(common);
  if (worth_.empty()) return;
  if (common.rule.drive != Drive::kOnline) return swept(common);
  for (const Neurons& population : common.network.rate.populations) {
    if (population.lif) online(common, population);
  }
}

template <class R>
void EventWorths<R>::swept(Common<R>& common) {
  const auto neurons = static_cast<std::size_t>(common.network.rate.size);
  const auto lanes = static_cast<std::size_t>(common.lanes);
  Tapes<R>& tapes = common.tapes;
  for (std::int32_t row = 0; row < common.trial.ticks; ++row) {
    R* worth = worth_.data() + static_cast<std::size_t>(row) * lanes * neurons;
    for (std::size_t i = 0; i < neurons; ++i) {
      const R* sum = tapes.signals.at(row, static_cast<std::int32_t>(i));
      for (std::size_t lane = 0; lane < lanes; ++lane)
        worth[lane * neurons + i] = tapes.learnt.has(row) ? sum[lane] : R(0);
    }
  }
}

template <class R>
template <bool kEprop, bool kHasCurrent, class ClockOf>
void EventWorths<R>::online_cells(Common<R>& common, const Neurons& population, ClockOf clock_of) {
  const auto filter = static_cast<R>(common.learning.filter);
  const bool own_decay = !common.learning.trace_decay;
  const R constant_decay = own_decay ? R(0) : static_cast<R>(*common.learning.trace_decay);
  const auto neurons = static_cast<std::size_t>(common.network.rate.size);
  const auto lanes = static_cast<std::size_t>(common.lanes);
  const auto begin = static_cast<std::size_t>(population.begin);
  Tapes<R>& tapes = common.tapes;
  for (std::int32_t row = common.trial.ticks - 1; row >= 0; --row) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      R* worth = worth_.data() + (static_cast<std::size_t>(row) * lanes + lane) * neurons;
      for (std::size_t i = begin; i < begin + static_cast<std::size_t>(population.size); ++i) {
        const Lif<R>& clock = clock_of(i);
        TransposedEligibility<R>& back = back_[i * lanes + lane];
        const R signal = tapes.signals.at(row, static_cast<std::int32_t>(i))[lane];
        const R psi = tapes.gains.at(row, static_cast<std::int32_t>(i))[lane];
        if constexpr (kEprop) {
          const R reg = rate_errors_.empty() ? R(0) : rate_errors_[i * lanes + lane];
          worth[i] = back.coefficient(signal, psi, reg, eligible_of(clock, filter));
        } else {  // RFLO: sum_{u >= t} lambda^(u-t) signal_u, times psi zeta
          back.sum = signal + (own_decay ? clock.decay : constant_decay) * back.sum;
          worth[i] = psi * clock.gain * back.sum;
        }
        if constexpr (kHasCurrent) worth[i] = back.through_current(worth[i], clock.current_decay);
      }
    }
  }
}

/// What does not change from tick to tick, or from neuron to neuron, is decided before the loops.
template <class R>
void EventWorths<R>::online(Common<R>& common, const Neurons& population) {
  const bool eprop = common.rule.decay == DecaySource::kNeuron;
  const LifClocks<R> clocks = clocks_of(common.network.rate, population);
  std::ranges::fill(back_, TransposedEligibility<R>{});
  const auto with = [&]<bool kEprop, bool kHasCurrent>() {
    if (clocks.differ())
      return online_cells<kEprop, kHasCurrent>(common, population, [&](std::size_t i) { return clocks.own(i); });
    const Lif<R> clock = clocks.common;
    online_cells<kEprop, kHasCurrent>(common, population, [&](std::size_t) -> const Lif<R>& { return clock; });
  };
  if (population.lif->has_current) {
    eprop ? with.template operator()<true, true>() : with.template operator()<false, true>();
  } else {
    eprop ? with.template operator()<true, false>() : with.template operator()<false, false>();
  }
}

/// eta_t = eps_t + alpha eta_{t+1}, an event of tick t is worth zeta eta_t.
template <class R>
void EventWorths<R>::readouts(Common<R>& common) {
  const auto readouts = static_cast<std::size_t>(common.network.readouts.size);
  const auto lanes = static_cast<std::size_t>(common.lanes);
  Tapes<R>& tapes = common.tapes;
  std::ranges::fill(back_, TransposedEligibility<R>{});
  for (const Neurons& population : common.network.readouts.populations) {
    const R decay = static_cast<R>(population.decay);
    const R gain = static_cast<R>(population.gain);
    const auto begin = static_cast<std::size_t>(population.begin);
    for (std::int32_t row = common.trial.ticks - 1; row >= 0; --row) {
      for (std::size_t k = begin; k < begin + static_cast<std::size_t>(population.size); ++k) {
        const R* epsilon = tapes.epsilons.at(row, static_cast<std::int32_t>(k));
        for (std::size_t lane = 0; lane < lanes; ++lane) {
          R& eta = back_[k * lanes + lane].sum;
          eta = (tapes.reported.has(row) ? epsilon[lane] : R(0)) + decay * eta;
          readout_worth_[(static_cast<std::size_t>(row) * lanes + lane) * readouts + k] = gain * eta;
        }
      }
    }
  }
}

/// has_news() of all neurons and lanes.
template <class R>
std::int64_t EventsWay<R>::count_news(const Common<R>& common) const {
  const Projection& projection = common.projection(p_);
  const RateCells<R> cells = common.rate_cells();
  const R* const gain = cells.gain + common.first_target(projection);
  const R* const signal = cells.signal + common.first_target(projection);
  const std::ptrdiff_t size = std::ptrdiff_t{projection.target_size} * common.lanes;
  if (projection.dense) return count_either_not_zero(gain, signal, size) * projection.source_size;
  const std::int32_t* const fan_in = common.fans_in(p_);
  std::int64_t count = 0;
  each_either_not_zero(gain, signal, size, [&](std::ptrdiff_t cell) { count += fan_in[cell / common.lanes]; });
  return count;
}

/// Lanes one after the other, ticks in order; threads take sources.
template <class R>
void EventsWay<R>::commit(const CommitTick<R>& tick) {
  const Common<R>& common = tick.common;
  const Projection& projection = common.projection(p_);
  const bool onto_rate = projection.target_layer == Layer::kRate;
  const std::int32_t width = onto_rate ? common.network.rate.size : common.network.readouts.size;
  const Tape<R>& sent = projection.source_layer == Layer::kInput ? common.tapes.inputs : common.tapes.activities;
  // Row t of the activities is h_t: A hears it in tick t, W in tick t + 1, or as much later as an
  // AXON is under way. Row t - 1 of the inputs is x_t, which B and D hear in tick t.
  const bool from_rate = projection.source_layer == Layer::kRate;
  const std::int32_t later = (from_rate && !onto_rate ? 1 : 0) - projection.wait;
  const std::int32_t ticks = common.trial.ticks;
  const SynapsesView<R> changes = synapses_with(projection, delta_.data());
  const EventWorth<R> worth{tick.worths.onto(projection.target_layer).data() + projection.target_begin, width,
                            common.lanes, later};
  TicksView<const R> said = sent.view();
  said.value += projection.source_begin * said.by_neuron;
  constexpr std::int32_t kChunk = 64;  // sources; the same whatever the threads
  const int chunks =
      projection.size() * ticks * common.lanes < kWorthEvents ? 1 : (projection.source_size + kChunk - 1) / kChunk;
  common.executor(chunks, [&](int chunk) {
    const std::int32_t first = chunks == 1 ? 0 : chunk * kChunk;
    const std::int32_t last = chunks == 1 ? projection.source_size : std::min(first + kChunk, projection.source_size);
    add_events(changes, worth, said, ticks, first, last);
  });
}

template class EventWorths<double>;
template class EventWorths<float>;
template class EventsWay<double>;
template class EventsWay<float>;

}  // namespace locus
