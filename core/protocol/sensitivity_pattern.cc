#include "core/protocol/sensitivity_pattern.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

#include "core/base/check.h"
#include "core/base/random.h"
#include "core/protocol/closed_form.h"
#include "core/wire/ledger.h"

namespace locus {
namespace {

bool is_recurrent(const Projection& projection) {
  return projection.source_layer == Layer::kRate && projection.target_layer == Layer::kRate;
}

std::vector<std::int64_t> plastic_fans(const Topology& topology) {
  std::vector<std::int64_t> fans(static_cast<std::size_t>(topology.sizes.rate_neurons), 0);
  for (const Projection& projection : topology.projections) {
    if (projection.target_layer != Layer::kRate) continue;
    CHECK(projection.dense || projection.hollow || projection.size() == std::ssize(projection.target),
          "a pattern needs the lists of sparse projections");
    if (!projection.plastic) continue;
    auto target = static_cast<std::size_t>(projection.target_begin);
    for (const std::int64_t synapses : projection.fan_in()) fans[target++] += synapses;
  }
  return fans;
}

/// `count` of the numbers 0 .. size - 1, or all where these are fewer, at a neuron's place of the
/// stream.
std::vector<std::int64_t> drawn_subset(RandomKey key, std::size_t neuron, std::int64_t size, std::int64_t count) {
  std::vector<std::int64_t> chosen;
  draw_subset(
      key, neuron, 0, size, std::min(count, size),
      [&](std::int64_t drawn) { return std::ranges::find(chosen, drawn) != chosen.end(); },
      [&](std::int64_t drawn) { chosen.push_back(drawn); });
  return chosen;
}

/// A set of neurons, as bits.
using Bits = std::vector<std::uint64_t>;

/// The sets of neurons from which at most `steps` synapses of W lead to each neuron.
std::vector<Bits> reached_by(const Topology& topology, std::int32_t steps) {
  const auto neurons = static_cast<std::size_t>(topology.sizes.rate_neurons);
  std::vector<Bits> sets(neurons, Bits((neurons + 63) / 64, 0));
  for (std::size_t k = 0; k < neurons; ++k) sets[k][k / 64] |= std::uint64_t{1} << (k % 64);
  for (std::int32_t step = 0; step < steps; ++step) {
    std::vector<Bits> wider = sets;
    for (const Projection& projection : topology.projections) {
      if (!is_recurrent(projection)) continue;
      projection.each([&](std::int32_t source, std::int32_t target) {
        const Bits& from = sets[static_cast<std::size_t>(source)];
        Bits& to = wider[static_cast<std::size_t>(target)];
        for (std::size_t word = 0; word < to.size(); ++word) to[word] |= from[word];
      });
    }
    if (wider == sets) break;  // no path is longer
    sets = std::move(wider);
  }
  return sets;
}

}  // namespace

SensitivityPattern::SensitivityPattern(const Topology& topology, const Learning& learning)
    : restricted_(rule(learning.kind).keeps != Keeps::kAll), fans_(plastic_fans(topology)) {
  const Rule& row = rule(learning.kind);
  CHECK(row.drive == Drive::kSensitivity, "only some rules carry sensitivities");
  const std::int32_t neurons = topology.sizes.rate_neurons;
  switch (row.keeps) {
    case Keeps::kAll: keep_all(neurons); break;
    case Keeps::kReach: keep_reach(topology, learning.restriction.reach); break;
    case Keeps::kPaths:
      keep_all(neurons);
      draw_paths(topology, learning.restriction);
      break;
    case Keeps::kCore: keep_cores(learning.restriction.cores); break;
  }
  for (List& list : lists_) {
    for (const std::int32_t post : list.posts) list.scalars += fan(post);
    CHECK(list.scalars <= std::numeric_limits<std::int32_t>::max(), "the sensitivities of a neuron are fewer than 2^31");
  }
  std::vector<std::int64_t> sizes(lists_.size(), 0);  // neurons of each group
  for (std::int32_t k = 0; k < neurons; ++k) ++sizes[group_of(k)];
  keepers_.assign(static_cast<std::size_t>(neurons), 0);
  for (std::size_t group = 0; group < lists_.size(); ++group) {
    for (const std::int32_t post : lists_[group].posts) keepers_[static_cast<std::size_t>(post)] += sizes[group];
  }
}

void SensitivityPattern::keep_all(std::int32_t neurons) {
  lists_.resize(1);
  lists_.front().posts.resize(static_cast<std::size_t>(neurons));
  std::iota(lists_.front().posts.begin(), lists_.front().posts.end(), 0);
}

void SensitivityPattern::keep_cores(std::vector<std::int32_t> cores) {
  CHECK(cores.size() == fans_.size(), "each rate neuron has a core");
  std::map<std::int32_t, std::uint32_t> group_by_core;
  for (std::size_t k = 0; k < cores.size(); ++k) {
    const auto [found, is_new] = group_by_core.emplace(cores[k], static_cast<std::uint32_t>(lists_.size()));
    if (is_new) lists_.emplace_back();
    groups_.push_back(found->second);
    lists_[found->second].posts.push_back(static_cast<std::int32_t>(k));
  }
  cores_ = std::move(cores);
}

void SensitivityPattern::keep_reach(const Topology& topology, std::int32_t reach) {
  CHECK(reach >= 1, "a neuron keeps the sensitivities to its own synapses");
  std::map<Bits, std::uint32_t> group_by_set;
  for (Bits& set : reached_by(topology, reach - 1)) {
    const auto [found, is_new] = group_by_set.emplace(std::move(set), static_cast<std::uint32_t>(lists_.size()));
    groups_.push_back(found->second);
    if (!is_new) continue;
    std::vector<std::int32_t>& posts = lists_.emplace_back().posts;
    for (std::size_t i = 0; i < fans_.size(); ++i) {
      if ((found->first[i / 64] >> (i % 64) & 1U) != 0) posts.push_back(static_cast<std::int32_t>(i));
    }
  }
}

void SensitivityPattern::draw_paths(const Topology& topology, const Restriction& restriction) {
  CHECK(restriction.paths >= 0, "a number of synapses is not negative");
  struct Place {
    std::size_t projection;
    std::size_t synapse;
  };
  // the synapses of W onto each neuron, without autapses
  std::vector<std::vector<Place>> onto(fans_.size());
  drawn_.resize(topology.projections.size());
  for (std::size_t p = 0; p < drawn_.size(); ++p) {
    const Projection& projection = topology.projections[p];
    if (!is_recurrent(projection)) continue;
    projection.each([&](std::int32_t source, std::int32_t target) {
      if (source != target) onto[static_cast<std::size_t>(target)].push_back({p, drawn_[p].size()});
      drawn_[p].push_back(source == target ? 1 : 0);
    });
  }
  const RandomKey key = random_key(restriction.seed, "sensitivities/paths");
  for (std::size_t i = 0; i < onto.size(); ++i) {
    for (const std::int64_t k : drawn_subset(key, i, std::ssize(onto[i]), restriction.paths)) {
      const Place& place = onto[i][static_cast<std::size_t>(k)];
      drawn_[place.projection][place.synapse] = 1;
    }
  }
}

std::int64_t SensitivityPattern::shared(std::int32_t source, std::int32_t target) const {
  if (same_posts(source, target)) return scalars(source);
  std::int64_t sum = 0;
  each_shared(source, target, [&](const SharedRun& run) { sum += run.size; });
  return sum;
}

std::int64_t SensitivityPattern::listed_posts() const {
  std::int64_t posts = 0;
  for (const List& list : lists_) posts += std::ssize(list.posts);
  return posts;
}

SensitivityCounts sensitivity_counts(const Topology& topology, const Learning& learning) {
  SensitivityCounts counts;
  const std::int64_t neurons = topology.sizes.rate_neurons;
  if (rule(learning.kind).keeps == Keeps::kAll) {
    const std::int64_t plastic = plastic_onto_rate(topology);
    for (const Projection& projection : topology.projections)
      counts.influences += is_recurrent(projection) ? projection.size() : 0;
    counts.influence_scalars = count_times(counts.influences, plastic);
    counts.gathers = count_times(neurons - 1, plastic);
    counts.kept = count_times(neurons, plastic);
    return counts;
  }
  const SensitivityPattern pattern(topology, learning);
  pattern.each_carrier(topology, [&](ProjectionId, SynapseId, std::int32_t source, std::int32_t target) {
    ++counts.influences;
    counts.influence_scalars = count_plus(counts.influence_scalars, pattern.shared(source, target));
    if (pattern.same_posts(source, target)) return;
    pattern.each_shared(source, target, [&](const SharedRun&) { ++counts.runs; });
  });
  counts.posts = pattern.listed_posts();
  for (std::int32_t i = 0; i < topology.sizes.rate_neurons; ++i) {
    counts.gathers += pattern.fan(i) * (pattern.keepers(i) - 1);
    counts.kept += pattern.fan(i) * pattern.keepers(i);
  }
  return counts;
}

}  // namespace locus
