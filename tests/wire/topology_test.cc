// Topology: how synapses are numbered, listed and counted, against a matrix that is looked through.
#include "core/wire/topology.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include <gtest/gtest.h>

#include "core/base/random.h"

namespace locus {
namespace {

using Pair = std::pair<std::int32_t, std::int32_t>;  // source, target

/// Inputs (3), two rate populations (2 and 3) and readouts (2); with their populations.
struct Four {
  Topology topology;
  PopulationId in = add_population(topology, {.name = "in", .layer = Layer::kInput, .size = 3});
  PopulationId one = add_population(topology, {.name = "one", .layer = Layer::kRate, .size = 2});
  PopulationId out = add_population(topology, {.name = "out", .layer = Layer::kReadout, .size = 2});
  PopulationId two = add_population(topology, {.name = "two", .layer = Layer::kRate, .size = 3});

  Projection& connect(PopulationId source, PopulationId target) {
    topology.projections.push_back(projection_between(topology, source, target));
    return topology.projections.back();
  }
};

/// Holds every method against the pairs that there are, which stand source by source.
void expect_pairs(const Projection& projection, std::vector<Pair> pairs) {
  std::ranges::sort(pairs);
  ASSERT_EQ(projection.size(), std::ssize(pairs));
  std::vector<Pair> visited;
  projection.each([&](std::int32_t source, std::int32_t target) {
    visited.emplace_back(source - projection.source_begin, target - projection.target_begin);
  });
  EXPECT_EQ(visited, pairs);
  for (std::int64_t k = 0; k < projection.size(); ++k) {
    const auto [source, target] = pairs[static_cast<std::size_t>(k)];
    EXPECT_EQ(projection.source_of(k), source) << k;
    EXPECT_EQ(projection.target_of(k), target) << k;
  }
  for (std::int32_t j = 0; j < projection.source_size; ++j) {
    const auto own = std::ranges::count(pairs, j, &Pair::first);
    EXPECT_EQ(projection.fan_out(j), own) << j;
    EXPECT_EQ(projection.begin_of(j), std::ranges::count_if(pairs, [&](const Pair& p) { return p.first < j; }));
    for (std::int32_t i = 0; i < projection.target_size; ++i) {
      const auto found = std::ranges::find(pairs, Pair{j, i});
      EXPECT_EQ(projection.synapse_between(j, i), found == pairs.end() ? -1 : found - pairs.begin()) << j << "," << i;
    }
  }
  EXPECT_EQ(projection.begin_of(projection.source_size), projection.size());
}

/// Places are those of `listed`, and each synapse has one.
void expect_places(const Projection& projection, const std::vector<Pair>& listed) {
  EXPECT_EQ(projection.places(), std::ssize(listed));
  std::int64_t visits = 0;
  projection.each_place([&](std::int64_t place, std::int64_t k, std::int32_t target, std::int32_t source) {
    EXPECT_EQ(k, visits++);
    EXPECT_EQ(listed[static_cast<std::size_t>(place)], (Pair{source, target}));
    EXPECT_EQ(projection.source_of(k), source);
    EXPECT_EQ(projection.target_of(k), target);
  });
  EXPECT_EQ(visits, projection.size());
}

TEST(Topology, LaysPopulationsOfALayerOneBehindTheOther) {
  const Four four;
  const Topology& topology = four.topology;
  EXPECT_EQ(topology.sizes.inputs, 3);
  EXPECT_EQ(topology.sizes.rate_neurons, 5);
  EXPECT_EQ(topology.sizes.readouts, 2);
  EXPECT_EQ(topology.populations[four.one].begin, 0);
  EXPECT_EQ(topology.populations[four.two].begin, 2);
  const Projection projection = projection_between(topology, four.two, four.out);
  EXPECT_EQ(std::tuple(projection.source_layer, projection.source_begin, projection.source_size),
            std::tuple(Layer::kRate, 2, 3));
  EXPECT_EQ(std::tuple(projection.target_layer, projection.target_begin, projection.target_size),
            std::tuple(Layer::kReadout, 0, 2));
  const Projection feedback = feedback_onto(topology, four.two);
  EXPECT_EQ(feedback.name, "feedback/two");
  EXPECT_FALSE(feedback.plastic);
  EXPECT_EQ(std::tuple(feedback.source_layer, feedback.source_size, feedback.target_begin, feedback.target_size),
            std::tuple(Layer::kReadout, 2, 2, 3));
}

TEST(Topology, NumbersDenseSynapsesSourceBySource) {
  Four four;
  const Projection& dense = four.connect(four.one, four.two);
  expect_pairs(dense, {{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}});
  expect_places(dense, {{0, 0}, {1, 0}, {0, 1}, {1, 1}, {0, 2}, {1, 2}});  // row by row
}

TEST(Topology, LeavesTheDiagonalOfAHollowProjectionAway) {
  Four four;
  Projection& hollow = four.connect(four.two, four.two);
  make_hollow(hollow);
  list_targets(hollow);
  expect_pairs(hollow, {{0, 1}, {0, 2}, {1, 0}, {1, 2}, {2, 0}, {2, 1}});
  // the places of the matrix, diagonal included
  expect_places(hollow, {{0, 0}, {1, 0}, {2, 0}, {0, 1}, {1, 1}, {2, 1}, {0, 2}, {1, 2}, {2, 2}});
}

TEST(Topology, KeepsTheOrderInWhichAFileListsEntries) {
  Four four;
  Projection& sparse = four.connect(four.two, four.one);
  const std::vector<std::int32_t> sources = {2, 0, 2, 1}, targets = {1, 0, 0, 1};
  make_sparse(sparse, sources, targets);
  expect_pairs(sparse, {{2, 1}, {0, 0}, {2, 0}, {1, 1}});
  expect_places(sparse, {{2, 1}, {0, 0}, {2, 0}, {1, 1}});
  EXPECT_EQ(sparse.listed.size(), 4U);
}

/// Matrices drawn entry by entry, row by row: nothing has to remember their order.
TEST(Topology, KeepsNoOrderOfEntriesThatStandRowByRow) {
  const RandomKey key = random_key(5, "wiring");
  for (std::uint64_t draw = 0; draw < 50; ++draw) {
    Topology topology;
    const auto uniform = [&](std::uint64_t at) { return uniform_at(key, draw, 0, at); };
    const auto sources = static_cast<std::int32_t>(1 + 6 * uniform(0));
    const auto targets = static_cast<std::int32_t>(1 + 6 * uniform(1));
    add_population(topology, {.name = "s", .layer = Layer::kRate, .size = sources});
    add_population(topology, {.name = "t", .layer = Layer::kRate, .size = targets});
    std::vector<std::int32_t> col, row;
    std::vector<Pair> pairs;
    for (std::int32_t i = 0; i < targets; ++i) {
      for (std::int32_t j = 0; j < sources; ++j) {
        if (uniform(static_cast<std::uint64_t>(2 + i * sources + j)) < 0.5) continue;
        row.push_back(i);
        col.push_back(j);
        pairs.emplace_back(j, i);
      }
    }
    Projection sparse = projection_between(topology, PopulationId{0}, PopulationId{1});
    make_sparse(sparse, col, row);
    EXPECT_TRUE(sparse.listed.empty());
    expect_pairs(sparse, pairs);
    expect_places(sparse, pairs);
    // the same entries backwards, which has to be remembered
    Projection backwards = projection_between(topology, PopulationId{0}, PopulationId{1});
    make_sparse(backwards, {col.rbegin(), col.rend()}, {row.rbegin(), row.rend()});
    expect_pairs(backwards, pairs);
    expect_places(backwards, {pairs.rbegin(), pairs.rend()});
  }
}

TEST(Topology, FindsAutapsesOnlyWhereAPopulationProjectsOntoItself) {
  Four four;
  make_sparse(four.connect(four.two, four.two), {0, 0, 1, 2, 2}, {0, 2, 0, 1, 2});
  make_sparse(four.connect(four.one, four.two), {0, 1}, {0, 1});  // on what would be a diagonal
  four.connect(four.one, four.one);
  four.connect(four.one, four.one).wait = 1;  // too late to be an autapse
  find_autapses(four.topology);
  ASSERT_EQ(four.topology.autapses.size(), 4U);
  const std::tuple<int, int, int> wanted[] = {{0, 2, 0}, {1, 2, 3}, {2, 0, 0}, {4, 0, 4}};
  for (std::size_t k = 0; k < 4; ++k) {
    const Autapse& autapse = four.topology.autapses[k];
    EXPECT_EQ(std::tuple(autapse.neuron.value, autapse.projection.value, static_cast<int>(autapse.synapse.value)),
              wanted[k]);
  }
  four.topology.populations[four.two].spiking = true;
  find_autapses(four.topology);
  EXPECT_EQ(four.topology.autapses.size(), 2U);
}

TEST(Topology, FindsProjectionsByTheirLayers) {
  Four four;
  four.connect(four.one, four.two);
  four.connect(four.in, four.two);
  four.connect(four.two, four.one).wait = 2;
  EXPECT_EQ(projections_between(four.topology, Layer::kRate, Layer::kRate),
            (std::vector{ProjectionId{0}, ProjectionId{2}}));
  EXPECT_EQ(projections_between(four.topology, Layer::kInput, Layer::kRate), (std::vector{ProjectionId{1}}));
  EXPECT_TRUE(projections_between(four.topology, Layer::kRate, Layer::kReadout).empty());
  EXPECT_EQ(four.topology.projections[0].delay(), 1);
  EXPECT_EQ(four.topology.projections[1].delay(), 0);
  EXPECT_EQ(four.topology.projections[2].delay(), 3);
  EXPECT_EQ(four.topology.synapses(), 6 + 9 + 6);
}

}  // namespace
}  // namespace locus
