// Policies as functions of numbers, the ways of a mesh, and models that do not fit.
#include "sim/place/placement.h"

#include <cstdlib>
#include <set>
#include <utility>

#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "sim/model/network_size.h"
#include "sim/model/wire.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

using Cores = std::vector<std::int32_t>;

TEST(Policy, BlockFillsCoreByCore) { EXPECT_EQ(place_block(7, 3), (Cores{0, 0, 0, 1, 1, 1, 2})); }
TEST(Policy, RoundRobinDealsOut) { EXPECT_EQ(place_round_robin(7, 3), (Cores{0, 1, 2, 0, 1, 2, 0})); }

/// Six neurons in two interleaved triangles; a readout has one source in each.
Spec triangles() {
  Spec spec;
  spec.network.populations = {{"in", PopulationKind::kInput, 1, Activation::kIdentity, 1},
                              {"rec", PopulationKind::kRate, 6, Activation::kIdentity, 1},
                              {"out", PopulationKind::kReadout, 2, Activation::kIdentity, 1}};
  SparseMatrix w{6, 6, {}, {}, {}};
  for (std::int32_t i = 0; i < 6; ++i) {
    w.row.push_back(i);
    w.col.push_back((i + 2) % 6);
    w.values.push_back(1);
  }
  const SparseMatrix a{2, 6, {0, 1}, {0, 1}, {1, 1}};
  spec.network.projections = {{"B", 0, 1, ConstantWeights{1}, true, std::nullopt},
                              {"W", 1, 1, w, true, std::nullopt},
                              {"A", 1, 2, a, true, std::nullopt}};
  return spec;
}

TEST(Policy, GreedyKeepsTogetherWhatIsConnected) {
  const Topology topology = topology_of(triangles());
  const Cores cores = place_greedy(topology, 4);
  EXPECT_EQ(cores, (Cores{0, 1, 0, 1, 0, 1, 0, 1})) << "each triangle with its readout";
  EXPECT_EQ(cut_synapses(topology, cores), 0);
  EXPECT_EQ(cut_synapses(topology, place_block(8, 4)), 6)
      << "0-2, 2-4, 4-0 and 1-3, 3-5, 5-1 cross where 4, 5 sit apart, and both of A";
}

/// After the growth, neurons exchange places: no exchange of two is left that would cut fewer
/// synapses.
TEST(Policy, GreedyLeavesNoExchangeThatCutsFewer) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Spec spec = odd_model(seed);
    const Topology topology = topology_of(spec);
    for (const std::int32_t room : {1, 2, 3}) {
      Cores cores = place_greedy(topology, room);
      const std::int64_t cut = cut_synapses(topology, cores);
      for (std::size_t a = 0; a < cores.size(); ++a) {
        for (std::size_t b = a + 1; b < cores.size(); ++b) {
          std::swap(cores[a], cores[b]);
          ASSERT_GE(cut_synapses(topology, cores), cut) << a << " and " << b << " of " << describe(spec);
          std::swap(cores[a], cores[b]);
        }
      }
    }
  }
}

TEST(Policy, GreedyIsNeverWorseThanBlock) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Spec spec = odd_model(seed);
    const Topology topology = topology_of(spec);
    const std::int32_t neurons = topology.sizes.rate_neurons + topology.sizes.readouts;
    for (std::int32_t room = 1; room <= neurons; room += 2) {
      const Cores greedy = place_greedy(topology, room);
      const Cores blocks = place_block(neurons, room);
      ASSERT_LE(cut_synapses(topology, greedy), cut_synapses(topology, blocks)) << describe(spec);
      std::vector<int> held(static_cast<std::size_t>(neurons), 0);
      for (const std::int32_t core : greedy) ASSERT_LE(++held.at(static_cast<std::size_t>(core)), room);
      ASSERT_LE(*std::max_element(greedy.begin(), greedy.end()), (neurons - 1) / room) << "no more cores than blocks take";
      ASSERT_EQ(greedy, place_greedy(topology, room)) << "the same every time";
    }
  }
}

