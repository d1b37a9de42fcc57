#include "core/actor/network.h"

#include <algorithm>
#include <bit>
#include <type_traits>
#include <utility>

#include "core/base/check.h"

namespace locus {
namespace {

template <class R>
void size_column(Column<R>& column, std::int32_t neurons, std::int32_t lanes) {
  column.assign(static_cast<std::size_t>(neurons) * static_cast<std::size_t>(lanes), R(0));
}

/// An exponent of all ones is infinity or NaN. The compiler vectorises blocks of a fixed length
/// without an early exit.
template <class R>
bool all_finite(const Column<R>& values) {
  using Bits = std::conditional_t<sizeof(R) == 8, std::uint64_t, std::uint32_t>;
  constexpr Bits kExponent = sizeof(R) == 8 ? static_cast<Bits>(0x7ff0000000000000U) : static_cast<Bits>(0x7f800000U);
  constexpr std::size_t kBlock = 1024;
  for (std::size_t begin = 0; begin < values.size(); begin += kBlock) {
    const std::size_t end = std::min(begin + kBlock, values.size());
    Bits found = 0;
    for (std::size_t k = begin; k < end; ++k) {
      found |= static_cast<Bits>((std::bit_cast<Bits>(values[k]) & kExponent) == kExponent);
    }
    if (found != 0) return false;
  }
  return true;
}

/// True if neurons of the population move where nothing arrives: they draw noise, begin at an
/// activity of their own, or are a sigmoid; a resting voltage may move spiking ones.
bool moves_alone(const Neurons& population) {
  return population.lif || population.noise || !population.initial.empty() || population.activation == Activation::kSigmoid;
}

/// The constants of populations whose neurons differ; those of the others stay 0 and are not read.
template <class R>
void fill_constants(RateLayer<R>& rate) {
  for (const Neurons& population : rate.populations) {
    if (population.each.empty()) continue;
    for (std::size_t k = 0; k < kOwnConstants<R>.size(); ++k) {
      Column<R>& column = rate.lif.constants[k];
      if (column.empty()) size_column(column, rate.size, 1);
      std::ranges::transform(population.each, column.begin() + population.begin,
                             [&](const Lif<double>& own) { return static_cast<R>(own.*kOwnConstants<double>[k]); });
    }
  }
}

}  // namespace

template <class R>
void set_late(std::span<const std::int32_t> late, Network<R>& network) {
  CHECK(late.empty() || late.size() == network.late.size(), "a trial of each lane begins");
  network.latest = 0;
  std::ranges::fill(network.late, 0);
  if (late.empty()) return;
  std::ranges::copy(late, network.late.begin());
  if (std::ranges::any_of(network.rate.populations, moves_alone)) network.latest = std::ranges::max(late);
  CHECK(network.latest == 0 || !network.carries, "a trial that begins late carries no state");
}

template <class R>
void allocate(Network<R>& network, std::int32_t lanes) {
  network.lanes = lanes;
  network.late.assign(static_cast<std::size_t>(lanes), 0);
  network.inputs.size = network.topology->sizes.inputs;
  network.rate.size = network.topology->sizes.rate_neurons;
  network.readouts.size = network.topology->sizes.readouts;
  size_column(network.inputs.activity, network.inputs.size, lanes);
  for (const Neurons& population : network.inputs.populations) {
    if (population.constant)
      std::fill_n(network.inputs.activity.begin() + std::ptrdiff_t{population.begin} * lanes,
                  std::ptrdiff_t{population.size} * lanes, static_cast<R>(*population.constant));
  }
  for (Column<R>* column : {&network.rate.current, &network.rate.activity, &network.rate.gain, &network.rate.signal,
                            &network.rate.own_weight}) {
    size_column(*column, network.rate.size, lanes);
  }
  size_column(network.rate.leak, network.rate.size, 1);
  for (const Neurons& population : network.rate.populations) {
    std::fill_n(network.rate.leak.begin() + population.begin, population.size, static_cast<R>(population.leak));
    std::transform(population.leaks.begin(), population.leaks.end(), network.rate.leak.begin() + population.begin,
                   [](double value) { return static_cast<R>(value); });
    if (population.initial.empty()) continue;
    if (network.rate.initial.empty()) size_column(network.rate.initial, network.rate.size, 1);
    std::transform(population.initial.begin(), population.initial.end(),
                   network.rate.initial.begin() + population.begin, [](double value) { return static_cast<R>(value); });
  }
  for (const Neurons& population : network.rate.populations) {
    if (!population.noise) continue;
    size_column(network.rate.noise, network.rate.size, lanes);
    if (network.rate.drawn_noise.size() < static_cast<std::size_t>(population.size))
      size_column(network.rate.drawn_noise, population.size, 1);
  }
  if (network.topology->has_spikes()) {
    LifColumns<R>& lif = network.rate.lif;
    for (Column<R>* column : {&lif.voltage, &lif.adaptation, &lif.refractory, &lif.count, &lif.delta, &lif.omega}) {
      size_column(*column, network.rate.size, lanes);
    }
    const auto has_current = [](const Neurons& population) { return population.lif && population.lif->has_current; };
    if (std::ranges::any_of(network.rate.populations, has_current)) {
      size_column(lif.synaptic, network.rate.size, lanes);
      size_column(lif.upsilon, network.rate.size, lanes);
    }
    fill_constants(network.rate);
  }
  ReadoutLayer<R>& readouts = network.readouts;
  for (Column<R>* column :
       {&readouts.current, &readouts.output, &readouts.error, &readouts.epsilon, &readouts.peak, &readouts.norm}) {
    size_column(*column, network.readouts.size, lanes);
  }
}

template <class R>
bool plastic_weights_finite(const Network<R>& network) {
  for (std::size_t p = 0; p < network.synapses.size(); ++p) {
    if (network.projections()[p].plastic && !all_finite(network.synapses[p].weight)) return false;
  }
  for (std::size_t r = 0; r < network.feedback.size(); ++r) {
    if (network.feedback[r].plastic && !all_finite(network.feedback_synapses[r].weight)) return false;
  }
  return true;
}

template <class R>
void keep_moments(const Optimizer& optimizer, Network<R>& network) {
  const auto keep = [&](const Projection& projection, Synapses<R>& synapses) {
    if (!projection.plastic || !synapses.first.empty()) return;
    if (optimizer.keeps_first()) synapses.first.assign(synapses.weight.size(), R(0));
    if (optimizer.keeps_second()) synapses.second.assign(synapses.weight.size(), R(0));
  };
  for (std::size_t p = 0; p < network.synapses.size(); ++p) keep(network.projections()[p], network.synapses[p]);
  for (std::size_t r = 0; r < network.feedback.size(); ++r) keep(network.feedback[r], network.feedback_synapses[r]);
}

template bool plastic_weights_finite(const Network<double>&);
template bool plastic_weights_finite(const Network<float>&);
template void keep_moments(const Optimizer&, Network<double>&);
template void keep_moments(const Optimizer&, Network<float>&);
template void set_late(std::span<const std::int32_t>, Network<double>&);
template void set_late(std::span<const std::int32_t>, Network<float>&);
template void allocate(Network<double>&, std::int32_t);
template void allocate(Network<float>&, std::int32_t);

}  // namespace locus
