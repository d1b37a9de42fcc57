// The sensitivities that neurons keep, and the synapses that carry them, against paths that are
// walked one by one.
#include "core/protocol/sensitivity_pattern.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/protocol/closed_form.h"
#include "sim/model/wire.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

struct RecurrentWire {
  std::int32_t source, target;
};

/// Every synapse of W, and the number of plastic synapses onto each neuron.
struct RecurrentWires {
  std::vector<RecurrentWire> recurrent;
  std::vector<std::int64_t> fan;

  explicit RecurrentWires(const Topology& topology) : fan(static_cast<std::size_t>(topology.sizes.rate_neurons), 0) {
    for (const Projection& projection : topology.projections) {
      if (projection.target_layer != Layer::kRate) continue;
      projection.each([&](std::int32_t source, std::int32_t target) {
        fan[static_cast<std::size_t>(target)] += projection.plastic ? 1 : 0;
        if (projection.source_layer == Layer::kRate) recurrent.push_back({source, target});
      });
    }
  }
  /// The neurons from which at most `steps` synapses lead to `neuron`.
  std::set<std::int32_t> before(std::int32_t neuron, std::int32_t steps) const {
    std::set<std::int32_t> found = {neuron};
    for (; steps > 0; --steps) {
      std::set<std::int32_t> more = found;
      for (const RecurrentWire& wire : recurrent) {
        if (found.contains(wire.target)) more.insert(wire.source);
      }
      found = more;
    }
    return found;
  }
};

std::int64_t scalars_of(const std::set<std::int32_t>& posts, const RecurrentWires& wires) {
  std::int64_t sum = 0;
  for (const std::int32_t post : posts) sum += wires.fan[static_cast<std::size_t>(post)];
  return sum;
}

std::set<std::int32_t> common(const std::set<std::int32_t>& a, const std::set<std::int32_t>& b) {
  std::set<std::int32_t> both;
  std::ranges::set_intersection(a, b, std::inserter(both, both.end()));
  return both;
}

using Sets = std::vector<std::set<std::int32_t>>;  // K, by neuron

/// Expects the pattern to keep these, to send between these wires (in any order), and to count so.
void expect_pattern(const Topology& topology, const Learning& learning, const Sets& kept,
                    const std::vector<RecurrentWire>& carriers) {
  const RecurrentWires wires(topology);
  const SensitivityPattern pattern(topology, learning);
  SensitivityCounts counts;
  std::vector<std::int64_t> keepers(kept.size(), 0);
  for (std::size_t k = 0; k < kept.size(); ++k) {
    const auto neuron = static_cast<std::int32_t>(k);
    const auto posts = pattern.posts(neuron);
    EXPECT_EQ(std::vector<std::int32_t>(posts.begin(), posts.end()),
              std::vector<std::int32_t>(kept[k].begin(), kept[k].end()));
    EXPECT_EQ(pattern.fan(neuron), wires.fan[k]);
    EXPECT_EQ(pattern.scalars(neuron), scalars_of(kept[k], wires));
    counts.kept += pattern.scalars(neuron);
    for (const std::int32_t post : kept[k]) {
      ++keepers[static_cast<std::size_t>(post)];
      counts.gathers += post == neuron ? 0 : wires.fan[static_cast<std::size_t>(post)];
    }
  }
  for (std::size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(pattern.keepers(static_cast<std::int32_t>(i)), keepers[i]);
  std::multiset<std::pair<std::int32_t, std::int32_t>> expected;
  for (const RecurrentWire& wire : carriers) {
    const auto both = common(kept[static_cast<std::size_t>(wire.source)], kept[static_cast<std::size_t>(wire.target)]);
    const std::int64_t scalars = scalars_of(both, wires);
    if (scalars == 0) continue;
    expected.insert({wire.source, wire.target});
    counts.influence_scalars += scalars;
    EXPECT_EQ(pattern.shared(wire.source, wire.target), scalars);
  }
  std::multiset<std::pair<std::int32_t, std::int32_t>> sent;
  pattern.each_carrier(topology, [&](ProjectionId, SynapseId, std::int32_t source, std::int32_t target) {
    sent.insert({source, target});
  });
  EXPECT_EQ(sent, expected);
  const SensitivityCounts found = sensitivity_counts(topology, learning);
  EXPECT_EQ(found.influences, std::ssize(expected));
  EXPECT_EQ(found.influence_scalars, counts.influence_scalars);
  EXPECT_EQ(found.gathers, counts.gathers);
  EXPECT_EQ(found.kept, counts.kept);
}

TEST(SensitivityPattern, OfAReachFollowsPaths) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Topology topology = topology_of(odd_model(seed));
    const RecurrentWires wires(topology);
    for (const std::int32_t reach : {1, 2, 3, 4, 20}) {
      Learning learning{.kind = RuleKind::kRtrlReach};
      learning.restriction.reach = reach;
      Sets kept;
      for (std::int32_t k = 0; k < topology.sizes.rate_neurons; ++k) kept.push_back(wires.before(k, reach - 1));
      expect_pattern(topology, learning, kept, wires.recurrent);
    }
  }
}

