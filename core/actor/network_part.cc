#include "core/actor/network_part.h"

#include <algorithm>

namespace locus {
namespace {

template <class R>
Column<R> own_of(const Column<R>& column, const Projection& whole, const Projection& part) {
  Column<R> own(column.empty() ? 0 : static_cast<std::size_t>(part.size()));
  if (!own.empty())
    each_own(whole, part, [&](std::int64_t from, std::int64_t to) { own[SynapseId{to}] = column[SynapseId{from}]; });
  return own;
}

template <class R>
Synapses<R> own_of(const Synapses<R>& synapses, const Projection& whole, const Projection& part) {
  return {.learning_rate = synapses.learning_rate,
          .weight = own_of(synapses.weight, whole, part),
          .first = own_of(synapses.first, whole, part),
          .second = own_of(synapses.second, whole, part)};
}

template <class R>
void put(const Column<R>& own, const Projection& whole, const Projection& part, Column<R>& column) {
  if (own.empty()) return;
  if (column.empty()) column.assign(static_cast<std::size_t>(whole.size()), R(0));
  each_own(whole, part, [&](std::int64_t to, std::int64_t from) { column[SynapseId{to}] = own[SynapseId{from}]; });
}

/// The neurons of a population that are in a share; one that has none stays where it begins.
Neurons neurons_in(const Neurons& whole, Share share) {
  Neurons own = whole;
  const std::int32_t first = std::clamp(share.begin, whole.begin, whole.begin + whole.size);
  const std::int32_t last = std::clamp(share.end, first, whole.begin + whole.size);
  own.begin = first < last ? first : whole.begin;
  own.size = last - first;
  const auto cut = [&](std::vector<double>& values) {
    if (values.empty()) return;
    const auto begin = values.begin() + (own.begin - whole.begin);
    values = std::vector<double>(begin, begin + own.size);
  };
  const bool differ = !own.leaks.empty();
  cut(own.leaks);
  cut(own.initial);
  // still of neurons that differ
  if (differ && own.leaks.empty()) own.leaks = {whole.leaks.front()};
  return own;
}

}  // namespace

template <class R>
Network<R> part_of(const Network<R>& whole, const Topology& part) {
  Network<R> network;
  network.topology = &part;
  network.inputs.populations = whole.inputs.populations;
  network.readouts.populations = whole.readouts.populations;
  const Share own = part.own();
  for (const Neurons& population : whole.rate.populations)
    network.rate.populations.push_back(neurons_in(population, own));
  for (std::size_t p = 0; p < whole.synapses.size(); ++p) {
    network.synapses.push_back(own_of(whole.synapses[p], whole.projections()[p], part.projections[p]));
  }
  for (std::size_t r = 0; r < whole.feedback.size(); ++r) {
    network.feedback.push_back(part_of(whole.feedback[r], own));
    network.feedback_synapses.push_back(own_of(whole.feedback_synapses[r], whole.feedback[r], network.feedback.back()));
  }
  network.commits = whole.commits;
  network.carries = whole.carries;
  allocate(network, whole.lanes);
  // constants and beginnings of all neurons, as their activities are on every rank
  network.rate.leak = whole.rate.leak;
  network.rate.initial = whole.rate.initial;
  return network;
}

template <class R>
void put_part(const Network<R>& part, Network<R>& whole) {
  for (std::size_t p = 0; p < part.synapses.size(); ++p) {
    const Synapses<R>& from = part.synapses[p];
    Synapses<R>& to = whole.synapses[p];
    const Projection& all = whole.projections()[p];
    const Projection& cut = part.projections()[p];
    put(from.weight, all, cut, to.weight);
    put(from.first, all, cut, to.first);
    put(from.second, all, cut, to.second);
  }
  whole.commits = part.commits;
}

template Network<double> part_of(const Network<double>&, const Topology&);
template Network<float> part_of(const Network<float>&, const Topology&);
template void put_part(const Network<double>&, Network<double>&);
template void put_part(const Network<float>&, Network<float>&);

}  // namespace locus
