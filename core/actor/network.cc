#include "core/actor/network.h"

#include <algorithm>
#include <bit>
#include <type_traits>

#include "core/base/check.h"

namespace locus {
namespace {

template <class R>
void size_column(Column<R>& column, std::int32_t neurons, std::int32_t lanes) {
  column.assign(static_cast<std::size_t>(neurons) * static_cast<std::size_t>(lanes), R(0));
}

/// The synapse from source to target of a projection (both within it), or -1.
template <class R>
std::int64_t find_synapse(const Projection<R>& projection, std::int32_t source, std::int32_t target) {
  if (projection.dense) return projection.begin_of(source) + target;
  const auto first = projection.target.begin() + projection.begin_of(source);
  const auto last = projection.target.begin() + projection.begin_of(source + 1);
  const auto found = std::lower_bound(first, last, target);
  return found != last && *found == target ? found - projection.target.begin() : -1;
}

/// An exponent of all ones is infinity or no number. Blocks of a fixed length, without a way out,
/// are what the compiler vectorises.
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

}  // namespace

template <class R>
std::int32_t Projection<R>::source_of(std::int64_t synapse) const {
  if (dense) return static_cast<std::int32_t>(synapse / target_size);
  const auto after = std::upper_bound(offset.begin(), offset.end(), synapse);
  return static_cast<std::int32_t>(after - offset.begin()) - 1;
}

template <class R>
std::vector<std::int32_t> projections_between(const Network<R>& network, Layer source, Layer target) {
  std::vector<std::int32_t> found;
  for (std::size_t p = 0; p < network.projections.size(); ++p) {
    const Projection<R>& projection = network.projections[p];
    if (projection.source_layer == source && projection.target_layer == target)
      found.push_back(static_cast<std::int32_t>(p));
  }
  return found;
}

template <class R>
void allocate(Network<R>& network, std::int32_t lanes) {
  network.lanes = lanes;
  size_column(network.inputs.activity, network.inputs.size, lanes);
  for (Column<R>* column : {&network.rate.current, &network.rate.activity, &network.rate.gain, &network.rate.signal,
                            &network.rate.own_weight}) {
    size_column(*column, network.rate.size, lanes);
  }
  size_column(network.rate.leak, network.rate.size, 1);
  for (const Population& population : network.rate.populations) {
    std::fill_n(network.rate.leak.begin() + population.begin, population.size, static_cast<R>(population.leak));
    if (population.initial.empty()) continue;
    if (network.rate.initial.empty()) size_column(network.rate.initial, network.rate.size, 1);
    std::transform(population.initial.begin(), population.initial.end(),
                   network.rate.initial.begin() + population.begin, [](double value) { return static_cast<R>(value); });
  }
  if (has_spikes(network)) {
    LifColumns<R>& lif = network.rate.lif;
    for (Column<R>* column : {&lif.voltage, &lif.adaptation, &lif.refractory, &lif.count, &lif.delta, &lif.omega}) {
      size_column(*column, network.rate.size, lanes);
    }
  }
  ReadoutLayer<R>& readouts = network.readouts;
  for (Column<R>* column : {&readouts.current, &readouts.output, &readouts.error, &readouts.epsilon, &readouts.norm}) {
    size_column(*column, network.readouts.size, lanes);
  }
  network.autapses.clear();
  for (const std::int32_t p : projections_between(network, Layer::kRate, Layer::kRate)) {
    const Projection<R>& projection = network.projections[static_cast<std::size_t>(p)];
    if (projection.source_begin != projection.target_begin)
      continue;  // another population: no neuron is its own source
    if (population_at(network.rate.populations, projection.target_begin).lif) continue;
    if (projection.wait > 0) continue;  // h_t does not depend on h_{t-1} through it
    for (std::int32_t i = 0; i < projection.source_size; ++i) {
      const std::int64_t synapse = find_synapse(projection, i, i);
      if (synapse >= 0)
        network.autapses.push_back({NeuronId{projection.source_begin + i}, ProjectionId{p}, SynapseId{synapse}});
    }
  }
  std::ranges::sort(network.autapses, {}, &Autapse::neuron);
}

const Population& population_at(const std::vector<Population>& populations, std::int32_t begin) {
  const auto found = std::ranges::find(populations, begin, &Population::begin);
  CHECK(found != populations.end(), "a projection ends on a population");
  return *found;
}

template <class R>
bool has_spikes(const Network<R>& network) {
  return std::ranges::any_of(network.rate.populations, [](const Population& p) { return p.lif.has_value(); });
}

template <class R>
bool has_leaky_readouts(const Network<R>& network) {
  return std::ranges::any_of(network.readouts.populations, &Population::leaky);
}

template <class R>
bool plastic_weights_finite(const Network<R>& network) {
  return std::ranges::all_of(network.projections, [](const Projection<R>& projection) {
    return !projection.plastic || all_finite(projection.weight);
  });
}

template <class R>
void keep_moments(Network<R>& network) {
  for (Projection<R>& projection : network.projections) {
    if (!projection.plastic || !projection.first.empty()) continue;
    projection.first.assign(projection.weight.size(), R(0));
    projection.second.assign(projection.weight.size(), R(0));
  }
}

template struct Projection<double>;
template struct Projection<float>;
template std::vector<std::int32_t> projections_between(const Network<double>&, Layer, Layer);
template std::vector<std::int32_t> projections_between(const Network<float>&, Layer, Layer);
template bool has_spikes(const Network<double>&);
template bool has_spikes(const Network<float>&);
template bool has_leaky_readouts(const Network<double>&);
template bool has_leaky_readouts(const Network<float>&);
template bool plastic_weights_finite(const Network<double>&);
template bool plastic_weights_finite(const Network<float>&);
template void keep_moments(Network<double>&);
template void keep_moments(Network<float>&);
template void allocate(Network<double>&, std::int32_t);
template void allocate(Network<float>&, std::int32_t);

}  // namespace locus
