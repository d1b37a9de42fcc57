#include "core/wire/topology.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace locus {
namespace {

/// The first item of each key in a layout by key: (keys + 1). Cost: O(items + keys).
template <class Offsets>
void count_keys(const std::vector<std::int32_t>& key_of, std::int64_t keys, Offsets& begins) {
  begins.assign(static_cast<std::size_t>(keys) + 1, 0);
  for (const std::int32_t key : key_of) ++begins[static_cast<std::size_t>(key) + 1];
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
}

/// The entries by ascending key, and those of a key in their order; empty if they are ascending
/// already (as in the rows of a csr matrix).
std::vector<std::int64_t> order_by(const std::vector<std::int32_t>& key_of, std::int64_t keys) {
  if (std::is_sorted(key_of.begin(), key_of.end())) return {};
  std::vector<std::int64_t> next;
  count_keys(key_of, keys, next);
  std::vector<std::int64_t> order(key_of.size());
  for (std::size_t entry = 0; entry < key_of.size(); ++entry) {
    order[static_cast<std::size_t>(next[static_cast<std::size_t>(key_of[entry])]++)] = static_cast<std::int64_t>(entry);
  }
  return order;
}

/// True if the entries go target by target with ascending sources. This order follows from the
/// synapses and need not be kept.
bool is_row_by_row(const std::vector<std::int32_t>& source, const std::vector<std::int32_t>& target) {
  for (std::size_t k = 1; k < target.size(); ++k) {
    const bool ascends = target[k - 1] < target[k] || (target[k - 1] == target[k] && source[k - 1] < source[k]);
    if (!ascends) return false;
  }
  return true;
}

std::int32_t& size_of(LayerSizes& sizes, Layer layer) {
  return layer == Layer::kInput ? sizes.inputs : layer == Layer::kRate ? sizes.rate_neurons : sizes.readouts;
}

}  // namespace

std::int32_t Projection::source_of(std::int64_t synapse) const {
  if (dense) return static_cast<std::int32_t>(synapse / target_size);
  const auto after = std::upper_bound(offset.begin(), offset.end(), synapse);
  return static_cast<std::int32_t>(after - offset.begin()) - 1;
}

std::vector<std::int64_t> Projection::fan_in() const {
  const bool all = dense || (hollow && target.empty());
  std::vector<std::int64_t> count(static_cast<std::size_t>(target_size), all ? source_size - (hollow ? 1 : 0) : 0);
  for (const std::int32_t onto : target) ++count[static_cast<std::size_t>(onto)];
  return count;
}

std::int64_t Projection::synapse_between(std::int32_t source, std::int32_t onto) const {
  if (dense) return begin_of(source) + onto;
  const auto first = target.begin() + begin_of(source);
  const auto last = target.begin() + begin_of(source + 1);
  const auto found = std::lower_bound(first, last, onto);
  return found != last && *found == onto ? found - target.begin() : -1;
}