TEST(Policy, GreedyIsNeverWorseThanBlockOnTheShippedModels) {
  for (const auto& entry : std::filesystem::directory_iterator(LOCUS_MODELS)) {
    if (entry.path().extension() != ".txtpb") continue;
    const Spec spec = load(entry.path());
    const std::int64_t all = locus::neurons(spec.network, PopulationKind::kRate);
    if (all > 1000) continue;  // the balanced network would take minutes with its six placements
    const Topology topology = topology_of(spec);
    const std::int32_t neurons = topology.sizes.rate_neurons + topology.sizes.readouts;
    for (const std::int32_t room : {1, 2, 3, 4, 8, 16}) {
      EXPECT_LE(cut_synapses(topology, place_greedy(topology, room)), cut_synapses(topology, place_block(neurons, room)))
          << entry.path() << ", " << room << " a core";
    }
  }
}

TEST(TopologyOf, HasTheSynapsesOfTheModel) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Spec spec = odd_model(seed);
    const Topology topology = topology_of(spec);
    ASSERT_EQ(topology.projections.size(), spec.network.projections.size());
    for (std::size_t p = 0; p < topology.projections.size(); ++p) {
      std::set<std::pair<int, int>> met;
      topology.projections[p].each([&](std::int32_t source, std::int32_t target) { met.insert({source, target}); });
      EXPECT_EQ(static_cast<std::int64_t>(met.size()), topology.projections[p].size());
    }
  }
}

/// Step by step along the row, then along the column, by the rule alone.
TEST(Mesh, WaysAreManhattanAndGoAlongTheRowFirst) {
  const Mesh mesh{4, 3};
  for (std::int32_t from = kHost; from < mesh.cores(); ++from) {
    for (std::int32_t to = kHost; to < mesh.cores(); ++to) {
      int x = std::max(from, 0) % 4, y = std::max(from, 0) / 4;
      int expected = from == kHost && to != kHost ? 1 : 0;
      std::int32_t at = from;
      if (from == kHost && to != kHost) at = next_on_way(mesh, at, to);
      if (from != to) {
        for (; x != std::max(to, 0) % 4; ++expected) {
          x += std::max(to, 0) % 4 > x ? 1 : -1;
          at = next_on_way(mesh, at, to);
          ASSERT_EQ(at, y * 4 + x) << from << " to " << to;
        }
        for (; y != std::max(to, 0) / 4; ++expected) {
          y += std::max(to, 0) / 4 > y ? 1 : -1;
          at = next_on_way(mesh, at, to);
          ASSERT_EQ(at, y * 4 + x) << from << " to " << to;
        }
        if (to == kHost) {
          at = next_on_way(mesh, at, to);
          ++expected;
        }
        ASSERT_EQ(at, to);
      }
      ASSERT_EQ(hops(mesh, from, to).all(), expected) << from << " to " << to;
    }
  }
  EXPECT_EQ(place_name(kHost), "host");
  EXPECT_EQ(place_name(7), "core 7");
}

TEST(Room, ThatLacksIsNamedWithWhatWouldDo) {
  const Topology topology = topology_of(triangles());
  ChipSpec chip;
  chip.width = 2;
  chip.neurons_per_core = 4;
  EXPECT_FALSE(lack_of_room(chip, topology, "m").has_value());
  chip.neurons_per_core = 3;
  const auto neurons = lack_of_room(chip, topology, "m");
  ASSERT_TRUE(neurons.has_value());
  EXPECT_EQ(describe(*neurons),
            "m: error: chip.neurons_per_core is 3: 2 x 1 cores hold 6 neurons, and rate neurons and readouts are 8; "
            "must be at least 4, or the mesh have at least 3 cores");
  chip.neurons_per_core = 4;
  // each core has 3 of B + 3 of W + 1 of A under greedy, 4 + 4 and 2 + 2 + 2 under block
  chip.synapses_per_core = 8;
  EXPECT_FALSE(lack_of_room(chip, topology, "m").has_value());
  chip.synapses_per_core = 7;
  const auto synapses = lack_of_room(chip, topology, "m");
  ASSERT_TRUE(synapses.has_value());
  EXPECT_EQ(describe(*synapses),
            "m: error: chip.synapses_per_core is 7: core 0 would hold 8 synapses; must be at least 8 under placement "
            "BLOCK, or neurons_per_core be less");
  chip.policy = PlacementPolicy::kGreedy;
  EXPECT_FALSE(lack_of_room(chip, topology, "m").has_value());
}

}  // namespace
}  // namespace locus
