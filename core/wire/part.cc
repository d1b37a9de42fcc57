#include "core/wire/part.h"

#include "core/base/check.h"

namespace locus {
namespace {

struct Range {
  std::int32_t begin;
  std::int32_t size;
};

/// What of [begin, begin + size) is in a share; an empty range begins where the whole one does.
Range within(std::int32_t begin, std::int32_t size, Share share) {
  const std::int32_t first = std::max(begin, share.begin);
  const std::int32_t last = std::min(begin + size, share.end);
  return first < last ? Range{first, last - first} : Range{begin, 0};
}

}  // namespace

std::vector<Share> shares_of(const Topology& topology, std::int32_t ranks) {
  CHECK(ranks >= 1, "a run has ranks");
  std::vector<std::int32_t> begins;  // of all grains
  for (const Population& population : topology.populations) {
    if (population.layer != Layer::kRate) continue;
    const Grains grains{population.size, topology.grain};
    for (std::int32_t g = 0; g < grains.count(); ++g) begins.push_back(population.begin + grains.begin(g));
  }
  std::ranges::sort(begins);
  const auto count = std::ssize(begins);
  begins.push_back(topology.sizes.rate_neurons);
  std::vector<Share> shares;
  for (std::int64_t rank = 0; rank < ranks; ++rank) {
    shares.push_back({begins[static_cast<std::size_t>(count * rank / ranks)],
                      begins[static_cast<std::size_t>(count * (rank + 1) / ranks)]});
  }
  return shares;
}

std::string why_not_shared(const Topology& topology, bool sweeps) {
  if (topology.has_spikes()) return "spiking neurons";
  if (topology.has_noise()) return "neurons with noise";
  const auto is_hollow = [](const Projection& projection) { return projection.hollow; };
  const auto found = std::ranges::find_if(topology.projections, is_hollow);
  if (found != topology.projections.end()) return "a projection without autapses (" + found->name + ")";
  // Sums over the targets of one grain go on from what another projection has told their sources.
  for (const Projection& one : topology.projections) {
    const auto is_other = [&](const Projection& other) {
      return &other != &one && other.source_layer == Layer::kRate && other.target_layer == Layer::kRate &&
             other.source_population == one.source_population;
    };
    const bool is_recurrent = one.source_layer == Layer::kRate && one.target_layer == Layer::kRate;
    if (sweeps && is_recurrent && Grains{one.target_size, topology.grain}.count() == 1 &&
        std::ranges::any_of(topology.projections, is_other))
      return "a sweep over several projections from one population, of which one (" + one.name + ") ends on a single grain";
  }
  return "";
}

Projection part_of(const Projection& whole, Share share) {
  const bool by_targets = whole.target_layer == Layer::kRate;
  if (!by_targets && whole.source_layer != Layer::kRate) return whole;
  Projection part = whole;
  part.whole_sources = whole.source_size;
  part.whole_targets = whole.target_size;
  part.whole_entries = whole.entries;
  if (by_targets) {
    const Range own = within(whole.target_begin, whole.target_size, share);
    part.targets_before = own.begin - whole.target_begin;
    part.target_begin = own.begin;
    part.target_size = own.size;
  } else {
    const Range own = within(whole.source_begin, whole.source_size, share);
    part.sources_before = own.begin - whole.source_begin;
    part.source_begin = own.begin;
    part.source_size = own.size;
  }
  if (whole.dense) return part;
  part.listed.clear();
  part.offset.assign(1, 0);
  part.target.clear();
  for (std::int32_t j = part.sources_before; j < part.sources_before + part.source_size; ++j) {
    for (std::int64_t k = whole.begin_of(j); k < whole.begin_of(j + 1); ++k) {
      const std::int32_t i = whole.target[SynapseId{k}] - part.targets_before;
      if (i >= 0 && i < part.target_size) part.target.push_back(i);
    }
    part.offset.push_back(std::ssize(part.target));
  }
  part.entries = std::ssize(part.target);
  return part;
}

Topology part_of(const Topology& whole, const std::vector<Share>& shares, std::int32_t rank) {
  CHECK(why_not_shared(whole, false).empty(), "a network that can be shared out");
  Topology part = whole;
  part.shares = shares;
  part.rank = rank;
  const Share own = shares[static_cast<std::size_t>(rank)];
  for (std::size_t p = 0; p < whole.projections.size(); ++p) part.projections[p] = part_of(whole.projections[p], own);
  part.autapses.clear();
  for (const Autapse& autapse : whole.autapses) {
    if (autapse.neuron.value < own.begin || autapse.neuron.value >= own.end) continue;
    const Projection& from = whole.projections[autapse.projection];
    const Projection& to = part.projections[autapse.projection];
    const std::int32_t source = from.source_of(autapse.synapse.value);
    const std::int32_t target = from.target_of(autapse.synapse.value);
    const std::int64_t synapse = to.synapse_between(source - to.sources_before, target - to.targets_before);
    part.autapses.push_back({autapse.neuron, autapse.projection, SynapseId{synapse}});
  }
  return part;
}

}  // namespace locus
