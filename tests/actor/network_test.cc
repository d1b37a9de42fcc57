// The columns of a network: synapses source by source, autapses found, lanes under each neuron.
#include "core/actor/network.h"

#include <gtest/gtest.h>

namespace locus {
namespace {

/// Two rate populations of 2 and 3 neurons; "within" is sparse in the second with an autapse of its
/// neurons 0 and 2; "across" goes from the first to the second and has entries on what would be a
/// diagonal; "into" is dense in the first.
Network<double> example() {
  Network<double> network;
  network.inputs.size = 1;
  network.readouts.size = 2;
  network.rate.size = 5;
  network.rate.populations = {{"one", 0, 2, Activation::kIdentity, 0.5}, {"two", 2, 3, Activation::kTanh, 0.25}};
  Projection<double> within;
  within.source_layer = Layer::kRate;
  within.source_begin = within.target_begin = 2;
  within.source_size = within.target_size = 3;
  within.dense = false;
  within.offset = {0, 2, 3, 5};
  within.target = {0, 2, 0, 1, 2};
  within.weight = {1, 2, 3, 4, 5};
  Projection<double> across = within;
  across.source_begin = 0;
  across.source_size = 2;
  across.offset = {0, 1, 2};
  across.target = {0, 1};
  across.weight = {6, 7};
  Projection<double> into = across;
  into.target_begin = 0;
  into.target_size = 2;
  into.dense = true;
  into.offset.clear();
  into.target.clear();
  into.weight = {8, 9, 10, 11};
  network.projections = {within, across, into};
  return network;
}

TEST(Projection, NumbersSynapsesSourceBySource) {
  const Network<double> network = example();
  const Projection<double>& sparse = network.projections[0];
  const std::int32_t sources[] = {0, 0, 1, 2, 2};
  const std::int32_t targets[] = {0, 2, 0, 1, 2};
  for (std::int64_t k = 0; k < sparse.size(); ++k) {
    EXPECT_EQ(sparse.source_of(k), sources[k]) << k;
    EXPECT_EQ(sparse.target_of(k), targets[k]) << k;
  }
  EXPECT_EQ(sparse.fan_out(0), 2);
  EXPECT_EQ(sparse.fan_out(1), 1);
  const Projection<double>& dense = network.projections[2];
  for (std::int64_t k = 0; k < dense.size(); ++k) {
    EXPECT_EQ(dense.source_of(k), k / 2) << k;
    EXPECT_EQ(dense.target_of(k), k % 2) << k;
  }
  EXPECT_EQ(dense.begin_of(1), 2);
  EXPECT_EQ(dense.fan_out(1), 2);
}

/// A source without a synapse: offsets repeat, and the synapse belongs to the last source that
/// begins there.
TEST(Projection, KnowsTheSourceAmongSilentOnes) {
  Projection<double> projection;
  projection.dense = false;
  projection.source_size = 4;
  projection.target_size = 2;
  projection.offset = {0, 0, 1, 1, 2};
  projection.target = {1, 0};
  projection.weight = {1, 2};
  EXPECT_EQ(projection.source_of(0), 1);
  EXPECT_EQ(projection.source_of(1), 3);
}

TEST(Network, AllocatesLanesUnderEachNeuron) {
  Network<double> network = example();
  allocate(network, 3);
  EXPECT_EQ(network.lanes, 3);
  EXPECT_EQ(network.inputs.activity.size(), 3U);
  EXPECT_EQ(network.rate.current.size(), 15U);
  EXPECT_EQ(network.rate.own_weight.size(), 15U);
  EXPECT_EQ(network.readouts.epsilon.size(), 6U);
  EXPECT_EQ(network.rate.leak, (Column<double>{0.5, 0.5, 0.25, 0.25, 0.25}));
}

TEST(Network, FindsAutapsesOnlyWhereAPopulationProjectsOntoItself) {
  Network<double> network = example();
  allocate(network, 1);
  ASSERT_EQ(network.autapses.size(), 4U);
  const std::int32_t neurons[] = {0, 1, 2, 4};
  const double weights[] = {8, 11, 1, 5};
  for (std::size_t i = 0; i < network.autapses.size(); ++i) {
    const Autapse& autapse = network.autapses[i];
    EXPECT_EQ(autapse.neuron.value, neurons[i]);
    EXPECT_EQ(network.projections[static_cast<std::size_t>(autapse.projection.value)]
                  .weight[static_cast<std::size_t>(autapse.synapse.value)],
              weights[i]);
  }
}

TEST(Network, FindsProjectionsByTheirLayers) {
  Network<double> network = example();
  network.projections[1].source_layer = Layer::kInput;
  EXPECT_EQ(projections_between(network, Layer::kRate, Layer::kRate), (std::vector<std::int32_t>{0, 2}));
  EXPECT_EQ(projections_between(network, Layer::kInput, Layer::kRate), (std::vector<std::int32_t>{1}));
  EXPECT_TRUE(projections_between(network, Layer::kRate, Layer::kReadout).empty());
}

}  // namespace
}  // namespace locus
