// The columns of a network: lanes under each neuron, sizes as the topology has them.
#include "core/actor/network.h"

#include <limits>

#include <gtest/gtest.h>

namespace locus {
namespace {

Topology example() {
  Topology topology;
  add_population(topology, {.name = "in", .layer = Layer::kInput, .size = 1});
  add_population(topology, {.name = "one", .layer = Layer::kRate, .size = 2});
  add_population(topology, {.name = "two", .layer = Layer::kRate, .size = 3});
  add_population(topology, {.name = "out", .layer = Layer::kReadout, .size = 2});
  topology.projections = {projection_between(topology, PopulationId{0}, PopulationId{1}),
                          projection_between(topology, PopulationId{2}, PopulationId{3})};
  topology.projections[0].plastic = false;
  return topology;
}

Network<double> network_of(const Topology& topology) {
  Network<double> network;
  network.topology = &topology;
  network.rate.populations = {{PopulationId{1}, 0, 2, Activation::kIdentity, 0.5},
                              {PopulationId{2}, 2, 3, Activation::kTanh, 0.25}};
  network.readouts.populations = {{PopulationId{3}, 0, 2}};
  network.synapses.resize(2);
  network.synapses[0].weight = {1, 2};
  network.synapses[1].weight = {3, 4, 5, 6, 7, 8};
  return network;
}

TEST(Network, AllocatesLanesUnderEachNeuron) {
  const Topology topology = example();
  Network<double> network = network_of(topology);
  allocate(network, 3);
  EXPECT_EQ(network.lanes, 3);
  EXPECT_EQ(network.inputs.activity.size(), 3U);
  EXPECT_EQ(network.rate.current.size(), 15U);
  EXPECT_EQ(network.rate.own_weight.size(), 15U);
  EXPECT_EQ(network.readouts.epsilon.size(), 6U);
  EXPECT_EQ(network.rate.leak, (Column<double>{0.5, 0.5, 0.25, 0.25, 0.25}));
}

TEST(Network, FindsTheNeuronsThatAProjectionEndsOn) {
  const Topology topology = example();
  const Network<double> network = network_of(topology);
  EXPECT_EQ(network.target_of(topology.projections[0]).leak, 0.5);
  EXPECT_EQ(network.target_of(topology.projections[1]).population, PopulationId{3});
  const Projection onto_second = projection_between(topology, PopulationId{0}, PopulationId{2});
  EXPECT_EQ(network.target_of(onto_second).leak, 0.25);
}

TEST(Network, KeepsMomentsOfPlasticSynapsesOnly) {
  const Topology topology = example();
  Network<double> network = network_of(topology);
  keep_moments(Optimizer{}, network);
  EXPECT_TRUE(network.synapses[1].first.empty());
  keep_moments(Optimizer{.momentum = 0.5}, network);
  EXPECT_EQ(network.synapses[1].first.size(), 6U);
  EXPECT_TRUE(network.synapses[1].second.empty());
  network = network_of(topology);
  const Optimizer adam{.adam = Optimizer::Adam{}};
  keep_moments(adam, network);
  EXPECT_TRUE(network.synapses[0].first.empty());
  ASSERT_EQ(network.synapses[1].first.size(), 6U);
  network.synapses[1].second[3] = 2;
  keep_moments(adam, network);  // those that are there stay
  EXPECT_EQ(network.synapses[1].second[3], 2);
}

TEST(Network, LooksAtPlasticWeightsOnly) {
  const Topology topology = example();
  Network<double> network = network_of(topology);
  network.synapses[0].weight[1] = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(plastic_weights_finite(network));
  network.synapses[1].weight[5] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(plastic_weights_finite(network));
}

}  // namespace
}  // namespace locus