/// The place of each synapse of a sparse projection in the file.
std::vector<std::int64_t> Projection::listed_places() const {
  std::vector<std::int64_t> places(target.size());
  if (!listed.empty()) {
    for (std::size_t place = 0; place < places.size(); ++place)
      places[static_cast<std::size_t>(listed[place])] = static_cast<std::int64_t>(place);
    return places;
  }
  // row by row: the next place of each target
  std::vector<std::int64_t> next(static_cast<std::size_t>(target_size) + 1, 0);
  for (const std::int32_t onto : target) ++next[static_cast<std::size_t>(onto) + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  for (std::size_t k = 0; k < places.size(); ++k) places[k] = next[static_cast<std::size_t>(target[k])]++;
  return places;
}

std::int64_t Topology::synapses() const {
  std::int64_t sum = 0;
  for (const Projection& projection : projections) sum += projection.size();
  return sum;
}

bool Topology::has_spikes() const { return std::ranges::any_of(populations, &Population::spiking); }

bool Topology::has_currents() const { return std::ranges::any_of(populations, &Population::has_current); }

bool Topology::has_leaky_readouts() const { return std::ranges::any_of(populations, &Population::leaky); }

bool Topology::has_noise() const { return std::ranges::any_of(populations, &Population::noisy); }

bool Topology::has_integers() const { return std::ranges::any_of(populations, &Population::integer); }

std::int32_t Topology::input_neurons() const {
  return sizes.inputs - static_cast<std::int32_t>(std::ranges::count(populations, true, &Population::is_unit));
}

std::vector<ProjectionId> projections_between(const Topology& topology, Layer source, Layer target) {
  std::vector<ProjectionId> found;
  for (std::size_t p = 0; p < topology.projections.size(); ++p) {
    const Projection& projection = topology.projections[p];
    if (projection.source_layer == source && projection.target_layer == target)
      found.push_back(ProjectionId{static_cast<std::int32_t>(p)});
  }
  return found;
}

PopulationId add_population(Topology& topology, Population population) {
  std::int32_t& size = size_of(topology.sizes, population.layer);
  population.begin = size;
  population.ordinal =
      static_cast<std::int32_t>(std::ranges::count(topology.populations, population.layer, &Population::layer));
  size += population.size;
  topology.populations.push_back(std::move(population));
  return PopulationId{static_cast<std::int32_t>(topology.populations.size()) - 1};
}

Projection projection_between(const Topology& topology, PopulationId source, PopulationId target) {
  const Population& from = topology.populations[source];
  const Population& onto = topology.populations[target];
  return {.name = {},
          .source_layer = from.layer,
          .target_layer = onto.layer,
          .source_population = source,
          .target_population = target,
          .source_begin = from.begin,
          .source_size = from.size,
          .target_begin = onto.begin,
          .target_size = onto.size};
}

Projection feedback_onto(const Topology& topology, PopulationId target) {
  const Population& onto = topology.populations[target];
  return {.name = "feedback/" + onto.name,
          .source_layer = Layer::kReadout,
          .target_layer = Layer::kRate,
          .source_population = PopulationId{-1},
          .target_population = target,
          .source_begin = 0,
          .source_size = topology.sizes.readouts,
          .target_begin = onto.begin,
          .target_size = onto.size,
          .dense = true,
          .plastic = false};
}

void make_hollow(Projection& projection) {
  projection.dense = false;
  projection.hollow = true;
}

void list_targets(Projection& projection) {
  const std::int32_t side = projection.source_size;
  projection.offset.reserve(static_cast<std::size_t>(side) + 1);
  projection.target.reserve(static_cast<std::size_t>(side) * static_cast<std::size_t>(side - 1));
  for (std::int32_t j = 0; j < side; ++j) {
    projection.offset.push_back(std::ssize(projection.target));
    for (std::int32_t i = 0; i < side; ++i) {
      if (i != j) projection.target.push_back(i);
    }
  }
  projection.offset.push_back(std::ssize(projection.target));
}

void make_sparse(Projection& projection, const std::vector<std::int32_t>& source, const std::vector<std::int32_t>& target) {
  const std::size_t size = source.size();
  projection.dense = false;
  projection.entries = std::ssize(source);
  projection.target.resize(size);
  if (!is_row_by_row(source, target)) projection.listed.resize(size);
  count_keys(source, projection.source_size, projection.offset);
  // The entries, sorted by target, go one by one to the next place of their source. The targets of
  // a source are therefore ascending.
  const std::vector<std::int64_t> order = order_by(target, projection.target_size);
  std::vector<std::int64_t> next(projection.offset.begin(), projection.offset.end());
  for (std::size_t k = 0; k < size; ++k) {
    const std::size_t entry = order.empty() ? k : static_cast<std::size_t>(order[k]);
    const std::int64_t synapse = next[static_cast<std::size_t>(source[entry])]++;
    projection.target[SynapseId{synapse}] = target[entry];
    if (!projection.listed.empty()) projection.listed[entry] = synapse;
  }
}

void find_autapses(Topology& topology) {
  topology.autapses.clear();
  for (const ProjectionId p : projections_between(topology, Layer::kRate, Layer::kRate)) {
    const Projection& projection = topology.projections[p];
    // Between two populations no neuron is its own source; with a longer delay h_t does not depend
    // on h_{t-1} through the synapse.
    if (projection.source_population != projection.target_population || projection.wait > 0) continue;
    if (topology.target_of(projection).spiking || projection.hollow) continue;
    for (std::int32_t i = 0; i < projection.source_size; ++i) {
      const std::int64_t synapse = projection.synapse_between(i, i);
      if (synapse >= 0) topology.autapses.push_back({NeuronId{projection.source_begin + i}, p, SynapseId{synapse}});
    }
  }
  std::ranges::stable_sort(topology.autapses, {}, &Autapse::neuron);
}

}  // namespace locus
