// From Spec to topology: every pair of neurons that a matrix connects, looked through entry by
// entry.
#include <algorithm>
#include <set>
#include <utility>

#include <gtest/gtest.h>

#include "sim/model/draw_sparse.h"
#include "sim/model/realise.h"
#include "sim/model/wire.h"
#include "tests/support/random_model.h"
#include "tests/support/spiking_model.h"

namespace locus {
namespace {

using Pairs = std::vector<std::pair<std::int32_t, std::int32_t>>;  // source, target

/// Pairs that a projection's matrix connects, in the order of its entries, within the projection.
Pairs pairs_of(const ProjectionSpec& projection, const Weights& weights) {
  Pairs pairs;
  if (const auto* sparse = std::get_if<SparseMatrix>(&weights)) {
    for (std::size_t k = 0; k < sparse->row.size(); ++k) pairs.emplace_back(sparse->col[k], sparse->row[k]);
    return pairs;
  }
  const auto& dense = std::get<DenseMatrix>(weights);
  for (std::int32_t i = 0; i < dense.rows; ++i) {
    for (std::int32_t j = 0; j < dense.cols; ++j) {
      if (projection.autapses || i != j) pairs.emplace_back(j, i);
    }
  }
  return pairs;
}

Pairs visited(const Projection& projection) {
  Pairs pairs;
  projection.each([&](std::int32_t source, std::int32_t target) {
    pairs.emplace_back(source - projection.source_begin, target - projection.target_begin);
  });
  return pairs;
}

/// The same populations, every projection drawn sparsely.
Spec drawn(Spec spec, std::uint64_t seed) {
  spec.seed = seed;
  for (ProjectionSpec& projection : spec.network.projections) {
    SparseRandomWeights weights{.mean = 1, .autapses = projection.autapses};
    const PopulationSpec& source = spec.network.populations[static_cast<std::size_t>(projection.source)];
    if (seed % 2 == 0) weights.probability = 0.4;
    weights.in_degree = std::max(source.size / 2 - 1, 0);
    projection.weights = weights;
  }
  settle_sparse(spec);
  return spec;
}

struct Met {
  int sparse = 0;
  int hollow = 0;
  int late = 0;
  std::int64_t autapses = 0;
};

void expect_topology_of(const Spec& spec, Met& met) {
  const Topology topology = topology_of(spec);
  const Topology implied = topology_of(spec, Listing::kSparse);
  const Topology ends = topology_of(spec, Listing::kNone);
  const std::vector<Weights> weights = network_weights(spec);
  std::int64_t synapses = 0;
  std::int64_t autapses = 0;
  for (std::size_t p = 0; p < weights.size(); ++p) {
    const ProjectionSpec& asked = spec.network.projections[p];
    const Projection& projection = topology.projections[p];
    Pairs wanted = pairs_of(asked, weights[p]);
    std::vector<std::int64_t> fan_in(static_cast<std::size_t>(projection.target_size), 0);
    for (const auto& [source, target] : wanted) ++fan_in[static_cast<std::size_t>(target)];
    std::ranges::sort(wanted);
    synapses += std::ssize(wanted);
    const bool recurrent = projection.source_layer == Layer::kRate && projection.target_layer == Layer::kRate;
    EXPECT_EQ(projection.delay(), asked.delay.value_or(recurrent ? 1 : 0));
    if (asked.source == asked.target && projection.delay() == 1 && !topology.target_of(projection).spiking)
      autapses += std::ranges::count_if(wanted, [](const auto& pair) { return pair.first == pair.second; });
    for (const Topology* one : {&topology, &implied}) {
      EXPECT_EQ(visited(one->projections[p]), wanted);
      EXPECT_EQ(one->projections[p].size(), std::ssize(wanted));
      EXPECT_EQ(one->projections[p].fan_in(), fan_in);
      for (std::int32_t j = 0; j < projection.source_size; ++j) {
        EXPECT_EQ(one->projections[p].fan_out(j),
                  std::ranges::count_if(wanted, [&](const auto& pair) { return pair.first == j; }));
      }
    }
    EXPECT_EQ(ends.projections[p].size(), std::ssize(wanted));
    EXPECT_EQ(ends.projections[p].places(), projection.places());
    EXPECT_TRUE(ends.projections[p].target.empty());
    met.sparse += !projection.dense && !projection.hollow;
    met.hollow += projection.hollow;
    met.late += projection.wait > 0;
  }
  EXPECT_EQ(topology.synapses(), synapses);
  EXPECT_EQ(std::ssize(topology.autapses), autapses);
  EXPECT_EQ(std::ssize(implied.autapses), autapses);
  met.autapses += autapses;
}

TEST(TopologyOf, HasThePairsThatTheMatricesConnect) {
  Met met;
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    expect_topology_of(odd_model(seed), met);
    expect_topology_of(with_delays(odd_model(seed), seed), met);
    expect_topology_of(odd_spiking_model(seed), met);
    expect_topology_of(drawn(odd_model(seed), seed), met);
  }
  EXPECT_GT(met.sparse, 20);
  EXPECT_GT(met.hollow, 20);
  EXPECT_GT(met.late, 20);
  EXPECT_GT(met.autapses, 20);
}

}  // namespace
}  // namespace locus