TEST(SensitivityPattern, WithinCoresStaysOnThem) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Topology topology = topology_of(odd_model(seed));
    const RecurrentWires wires(topology);
    Dice dice(seed);
    Learning learning{.kind = RuleKind::kRtrlCore};
    auto& cores = learning.restriction.cores;
    for (std::int32_t k = 0; k < topology.sizes.rate_neurons; ++k) cores.push_back(dice.between(0, 3));
    const auto together = [&](std::int32_t a, std::int32_t b) {
      return cores[static_cast<std::size_t>(a)] == cores[static_cast<std::size_t>(b)];
    };
    Sets kept(cores.size());
    for (std::int32_t k = 0; k < std::ssize(cores); ++k) {
      for (std::int32_t i = 0; i < std::ssize(cores); ++i) {
        if (together(k, i)) kept[static_cast<std::size_t>(k)].insert(i);
      }
    }
    std::vector<RecurrentWire> carriers;
    for (const RecurrentWire& wire : wires.recurrent) {
      if (together(wire.source, wire.target)) carriers.push_back(wire);
    }
    expect_pattern(topology, learning, kept, carriers);
  }
}

/// Under `paths` each neuron hears over its autapses and as many other synapses as are asked for,
/// or all that it has; with more paths, over more.
TEST(SensitivityPattern, OverPathsIsAutapsesAndADraw) {
  std::int64_t several = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Topology topology = topology_of(odd_model(seed));
    const RecurrentWires wires(topology);
    if (plastic_onto_rate(topology) == 0) continue;
    const auto n = static_cast<std::size_t>(topology.sizes.rate_neurons);
    Sets all(n);
    for (auto& set : all) {
      for (std::int32_t i = 0; i < topology.sizes.rate_neurons; ++i) set.insert(i);
    }
    for (const std::int32_t paths : {0, 1, 3}) {
      Learning learning{.kind = RuleKind::kRtrlPaths};
      learning.restriction = {.paths = paths, .seed = seed};
      std::vector<RecurrentWire> carriers;
      const SensitivityPattern pattern(topology, learning);
      pattern.each_carrier(topology, [&](ProjectionId, SynapseId, std::int32_t source, std::int32_t target) {
        carriers.push_back({source, target});
      });
      expect_pattern(topology, learning, all, carriers);
      for (std::int32_t k = 0; k < std::ssize(all); ++k) {
        const auto onto = [&](const std::vector<RecurrentWire>& of, bool own) {
          return std::ranges::count_if(of,
                                       [&](const RecurrentWire& w) { return w.target == k && (w.source == k) == own; });
        };
        EXPECT_EQ(onto(carriers, true), onto(wires.recurrent, true)) << "all autapses";
        EXPECT_EQ(onto(carriers, false), std::min<std::int64_t>(paths, onto(wires.recurrent, false)));
        several += onto(wires.recurrent, false) > paths ? 1 : 0;
      }
    }
  }
  EXPECT_GT(several, 100) << "something was left out";
}

/// Of seven synapses onto a neuron each is drawn about as often as any other one.
TEST(SensitivityPattern, DrawsEverySynapseAlike) {
  Spec spec = small_model({1, 8, 1, 2}, {}, 1);
  const Topology topology = topology_of(spec);
  std::map<std::int32_t, int> drawn;
  constexpr int kDraws = 3000;
  for (int seed = 0; seed < kDraws; ++seed) {
    Learning learning{.kind = RuleKind::kRtrlPaths};
    learning.restriction = {.paths = 2, .seed = static_cast<std::uint64_t>(seed)};
    SensitivityPattern(topology, learning).each_carrier(topology, [&](ProjectionId, SynapseId, auto source, auto target) {
      if (target == 3 && source != 3) ++drawn[source];
    });
  }
  ASSERT_EQ(drawn.size(), 7U);
  // 2 of 7, with a standard deviation of 25: beyond 5 of them once in 10^5 tries of this test
  for (const auto& [source, times] : drawn) EXPECT_NEAR(times, kDraws * 2 / 7, 125) << source;
}

}  // namespace
}  // namespace locus
