#include "core/transport/mailbox/common.h"

#include <utility>

#include "core/protocol/declaration.h"
#include "core/protocol/phase_table.h"

namespace locus {
namespace {

/// The clock of the synapses onto a neuron of a projection's target population (`neuron` within it)
/// where no POST comes.
template <class R>
SynapseClock<R> clock_of(const Network<R>& network, const Learning& learning, const Projection& projection,
                         std::int32_t neuron) {
  const Rule& row = rule(learning.kind);
  const Population& population = network.topology->target_of(projection);
  const Neurons& target = network.target_of(projection);
  if (!projection.plastic || row.drive == Drive::kNothing) return {};
  if (projection.target_layer == Layer::kReadout) {
    if (!population.leaky) return {};
    return Drift<R>{static_cast<R>(target.decay), static_cast<R>(target.gain)};
  }
  // the clock of a local rule is its text's (local.h)
  if (row.drive != Drive::kOnline || row.decay == DecaySource::kText) return {};
  const auto i = static_cast<std::size_t>(projection.target_begin + neuron);
  const auto constant = [&](R own) { return learning.trace_decay ? static_cast<R>(*learning.trace_decay) : own; };
  if (target.lif) {
    const Lif<R> lif = clocks_of(network.rate, target).of(i);
    if (row.decay == DecaySource::kNeuron) return eligible_of(lif, static_cast<R>(learning.filter));
    return Drift<R>{constant(lif.decay), R(0)};
  }
  if (!knows_gain(row, projection, population)) return {};
  const R leak = network.rate.leak[i];
  return Drift<R>{constant(R(1) - leak), leak};
}

/// One clock for all synapses of a projection, or one for each target.
template <class R>
std::vector<SynapseClock<R>> clocks_onto(const Network<R>& network, const Learning& learning, const Projection& projection) {
  const bool differ = projection.target_layer == Layer::kRate && network.target_of(projection).differ();
  std::vector<SynapseClock<R>> clocks;
  for (std::int32_t i = 0; i < (differ ? projection.target_size : 1); ++i)
    clocks.push_back(clock_of(network, learning, projection, i));
  return clocks;
}

/// The decays of the synaptic currents of a projection's targets, one for all or one for each,
/// where its synapses keep their part of them: under rules that learn in the tick. Empty elsewhere.
template <class R>
std::vector<CurrentClock<R>> currents_onto(const Network<R>& network, const Learning& learning,
                                           const Projection& projection) {
  std::vector<CurrentClock<R>> currents;
  if (!projection.plastic || rule(learning.kind).drive != Drive::kOnline || projection.target_layer != Layer::kRate)
    return currents;
  const Neurons& target = network.target_of(projection);
  if (!target.lif || !target.lif->has_current || learning.local) return currents;
  const LifClocks<R> clocks = clocks_of(network.rate, target);
  for (std::int32_t i = 0; i < (target.differ() ? projection.target_size : 1); ++i)
    currents.push_back({clocks.of(static_cast<std::size_t>(projection.target_begin + i)).current_decay});
  return currents;
}

}  // namespace

template <class R>
MailboxCommon<R>::MailboxCommon(Network<R>& of, const Learning& by, Sharding on, Executor executor, Door& door)
    : network(of),
      learning(by),
      rule(locus::rule(by.kind)),
      sharding(std::move(on)),
      exchange(of, selection_of(by), executor, door, sharding.shards()),
      lanes(of.lanes),
      visits(static_cast<std::size_t>(sharding.shards())),
      feedback_wires(of, by) {
  for (std::size_t p = 0; p < of.projections().size(); ++p) {
    const Projection& projection = of.projections()[p];
    synapses.push_back(MailboxSynapses<R>(
        projection, of.synapses[p], lanes, sharding.shards(),
        {clocks_onto(of, by, projection), currents_onto(of, by, projection), trace_rounding_of(by, projection)},
        tells_changes(rule.drive)));
    optimizers.push_back(optimizer_of(by, projection));
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
  const bool has_current = !lif.synaptic.empty();
  return {rate.current[own],
          rate.activity[own],
          rate.gain[own],
          rate.signal[own],
          lif.voltage[own],
          lif.adaptation[own],
          lif.refractory[own],
          lif.count[own],
          lif.delta[own],
          lif.omega[own],
          has_current ? lif.synaptic[own] : lif.voltage[own],
          has_current ? lif.upsilon[own] : lif.delta[own]};
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
