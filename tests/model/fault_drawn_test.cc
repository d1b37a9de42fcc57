// Faults of drawn inputs and targets: place, field and words.
#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "tests/model/fault_case.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

using M = ModelText;

const std::string kTraining = "training { ticks: 4 dt_ms: 0.5 learning_rate: 0.1 }";

/// The small model with a drawn task, which is the marked place unless `drawn` contains a mark.
std::function<void(M&)> with(const std::string& drawn) {
  return [drawn](M& m) {
    m.task =
        drawn.find('@') == std::string::npos ? "task { @drawn { " + drawn + " } }" : "task { drawn { " + drawn + " } }";
    m.training = kTraining;
  };
}

const std::string kSpikes = "inputs { poisson { rate_hz: 50 } } ";
const std::string kSines = "targets { sines { period_ms: [2, 1] } }";

TEST(Faults, OfDrawnInputs) {
  expect_faults({
      {"no kind of task", [](M& m) { m.task = "@task {}"; }, "task", {"recorded, student_teacher, drawn"}},
      {"ticks",
       [](M& m) {
         m.task = "task { drawn { " + kSpikes + kSines + " } }", m.training = "@training { learning_rate: 0.1 }";
       },
       "training.ticks",
       {"is missing", "drawn inputs"}},
      {"none", with(kSines), "task.drawn", {"has no inputs for input population \"in\""}},
      {"twice", with(kSpikes + "@" + kSpikes + kSines), "task.drawn.inputs[1]", {"second one for population \"in\""}},
      {"no kind", with("@inputs {} " + kSines), "task.drawn.inputs[0]", {"has no kind", "poisson, white_noise"}},
      {"whose",
       with("inputs { @population: \"inn\" white_noise {} } " + kSines),
       "task.drawn.inputs[0].population",
       {"no input population", "did you mean \"in\"?"}},
      {"not an input",
       with("inputs { @population: \"rec\" white_noise {} } " + kSines),
       "task.drawn.inputs[0].population",
       {"\"rec\", which is no input population"}},
      {"no rate", with("inputs { @poisson {} } " + kSines), "task.drawn.inputs[0].poisson.rate_hz", {"is missing"}},
      {"rate below 0",
       with("inputs { poisson { @rate_hz: -1 } } " + kSines),
       "task.drawn.inputs[0].poisson.rate_hz[0]",
       {"is -1", "0 to 2000 Hz"}},
      {"rate above one a tick",
       with("inputs { poisson { rate_hz: [2000, @2001] } } " + kSines),
       "task.drawn.inputs[0].poisson.rate_hz[1]",
       {"is 2001", "0 to 2000 Hz", "training.dt_ms"}},
      {"rate no number",
       with("inputs { poisson { @rate_hz: nan } } " + kSines),
       "task.drawn.inputs[0].poisson.rate_hz[0]",
       {"is nan"}},
      {"rates of others",
       with("inputs { poisson { @rate_hz: [1, 2, 3] } } " + kSines),
       "task.drawn.inputs[0].poisson.rate_hz",
       {"has 3 numbers", "must have 1, or 2"}},
      {"mean", with("inputs { white_noise { @mean: inf } } " + kSines), "task.drawn.inputs[0].white_noise.mean", {"is inf"}},
      {"deviation",
       with("inputs { white_noise { @stddev: -1 } } " + kSines),
       "task.drawn.inputs[0].white_noise.stddev",
       {"is -1", "at least 0"}},
      {"too large for float32",
       [](M& m) {
         with("inputs { @white_noise { mean: 1e39 } } " + kSines)(m);
         m.more = "precision: FLOAT32";
       },
       "task.drawn.inputs[0].white_noise",
       {"holds 1e+39", "FLOAT32"}},
      {"of which population",
       [](M& m) {
         with("@" + kSpikes + kSines)(m);
         m.populations += " populations { name: \"more\" size: 1 input {} }";
       },
       "task.drawn.inputs[0].population",
       {"is missing", "2 input populations"}},
      {"a teacher's inputs",
       [](M& m) {
         m.task =
             "task { student_teacher { inputs { poisson { @rate_hz: 2001 } } teacher { populations { name: \"i\" size: 2 input {} } "
             "populations { name: \"r\" size: 1 rate {} } populations { name: \"o\" size: 1 readout {} } } } }";
         m.training = kTraining;
       },
       "task.student_teacher.inputs[0].poisson.rate_hz[0]",
       {"is 2001"}},
  });
}

TEST(Faults, OfDrawnTargets) {
  expect_faults({
      {"none", with(kSpikes), "task.drawn.targets", {"are missing", "rule \"bptt\" learns"}},
      {"patterns", with(kSpikes + "@patterns: 0 " + kSines), "task.drawn.patterns", {"is 0", "1 to 1000000"}},
      {"more than one without patterns",
       with(kSpikes + "@" + kSines + " " + kSines),
       "task.drawn.targets",
       {"are 2", "must be 1 for all trials"}},
      {"neither one nor as many as patterns",
       with(kSpikes + "patterns: 3 @" + kSines + " " + kSines),
       "task.drawn.targets",
       {"are 2", "or 3, one for each pattern"}},
      {"empty", with(kSpikes + "@targets {}"), "task.drawn.targets[0]", {"is empty", "matrix, class, sines"}},
      {"no period", with(kSpikes + "targets { @sines {} }"), "task.drawn.targets[0].sines.period_ms", {"is missing"}},
      {"period of 0",
       with(kSpikes + "targets { sines { period_ms: [1, @0] } }"),
       "task.drawn.targets[0].sines.period_ms[1]",
       {"is 0", "above 0"}},
      {"class", with(kSpikes + "targets { @class: 1 }"), "task.drawn.targets[0].class", {"is 1", "must be 0"}},
      {"rows",
       with(kSpikes + "targets { matrix { @rows: 3 cols: 1 values: [1, 2, 3] } }"),
       "task.drawn.targets[0].matrix.rows",
       {"is 3", "must be 4, training.ticks"}},
  });
}

TEST(Load, DrawnInputsAndTargets) {
  ModelText model;
  with("inputs { poisson { rate_hz: [5, 6] } } patterns: 2 targets { class: 0 } targets { sines { period_ms: 4 } }")(model);
  model.task.erase(model.task.find('@'), 1);
  const Folder folder;
  const Spec spec = load(folder.write("m.txtpb", model.text()));
  const auto& drawn = std::get<DrawnTask>(spec.task);
  ASSERT_EQ(drawn.inputs.size(), 1U);
  EXPECT_EQ(drawn.inputs[0].population, 0);
  EXPECT_EQ(std::get<PoissonSpec>(drawn.inputs[0].kind).rate_hz, (std::vector<double>{5, 6}));
  EXPECT_EQ(drawn.patterns, 2);
  ASSERT_EQ(drawn.targets.size(), 2U);
  EXPECT_EQ(std::get<ClassSpec>(drawn.targets[0]).label, 0);
  EXPECT_EQ(std::get<SinesSpec>(drawn.targets[1]).period_ms, (std::vector<double>{4}));
  model.task = "task { drawn { inputs { white_noise {} } } }";
  model.rules = "rules { name: \"still\" none {} }";
  const Spec still = load(folder.write("m.txtpb", model.text()));
  const auto& anew = std::get<DrawnTask>(still.task);
  EXPECT_EQ(anew.patterns, 0);
  EXPECT_TRUE(anew.targets.empty());
  EXPECT_EQ(std::get<WhiteNoiseSpec>(anew.inputs[0].kind).stddev, 1);
}

}  // namespace
}  // namespace locus
