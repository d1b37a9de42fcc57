#include "core/transport/columns/watched.h"

#include <algorithm>

#include "core/actor/eligibility.h"

namespace locus {

template <class R>
WatchedTraces<R>::WatchedTraces(const Common<R>& common, std::int32_t p) : p_(p) {
  const Projection& projection = common.projection(p);
  CHECK(common.rule.drive == Drive::kOnline && projection.plastic && projection.target_layer == Layer::kRate,
        "only synapses that learn as they go keep a trace");
  const auto lanes = static_cast<std::size_t>(common.lanes);
  pre_.assign(static_cast<std::size_t>(projection.source_size) * lanes, R(0));
  seen_.resize(static_cast<std::size_t>(projection.size()) * lanes);
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
  Eligible<R> clock{};
  R decay = trace_decay_onto(common, p_);
  if (spiking) {
    const LifParameters& lif = *target.lif;
    clock = {static_cast<R>(lif.decay), static_cast<R>(lif.gain), static_cast<R>(lif.adaptation_decay),
             static_cast<R>(lif.adaptation), static_cast<R>(common.learning.filter)};
    decay = common.learning.trace_decay ? static_cast<R>(*common.learning.trace_decay) : clock.decay;
  }
  const std::int32_t lanes = common.lanes;
  R none = 0;  // weight, sum and change of a synapse that is only looked at
  for (std::int32_t j = 0; j < projection.source_size; ++j) {
    for (std::int64_t k = projection.begin_of(j); k < projection.begin_of(j + 1); ++k) {
      const auto cell =
          static_cast<std::size_t>(common.first_target(projection) + std::ptrdiff_t{projection.target_of(k)} * lanes);
      for (std::size_t lane = 0; lane < static_cast<std::size_t>(lanes); ++lane) {
        Seen& seen = seen_[static_cast<std::size_t>(k * lanes) + lane];
        R& pre = pre_[static_cast<std::size_t>(j * lanes) + lane];
        const R gain = common.network.rate.gain[cell + lane];
        if (filters) {
          on(EligibleSynapse<R>{none, pre, seen.trace, seen.adapted, seen.low_pass, none, none},
             Post<R>{R(0), gain, R(0)}, clock);
          continue;
        }
        const R of_neuron = own_decay ? common.from_rate.decay[cell + lane] : decay;
        on(Eligibility<R>{seen.low_pass, pre}, Drift<R>{of_neuron, spiking ? gain * clock.gain : gain});
      }
    }
  }
}

template class WatchedTraces<double>;
template class WatchedTraces<float>;

}  // namespace locus
