// Faults of biases, constant inputs, noise, and projections from inputs to readouts; and what their
// fields become in a Spec.
#include <gtest/gtest.h>

#include "sim/model/bias.h"
#include "sim/model/builder.h"
#include "sim/model/load.h"
#include "sim/model/network_size.h"
#include "tests/model/fault_case.h"

namespace locus {
namespace {

using M = ModelText;

std::string rate(const std::string& inside) { return rate_population("size: 3 rate { " + inside + " }"); }

TEST(Faults, OfBiases) {
  const std::string at = "network.populations[1].rate.bias";
  expect_faults({
      {"too few",
       [](M& m) { m.populations = rate("bias { @value: [1, 2] }"); },
       at + ".value",
       {"has 2 numbers", "1 for all neurons, or 3"}},
      {"not finite", [](M& m) { m.populations = rate("bias { value: [1, @inf, 2] }"); }, at + ".value[1]", {"is inf", "finite"}},
      {"negative rate",
       [](M& m) { m.populations = rate("bias { @learning_rate: -1 }"); },
       at + ".learning_rate",
       {"is -1", "at least 0"}},
      {"a projection of its name",
       [](M& m) {
         m.populations = rate("@bias {}");
         m.b.replace(m.b.find("\"B\""), 3, "\"rec.bias\"");
       },
       at,
       {"projections[0] is named", "rec.bias"}},
      {"more than float32 holds",
       [](M& m) {
         m.populations = rate("bias { @value: 1e300 }");
         m.more = "precision: FLOAT32";
       },
       at + ".value",
       {"holds 1e+300", "FLOAT32"}},
  });
}

TEST(Faults, OfConstantInputs) {
  const auto constant = [](const std::string& inputs) {
    return inputs + " populations { name: \"rec\" size: 3 rate {} } populations { name: \"out\" size: 1 readout {} }";
  };
  const std::string in = "populations { name: \"in\" size: 2 input {} } ";
  expect_faults({
      {"not finite",
       [&](M& m) { m.populations = constant(in + "populations { name: \"one\" size: 1 input { @constant: nan } }"); },
       "network.populations[1].input.constant",
       {"is nan", "finite"}},
      {"a column for it",
       [&](M& m) {
         m.populations = constant(in + "populations { name: \"one\" size: 1 input { constant: 1 } }");
         m.task =
             "task { recorded { trials { input { rows: 2 @cols: 3 values: [1, 2, 3, 4, 5, 6] } target { rows: 2 cols: 1 "
             "values: [0, 0] } } } }";
       },
       "task.recorded.trials[0].input.cols",
       {"is 3", "must be 2", "not constant"}},
      {"a drawn input for it",
       [&](M& m) {
         m.populations = constant(in + "populations { name: \"one\" size: 1 input { constant: 1 } }");
         m.task = "task { drawn { inputs { @population: \"one\" white_noise {} } targets { sines { period_ms: 5 } } } }";
         m.training = "training { ticks: 2 learning_rate: 0.1 }";
       },
       "task.drawn.inputs[0].population",
       {"whose inputs are constant", "not constant"}},
  });
}

TEST(Faults, OfNoise) {
  const auto noisy = [](const std::string& kind, const std::string& inside) {
    return rate_population("size: 3 " + kind + " noise { " + inside + " }");
  };
  expect_faults({
      {"no deviation",
       [&](M& m) { m.populations = rate_population("size: 3 rate {} @noise { on: CURRENT }"); },
       "network.populations[1].noise.stddev",
       {"is missing", "at least 0"}},
      {"negative", [&](M& m) { m.populations = noisy("rate {}", "@stddev: -1"); }, "network.populations[1].noise.stddev", {"is -1"}},
      {"on spikes",
       [&](M& m) { m.populations = noisy("lif { tau_m: 10 threshold: 1 }", "stddev: 1 @on: ACTIVITY"); },
       "network.populations[1].noise.on",
       {"spiking neurons", "must be CURRENT"}},
      {"of inputs",
       [](M& m) {
         m.populations =
             "populations { name: \"in\" size: 2 input {} @noise { stddev: 1 } } populations { name: \"rec\" size: 3 "
             "rate {} } populations { name: \"out\" size: 1 readout {} }";
       },
       "network.populations[0].noise",
       {"of kind input", "rate and lif"}},
  });
}

Spec spec_of_text(const std::string& text) {
  std::vector<Fault> warnings;
  return load_bytes(text, "m.txtpb", warnings);
}

/// The builder and a file make the same network.
TEST(Bias, IsTheSameFromAFileAndFromCode) {
  Model model("m");
  model.input("one", 1, 0.5);
  model.input("in", 2);
  model.rate("rec", 2, {.bias = BiasSpec{{1, 2}, true, 0.25}, .noise = NoiseSpec{0.5, true}});
  model.lif("lif", 2, {.leak = {.tau_m = 10}, .threshold = 1},
            {.bias = BiasSpec{{3}, false, {}}, .noise = NoiseSpec{1, false}});
  model.readout("out", 1, std::nullopt, BiasSpec{});
  model.connect("in", "rec", constant(1), {.name = "B"});
  model.connect("rec", "out", constant(1), {.name = "A"});
  model.connect("in", "out", constant(1), {.name = "D"});
  model.recorded({trial(DenseMatrix{1, 2, {1, 1}})});
  model.rule(none());
  const Spec built = model.finish();
  const Spec read = spec_of_text(
      "name: \"m\" network { populations { name: \"one\" size: 1 input { constant: 0.5 } } populations { name: \"in\" size: 2 "
      "input {} } populations { name: \"rec\" size: 2 rate { bias { value: [1, 2] learning_rate: 0.25 } } noise { stddev: 0.5 on: "
      "ACTIVITY } } populations { name: \"lif\" size: 2 lif { tau_m: 10 threshold: 1 bias { value: 3 plastic: false } } noise { "
      "stddev: 1 } } populations { name: \"out\" size: 1 readout { bias {} } } projections { name: \"B\" source: \"in\" target: "
      "\"rec\" weights { constant { value: 1 } } } projections { name: \"A\" source: \"rec\" target: \"out\" weights { constant { "
      "value: 1 } } } projections { name: \"D\" source: \"in\" target: \"out\" weights { constant { value: 1 } } } } task { recorded "
      "{ trials { input { rows: 1 cols: 2 values: [1, 1] } } } } rules { name: \"none\" none {} }");
  EXPECT_EQ(built.network, read.network);
  ASSERT_EQ(read.network.projections.size(), 6U);
  EXPECT_EQ(read.network.projections[3].name, "rec.bias");
  EXPECT_EQ(std::get<DenseMatrix>(read.network.projections[4].weights).values, (std::vector<double>{3, 3}));
  EXPECT_EQ(std::get<DenseMatrix>(read.network.projections[5].weights).values, std::vector<double>{0});
  EXPECT_EQ(unit_of(read.network), 5);
  EXPECT_EQ(input_columns(read.network), (std::vector<std::int32_t>{1, 2}));
  EXPECT_EQ(shown_inputs(read.network), 2);
  EXPECT_EQ(neurons(read.network, PopulationKind::kInput), 3);
}

}  // namespace
}  // namespace locus
