// From Spec to network: orders, offsets, the order of a sparse projection's entries, R only for
// rules with feedback.
#include "sim/model/build.h"

#include <string>

#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "sim/model/overrides.h"
#include "sim/model/realise.h"
#include "sim/model/wire.h"
#include "tests/model/text_parts.h"

namespace locus {
namespace {

Spec spec_to_build(const ModelText& model) {
  std::vector<Fault> warnings;
  return load_bytes(model.text(), "m.txtpb", warnings);
}

ModelText several() {
  ModelText model;
  model.populations =
      "populations { name: \"o1\" size: 1 readout {} } populations { name: \"r1\" size: 2 rate { activation: TANH "
      "leak: 0.5 } } populations { name: \"in\" size: 2 input {} } "
      "populations { name: \"r2\" size: 3 rate {} } populations { name: \"o2\" size: 1 readout {} }";
  model.b =
      "projections { name: \"B\" source: \"in\" target: \"r2\" weights { dense { rows: 3 cols: 2 values: [1, 2, 3, 4, 5, 6] } } }";
  model.w =
      "projections { name: \"W\" source: \"r2\" target: \"r1\" plastic: false learning_rate: 0.5 weights { sparse { "
      "rows: 2 cols: 3 row: [1, 0, 1, 0] col: [2, 2, 0, 1] values: [10, 20, 30, 0] } } }";
  model.a =
      "projections { name: \"A\" source: \"r1\" target: \"o2\" weights { dense { rows: 1 cols: 2 values: [7, 8] } } }";
  model.task = "task { recorded { trials { spikes {} target { rows: 1 cols: 2 values: [1, 2] } } } }";
  return model;
}

TEST(Build, LaysPopulationsInFileOrder) {
  const Spec spec = spec_to_build(several());
  const Topology topology = topology_of(spec);
  const Network<double> network = build<double>(spec, topology, spec.rules[0], 2);
  EXPECT_EQ(network.lanes, 2);
  EXPECT_EQ(network.inputs.size, 2);
  EXPECT_EQ(network.rate.size, 5);
  EXPECT_EQ(network.readouts.size, 2);
  ASSERT_EQ(network.rate.populations.size(), 2U);
  EXPECT_EQ(topology.populations[network.rate.populations[1].population].name, "r2");
  EXPECT_EQ(network.rate.populations[1].begin, 2);
  EXPECT_EQ(network.rate.populations[0].activation, Activation::kTanh);
  EXPECT_EQ(network.rate.leak[0], 0.5);
  EXPECT_EQ(network.rate.leak[4], 1);
  EXPECT_EQ(network.rate.activity.size(), 10U);
  EXPECT_TRUE(network.feedback.empty());
}

TEST(Build, StoresSynapsesSourceBySource) {
  const Spec spec = spec_to_build(several());
  const Topology topology = topology_of(spec);
  const Network<double> network = build<double>(spec, topology, spec.rules[0], 1);
  const Projection& b = topology.projections[0];
  const auto values = [](const auto& column) { return std::vector<double>(column.begin(), column.end()); };
  EXPECT_TRUE(b.dense);
  EXPECT_EQ(values(network.synapses[0].weight), (std::vector<double>{1, 3, 5, 2, 4, 6}));
  EXPECT_EQ(b.source_layer, Layer::kInput);
  EXPECT_EQ(b.target_layer, Layer::kRate);
  EXPECT_EQ(b.target_begin, 2);
  EXPECT_EQ(network.synapses[0].learning_rate, 0.1);
  const Projection& w = topology.projections[1];
  EXPECT_FALSE(w.dense);
  EXPECT_FALSE(w.plastic);
  EXPECT_EQ(network.synapses[1].learning_rate, 0.5);
  EXPECT_EQ(w.source_begin, 2);
  EXPECT_EQ(w.target_begin, 0);
  EXPECT_EQ(std::vector<std::int64_t>(w.offset.begin(), w.offset.end()), (std::vector<std::int64_t>{0, 1, 2, 4}));
  EXPECT_EQ(std::vector<std::int32_t>(w.target.begin(), w.target.end()), (std::vector<std::int32_t>{1, 0, 0, 1}));
  EXPECT_EQ(values(network.synapses[1].weight), (std::vector<double>{30, 0, 20, 10}));
  EXPECT_EQ(w.listed, (std::vector<std::int64_t>{3, 2, 0, 1}));
  EXPECT_EQ(topology.projections[2].source_begin, 0);
  EXPECT_EQ(topology.projections[2].target_begin, 1);
}

/// What says where synapses go is held once, however many networks there are.
TEST(Build, NetworksOfARunShareOneTopology) {
  const Spec spec = spec_to_build(several());
  const Topology topology = topology_of(spec);
  const Network<double> learner = build<double>(spec, topology, spec.rules[0], 1);
  const Network<double> evaluated = build<double>(spec, topology, RuleSpec{}, 4);
  const Network<double> copy = learner;
  for (const Network<double>* network : {&learner, &evaluated, &copy}) {
    EXPECT_EQ(network->topology, &topology);
    EXPECT_EQ(network->projections()[1].target.data(), topology.projections[1].target.data());
    ASSERT_EQ(network->synapses.size(), topology.projections.size());
    EXPECT_EQ(std::ssize(network->synapses[1].weight), topology.projections[1].size());
  }
}

TEST(Build, MatricesOfAnyShapeComeOutTransposed) {
  ModelText model;
  model.populations =
      "populations { name: \"in\" size: 71 input {} } populations { name: \"rec\" size: 45 rate {} } populations { "
      "name: \"out\" size: 3 readout {} }";
  model.b = "projections { name: \"B\" source: \"in\" target: \"rec\" weights { gaussian { stddev: 1 } } }";
  model.a = "";
  model.task = "task { recorded { trials { spikes {} target { rows: 1 cols: 3 values: [1, 2, 3] } } } }";
  const Spec spec = spec_to_build(model);
  const Topology topology = topology_of(spec);
  const Network<float> network = build<float>(spec, topology, spec.rules[0], 1);
  const std::vector<Weights> weights = network_weights(spec);
  const auto& b = std::get<DenseMatrix>(weights[0]);
  for (std::size_t i = 0; i < 45; ++i) {
    for (std::size_t j = 0; j < 71; ++j)
      ASSERT_EQ(network.synapses[0].weight[j * 45 + i], static_cast<float>(b.values[i * 71 + j]));
  }
}

TEST(Build, FeedbackRunsFromReadoutsWhereTheRuleUsesIt) {
  ModelText model = several();
  model.rules =
      "rules { name: \"r\" rflo { feedback { population: \"r2\" weights { sparse { rows: 2 cols: 3 row: [1, 0, 1] "
      "col: [2, 1, 0] values: [1, 2, 3] } } } "
      "feedback { population: \"r1\" weights { dense { rows: 2 cols: 2 values: [4, 5, 6, 7] } } } } } rules { name: \"e\" eprop {} }";
  Spec spec = spec_to_build(model);
  const Topology topology = topology_of(spec);
  const Network<double> network = build<double>(spec, topology, spec.rules[0], 1);
  ASSERT_EQ(network.feedback.size(), 2U);
  // populations in file order, whatever the rule's
  const Projection& to_r1 = network.feedback[0];
  EXPECT_EQ(to_r1.target_begin, 0);
  EXPECT_EQ(to_r1.source_size, 2);
  EXPECT_FALSE(to_r1.plastic);
  EXPECT_EQ(std::vector<double>(network.feedback_synapses[0].weight.begin(), network.feedback_synapses[0].weight.end()),
            (std::vector<double>{4, 5, 6, 7}));  // row k is readout k's
  const Projection& to_r2 = network.feedback[1];
  EXPECT_EQ(to_r2.target_begin, 2);
  EXPECT_EQ(std::vector<std::int64_t>(to_r2.offset.begin(), to_r2.offset.end()), (std::vector<std::int64_t>{0, 1, 3}));
  EXPECT_EQ(std::vector<std::int32_t>(to_r2.target.begin(), to_r2.target.end()), (std::vector<std::int32_t>{1, 0, 2}));
  EXPECT_EQ(std::vector<double>(network.feedback_synapses[1].weight.begin(), network.feedback_synapses[1].weight.end()),
            (std::vector<double>{2, 3, 1}));
  EXPECT_TRUE(build<double>(spec, topology, spec.rules[1], 1).feedback.empty());
  apply({.rules = {"eprop:random"}}, spec);
  EXPECT_EQ(build<double>(spec, topology, spec.rules[0], 1).feedback.size(), 2U);
}

}  // namespace
}  // namespace locus
