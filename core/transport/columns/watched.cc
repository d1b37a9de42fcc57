#include "core/transport/columns/watched.h"

#include <algorithm>

#include "core/actor/eligibility.h"

namespace locus {

template <class R>
WatchedTraces<R>::WatchedTraces(const Common<R>& common, ProjectionId p) : p_(p) {
  const Projection& projection = common.projection(p);
  CHECK(common.rule.drive == Drive::kOnline && projection.plastic && projection.target_layer == Layer::kRate,
        "only synapses that learn as they go keep a trace");
  const auto lanes = static_cast<std::size_t>(common.lanes);
  pre_.assign(static_cast<std::size_t>(projection.source_size) * lanes, R(0));
  seen_.resize(static_cast<std::size_t>(projection.size()) * lanes);
  rounding_ = trace_rounding_of(common.learning, projection);
}

template <class R>
void WatchedTraces<R>::begin_trial() {
  std::ranges::fill(pre_, R(0));
  std::ranges::fill(seen_, Seen{});
}

template <class R>
void WatchedTraces<R>::hear_post(const Common<R>& common) {
  const Projection& projection = common.projection(p_);
  const Neurons& target = neurons_onto(common, p_);
  const bool own_decay = common.rule.decay == DecaySource::kNeuron;
  const bool spiking = target.lif.has_value();
  const bool filters = spiking && own_decay;  // e-prop onto spiking neurons
  const bool has_current = spiking && target.lif->has_current;
  const LifClocks<R> clocks = spiking ? clocks_of(common.network.rate, target) : LifClocks<R>{};
  const auto filter = static_cast<R>(common.learning.filter);
  const auto lanes = static_cast<std::size_t>(common.lanes);
  R none = 0;  // weight, sum and change of a synapse that is only looked at
  for (std::int32_t j = 0; j < projection.source_size; ++j) {
    for (std::int64_t k = projection.begin_of(j); k < projection.begin_of(j + 1); ++k) {
      const std::int32_t i = projection.target_of(k);
      const auto neuron = static_cast<std::size_t>(projection.target_begin + i);
      const Lif<R> clock = clocks.of(neuron);
      const R decay = own_decay ? R(0) : trace_decay_of(common, target, i);
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        Seen& seen = seen_[static_cast<std::size_t>(k) * lanes + lane];
        const std::size_t cell = neuron * lanes + lane;
        R& pre = pre_[static_cast<std::size_t>(j) * lanes + lane];
        if (has_current) on(FilteredInput<R>{seen.filtered, pre}, CurrentClock<R>{clock.current_decay});
        R& input = has_current ? seen.filtered : pre;
        const R gain = common.network.rate.gain[cell];
        if (filters) {
          on(EligibleSynapse<R>{none, input, seen.trace, seen.adapted, seen.low_pass, none, none},
             Post<R>{R(0), gain, R(0)}, eligible_of(clock, filter));
          continue;
        }
        const R of_neuron = own_decay ? common.from_rate.decay[cell] : decay;
        on(Eligibility<R>{seen.low_pass, input}, Drift<R>{of_neuron, spiking ? gain * clock.gain : gain});
        if (rounding_)
          rounding_->round(seen.low_pass, common.network.first_trial + static_cast<std::int64_t>(lane),
                           common.door.now().value, k);
      }
    }
  }
}

template class WatchedTraces<double>;
template class WatchedTraces<float>;

}  // namespace locus
