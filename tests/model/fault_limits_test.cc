// Faults of what synapses keep to: signs, bounds and decay of projections, optimizers, and paces of
// rules.
#include <gtest/gtest.h>

#include "tests/model/fault_case.h"

namespace locus {
namespace {

using M = ModelText;

/// W with this form of weights and these fields.
std::string w(const std::string& form, const std::string& fields) {
  return "projections { name: \"W\" source: \"rec\" target: \"rec\" " + fields + " weights { " + form + " } }";
}

std::function<void(M&)> with_w(const std::string& form, const std::string& fields) {
  return [=](M& m) { m.w = w(form, fields); };
}

TEST(Faults, OfSigns) {
  expect_faults({
      {"a dense weight",
       with_w("dense { rows: 3 cols: 3 values: [0, 1, 2, @-0.5, 4, -1, 0, 0, 0] }", "sign: NON_NEGATIVE"),
       "network.projections[1].weights.dense.values[3]",
       {"is -0.5", "at least 0", "NON_NEGATIVE"}},
      {"a sparse weight",
       with_w("sparse { rows: 3 cols: 3 row: [0, 1] col: [1, 2] values: [-1, @2] }", "sign: NON_POSITIVE"),
       "network.projections[1].weights.sparse.values[1]",
       {"is 2", "at most 0", "NON_POSITIVE"}},
      {"a constant",
       with_w("constant { @value: -1 }", "sign: NON_NEGATIVE"),
       "network.projections[1].weights.constant.value",
       {"is -1", "at least 0"}},
      {"a constant at drawn places",
       with_w("sparse_random { in_degree: 2 constant { @value: -1 } }", "sign: NON_NEGATIVE"),
       "network.projections[1].weights.sparse_random.constant.value",
       {"is -1", "at least 0"}},
      {"aligned weights",
       with_w("@aligned { values: [1] }", "sign: NON_NEGATIVE"),
       "network.projections[1].weights.aligned",
       {"sign is NON_NEGATIVE", "must be ANY"}},
      {"an unknown sign", with_w("gaussian { gain: 1 }", "sign: @POSITIVE"), "network.projections[1].sign", {"POSITIVE"}},
  });
}

TEST(Faults, OfBoundsOfProjections) {
  const auto with = [](const std::string& fields) { return with_w("gaussian { gain: 1 }", fields); };
  expect_faults({
      {"a lower bound that is no number", with("@weight_min: nan"), "network.projections[1].weight_min", {"is nan"}},
      {"an upper bound that is not finite", with("@weight_max: inf"), "network.projections[1].weight_max", {"finite"}},
      {"decay below 0", with("@weight_decay: -0.1"), "network.projections[1].weight_decay", {"at least 0"}},
      {"no room",
       [&](M& m) { m.w = "@" + w("gaussian { gain: 1 }", "weight_min: 1 weight_max: 0.5"); },
       "network.projections[1]",
       {"from 1 to 0.5", "must leave room"}},
      {"no room beside the sign",
       [&](M& m) { m.w = "@" + w("gaussian { gain: 1 }", "sign: NON_NEGATIVE weight_max: -1"); },
       "network.projections[1]",
       {"from 0 to -1", "sign, weight_min and weight_max"}},
      {"no room under a rule",
       [&](M& m) {
         m.w = "@" + w("gaussian { gain: 1 }", "sign: NON_POSITIVE");
         m.rules = "rules { name: \"slow\" bptt {} optimizer { weight_min: 0.5 } }";
       },
       "network.projections[1]",
       {"from 0.5 to 0", "under rule \"slow\""}},
  });
}

TEST(Faults, OfMomentumAndDecay) {
  const auto with = [](const std::string& words) {
    return [words](M& m) { m.training = "training { learning_rate: 0.1 optimizer { " + words + " } }"; };
  };
  expect_faults({
      {"momentum of 1", with("sgd { @momentum: 1 }"), "training.optimizer.sgd.momentum", {"is 1", "below 1"}},
      {"momentum below 0", with("sgd { @momentum: -0.5 }"), "training.optimizer.sgd.momentum", {"is -0.5", "at least 0"}},
      {"decay below 0", with("@weight_decay: -1"), "training.optimizer.weight_decay", {"is -1", "at least 0"}},
      {"decay that is no number", with("@weight_decay: nan"), "training.optimizer.weight_decay", {"is nan"}},
  });
}

TEST(Faults, OfPacesOfRules) {
  const auto with = [](const std::string& words) {
    return [words](M& m) { m.rules = "rules { name: \"own\" bptt {} " + words + " }"; };
  };
  expect_faults({
      {"a rate below 0", with("@learning_rate: -1"), "rules[0].learning_rate", {"is -1", "at least 0"}},
      {"a beta of 1", with("optimizer { adam { @beta1: 1 } }"), "rules[0].optimizer.adam.beta1", {"is 1", "below 1"}},
      {"a bound of 0", with("clip { @element: 0 }"), "rules[0].clip.element", {"is 0", "above 0"}},
      {"no bound", with("@clip {}"), "rules[0].clip", {"gives no bound"}},
      {"a step without a factor", with("schedule { @step { every: 2 } }"), "rules[0].schedule.step.factor", {"is missing"}},
      {"a rate of a rule that learns nothing",
       [](M& m) { m.rules = "rules { name: \"own\" none {} @learning_rate: 1 }"; },
       "rules[0].learning_rate",
       {"learns nothing"}},
      {"a norm on a chip",
       [](M& m) {
         m.rules =
             "rules { name: \"own\" bptt {} clip { @global_norm: 1 } } chip { mesh { width: 2 height: 2 } neurons_per_core: 100 }";
       },
       "rules[0].clip.global_norm",
       {"with a chip"}},
      {"no rate of the other rule",
       [](M& m) {
         m.training = "@training {}";
         m.rules = "rules { name: \"own\" bptt {} learning_rate: 1 } rules { name: \"other\" eprop {} }";
       },
       "training.learning_rate",
       {"is missing", "rule \"other\" learns"}},
  });
}

/// A fault of the training's optimizer is told once, though the rule's takes over what it does not
/// give.
TEST(Faults, OfATrainingAreNotToldOfItsRules) {
  expect_faults({{"a beta of 1",
                  [](M& m) {
                    m.training = "training { learning_rate: 0.1 optimizer { adam { @beta1: 1 } } }";
                    m.rules = "rules { name: \"own\" bptt {} clip { element: 1 } }";
                  },
                  "training.optimizer.adam.beta1",
                  {"is 1"}}});
}

}  // namespace
}  // namespace locus
