// What a model file says of synapses: signs, also of drawn weights, bounds, decay, and paces of
// rules with what they take from the training.
#include <cmath>

#include <gtest/gtest.h>

#include "sim/model/build.h"
#include "sim/model/learning.h"
#include "sim/model/load.h"
#include "sim/model/realise.h"
#include "sim/model/wire.h"
#include "tests/model/text_parts.h"

namespace locus {
namespace {

Spec load_text(const ModelText& text, const std::vector<Setting>& settings = {}) {
  std::vector<Fault> warnings;
  return load_bytes(text.text(), "m.txtpb", settings, warnings);
}

ModelText with_w(const std::string& fields, const std::string& form) {
  ModelText model;
  model.w = "projections { name: \"W\" source: \"rec\" target: \"rec\" " + fields + " weights { " + form + " } }";
  return model;
}

TEST(Limits, AreRead) {
  const Spec spec =
      load_text(with_w("sign: NON_POSITIVE weight_min: -2 weight_max: 3 weight_decay: 0.5", "gaussian { gain: 1 }"));
  const WeightLimits& limits = spec.network.projections[1].limits;
  EXPECT_EQ(limits.sign, -1);
  EXPECT_EQ(limits.min, -2);
  EXPECT_EQ(limits.max, 3);
  EXPECT_EQ(limits.decay, 0.5);
  EXPECT_EQ(topology_of(spec).projections[1].limits.sign, -1);
  EXPECT_EQ(spec.network.projections[0].limits.sign, 0);
}

TEST(Limits, OfAProjectionStandBeforeTheOptimizers) {
  Optimizer all{.weight_min = -1, .weight_max = 1};
  all.weight_decay = 0.25;
  const Optimizer own = optimizer_of(all, WeightLimits{.sign = 1, .min = {}, .max = 0.5, .decay = 0});
  EXPECT_EQ(own.weight_min, 0) << "by its sign";
  EXPECT_EQ(own.weight_max, 0.5);
  EXPECT_EQ(own.weight_decay, 0);
  EXPECT_EQ(optimizer_of(all, WeightLimits{}), all);
  EXPECT_EQ(optimizer_of(Optimizer{}, WeightLimits{.sign = -1}).weight_max, 0);
  EXPECT_EQ(optimizer_of(Optimizer{}, WeightLimits{.sign = 1, .min = 0.25}).weight_min, 0.25);
}

/// The values of W as given to a network and as reported, which are the same.
std::vector<double> drawn_w(const Spec& spec) {
  const Topology topology = topology_of(spec);
  const Network<double> network = build<double>(spec, topology, spec.rules[0], 1);
  const Weights weights = network_weights(spec)[1];
  std::vector<double> values = std::visit([](const auto& matrix) { return matrix.values; }, weights);
  std::vector<double> held(values.size());
  topology.projections[1].each_place([&](std::int64_t place, std::int64_t synapse, auto, auto) {
    held[static_cast<std::size_t>(place)] = network.synapses[1].weight[SynapseId{synapse}];
  });
  EXPECT_EQ(held, values);
  return values;
}

TEST(Limits, DrawnWeightsHaveTheSign) {
  for (const std::string form : {"gaussian { gain: 1 }", "sparse_random { probability: 0.7 gaussian { gain: 1 } }"}) {
    const std::vector<double> any = drawn_w(load_text(with_w("", form)));
    const std::vector<double> up = drawn_w(load_text(with_w("sign: NON_NEGATIVE", form)));
    const std::vector<double> down = drawn_w(load_text(with_w("sign: NON_POSITIVE", form)));
    ASSERT_EQ(up.size(), any.size());
    bool both = false;
    for (std::size_t k = 0; k < any.size(); ++k) {
      EXPECT_EQ(up[k], std::abs(any[k]));
      EXPECT_EQ(down[k], -std::abs(any[k]));
      both = both || any[k] < 0;
    }
    EXPECT_TRUE(both) << "a weight was turned";
  }
}

TEST(Limits, ADiagonalWithoutAutapsesHoldsNoWeight) {
  EXPECT_NO_THROW(load_text(with_w("sign: NON_NEGATIVE autapses: false",
                                   "dense { rows: 3 cols: 3 values: [-1, 1, 1, 1, -1, 1, 1, 1, -1] }")));
}

TEST(Pace, OfARuleTakesFromTheTrainingWhatItDoesNotGive) {
  ModelText model;
  model.training =
      "training { learning_rate: 0.1 clip { element: 2 } optimizer { adam { beta1: 0.5 } weight_max: 7 weight_decay: 0.25 } "
      "schedule { exponential { factor: 0.5 } } }";
  model.rules =
      "rules { name: \"as\" bptt {} } rules { name: \"slow\" eprop {} learning_rate: 0.01 optimizer { weight_decay: 0 } } "
      "rules { name: \"other\" rflo {} optimizer { sgd { momentum: 0.5 } } clip { global_norm: 3 } schedule { warmup: 1 } }";
  const Spec spec = load_text(model);
  const RuleSpec& as = spec.rules[0];
  EXPECT_FALSE(as.learning_rate || as.optimizer || as.schedule);
  EXPECT_EQ(optimizer_of(as, spec.training), spec.training.optimizer);
  EXPECT_EQ(schedule_of(as, spec.training), spec.training.schedule);
  const RuleSpec& slow = spec.rules[1];
  EXPECT_EQ(slow.learning_rate, 0.01);
  ASSERT_TRUE(slow.optimizer && slow.optimizer->adam);
  EXPECT_EQ(slow.optimizer->adam->beta1, 0.5);
  EXPECT_EQ(slow.optimizer->weight_max, 7);
  EXPECT_EQ(slow.optimizer->weight_decay, 0);
  EXPECT_EQ(slow.optimizer->element, 2);
  const Optimizer& other = spec.rules[2].optimizer.value();
  EXPECT_FALSE(other.adam);
  EXPECT_EQ(other.momentum, 0.5);
  EXPECT_EQ(other.weight_decay, 0.25);
  EXPECT_FALSE(other.element) << "a clip is replaced whole";
  EXPECT_EQ(other.norm, 3);
  EXPECT_EQ(spec.rules[2].schedule->warmup, 1);
  EXPECT_EQ(learning_of(spec.rules[2], spec.training).optimizer, other);
  const ProjectionSpec& w = spec.network.projections[1];
  EXPECT_EQ(learning_rate_of(w, slow, spec.training), 0.01);
  EXPECT_EQ(learning_rate_of(w, as, spec.training), 0.1);
}

TEST(Pace, OfEveryRuleLetsTheTrainingDoWithout) {
  ModelText model;
  model.training = "training {}";
  model.rules = "rules { name: \"a\" bptt {} learning_rate: 0.5 } rules { name: \"b\" none {} }";
  EXPECT_FALSE(load_text(model).training.learning_rate);
}

TEST(Multapses, AreModels) {
  ModelText model;
  model.w += " projections { name: \"late\" source: \"rec\" target: \"rec\" delay: 2 weights { constant { value: 1 } } }";
  model.rules = "rules { name: \"a\" eprop {} }";
  const Spec spec = load_text(model);
  ASSERT_EQ(spec.network.projections.size(), 4U);
  const Topology topology = topology_of(spec);
  EXPECT_EQ(topology.autapses.size(), 3U) << "of delay 1 only";
  EXPECT_EQ(topology.projections[2].delay(), 2);
}

}  // namespace
}  // namespace locus
