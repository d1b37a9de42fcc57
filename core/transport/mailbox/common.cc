#include "core/transport/mailbox/common.h"

#include <utility>

#include "core/protocol/phase_table.h"

namespace locus {
namespace {

/// The clock of the synapses of a projection where no POST comes.
template <class R>
SynapseClock<R> clock_of(const Learning& learning, const Projection& projection, const Population& population,
                         const Neurons& target) {
  const Rule& row = rule(learning.kind);
  if (!projection.plastic || row.drive == Drive::kNothing) return {};
  if (projection.target_layer == Layer::kReadout) {
    if (!population.leaky) return {};
    return Drift<R>{static_cast<R>(target.decay), static_cast<R>(target.gain)};
  }
  if (row.drive != Drive::kOnline) return {};
  if (target.lif && row.decay == DecaySource::kNeuron) {
    return Eligible<R>{static_cast<R>(target.lif->decay), static_cast<R>(target.lif->gain),
                       static_cast<R>(target.lif->adaptation_decay), static_cast<R>(target.lif->adaptation),
                       static_cast<R>(learning.filter)};
  }
  if (target.lif) return Drift<R>{static_cast<R>(learning.trace_decay.value_or(target.lif->decay)), R(0)};
  if (!knows_gain(row, projection, population)) return {};
  const R leak = static_cast<R>(target.leak);
  return Drift<R>{learning.trace_decay ? static_cast<R>(*learning.trace_decay) : R(1) - leak, leak};
}

}  // namespace

template <class R>
MailboxCommon<R>::MailboxCommon(Network<R>& of, const Learning& by, Sharding on, Executor executor, Door& door)
    : network(of),
      learning(by),
      rule(locus::rule(by.kind)),
      sharding(std::move(on)),
      exchange(of, rule, executor, door, sharding.shards()),
      lanes(of.lanes),
      visits(static_cast<std::size_t>(sharding.shards())) {
  for (std::size_t p = 0; p < of.projections().size(); ++p) {
    const Projection& projection = of.projections()[p];
    const SynapseClock<R> clock = clock_of<R>(by, projection, of.topology->target_of(projection), target_of(projection));
    synapses.push_back(MailboxSynapses<R>(projection, of.synapses[p], lanes, sharding.shards(), clock,
                                          rule.drive == Drive::kSensitivity));
    optimizers.push_back(optimizer_of(by.optimizer, projection.limits));
  }
  if (rule.drive != Drive::kNothing) keep_moments(by.optimizer, of);
}

template <class R>
RateNeuron<R> MailboxCommon<R>::neuron(std::int32_t index, std::int32_t lane) const {
  RateLayer<R>& rate = network.rate;
  const std::size_t own = cell(index, lane);
  return {rate.current[own], rate.activity[own], rate.gain[own], rate.signal[own], rate.own_weight[own]};
}

template <class R>
LifNeuron<R> MailboxCommon<R>::spiking(std::int32_t index, std::int32_t lane) const {
  RateLayer<R>& rate = network.rate;
  LifColumns<R>& lif = rate.lif;
  const std::size_t own = cell(index, lane);
  return {rate.current[own],   rate.activity[own],  rate.gain[own], rate.signal[own], lif.voltage[own],
          lif.adaptation[own], lif.refractory[own], lif.count[own], lif.delta[own],   lif.omega[own]};
}

template <class R>
Readout<R> MailboxCommon<R>::readout(std::int32_t index, std::int32_t lane) const {
  ReadoutLayer<R>& readouts = network.readouts;
  const std::size_t own = cell(index, lane);
  return {readouts.current[own], readouts.output[own], readouts.error[own],
          readouts.epsilon[own], readouts.peak[own],   readouts.norm[own]};
}

template struct MailboxCommon<double>;
template struct MailboxCommon<float>;

}  // namespace locus
