// The builder makes of code the Spec that the corresponding file becomes, number by number, and
// refuses what the file would be refused for, in the file's words.
#include "sim/model/builder.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/cost.h"
#include "sim/model/load.h"
#include "tests/model/text_parts.h"

namespace locus {
namespace {

const std::filesystem::path kModels = LOCUS_MODELS;

/// What the file is, apart from where it stood.
Spec without_file(Spec spec) {
  spec.path.clear();
  spec.sha256.clear();
  spec.inputs.clear();
  return spec;
}

Spec of_text(const ModelText& model) {
  std::vector<Fault> warnings;
  return without_file(load_bytes(model.text(), "tiny.txtpb", warnings));
}

/// Equal as a whole; where it is not, which part differs.
void expect_same(const Spec& built, const Spec& loaded) {
  EXPECT_EQ(built.name, loaded.name);
  ASSERT_EQ(built.network.populations.size(), loaded.network.populations.size());
  for (std::size_t i = 0; i < built.network.populations.size(); ++i)
    EXPECT_TRUE(built.network.populations[i] == loaded.network.populations[i]) << "population " << i;
  ASSERT_EQ(built.network.projections.size(), loaded.network.projections.size());
  for (std::size_t i = 0; i < built.network.projections.size(); ++i)
    EXPECT_TRUE(built.network.projections[i] == loaded.network.projections[i]) << "projection " << i;
  EXPECT_TRUE(built.task == loaded.task);
  EXPECT_TRUE(built.training == loaded.training);
  ASSERT_EQ(built.rules.size(), loaded.rules.size());
  for (std::size_t i = 0; i < built.rules.size(); ++i) EXPECT_TRUE(built.rules[i] == loaded.rules[i]) << "rule " << i;
  EXPECT_TRUE(built.chip == loaded.chip);
  EXPECT_TRUE(built.records == loaded.records);
  EXPECT_TRUE(built == loaded);
}

void expect_model(const Spec& built, const char* file) { expect_same(built, without_file(load(kModels / file))); }

TEST(Builder, MakesTiny) {
  Model model("tiny", 1);
  model.input("in", 1);
  model.rate("rec", 2);
  model.readout("out", 1);
  model.connect("in", "rec", dense(2, 1, {0.5, -1}), {.name = "B"});
  model.connect("rec", "rec", dense(2, 2, {0.2, -0.4, 0.6, 0.1}), {.name = "W"});
  model.connect("rec", "out", dense(1, 2, {1, 0.5}), {.name = "A"});
  model.recorded({trial(DenseMatrix{2, 1, {1, -0.5}}, {2, 1, {0, 2}})});
  model.training({.updates = 10, .learning_rate = 0.05});
  const FeedbackOptions feedback = {.weights = dense(1, 2, {1, -1})};
  model.rule(bptt());
  model.rule(tbptt(1).named("tbptt"));
  model.rule(rflo(0.5, {feedback}));
  model.rule(eprop());
  model.rule(eprop_random({feedback}).named("eprop_random"));
  model.rule(rtrl());
  model.rule(none().named("still"));
  expect_model(model.finish(), "tiny.txtpb");
}

TEST(Builder, MakesAStudentAndTeacherOnAChip) {
  const auto network = [](Model& model, std::int32_t units) {
    model.input("in", 4);
    model.rate("rec", units, {.activation = Activation::kTanh, .leak = 0.5});
    model.readout("out", 4);
    model.connect("in", "rec", gaussian(1), {.name = "B"});
    model.connect("rec", "rec", gaussian(0.9), {.name = "W"});
    model.connect("rec", "out", gaussian(1), {.name = "A"});
  };
  Model teacher("teacher");
  network(teacher, 8);
  Model model("chip", 1);
  network(model, 60);
  model.student_teacher(teacher);
  model.training({.ticks = 20, .batch = 5, .updates = 100, .learning_rate = 0.01});
  model.rule(bptt());
  model.rule(tbptt(1).named("tbptt:1"));
  model.rule(rflo());
  model.rule(eprop());
  model.chip({.width = 4, .height = 4, .neurons_per_core = 4, .cost = load_cost(kModels / "chips" / "loihi.txtpb")});
  expect_model(model.finish(), "chip.txtpb");
}

TEST(Builder, MakesAlignedWeights) {
  const auto network = [](Model& model, const std::vector<double>& ends, const std::vector<double>& middle) {
    model.input("in", 4);
    model.rate("rec", 8);
    model.readout("out", 4);
    model.connect("in", "rec", aligned(ends), {.name = "B"});
    model.connect("rec", "rec", aligned(middle), {.name = "W"});
    model.connect("rec", "out", aligned(ends), {.name = "A"});
  };
  Model teacher("teacher");
  network(teacher, {1.5, 1.2, 1.0, 0.8}, {0.8, 0.7, 0.5, 0.3});
  Model model("student_teacher", 1);
  network(model, {0.8, 0.7, 0.6, 0.5}, {0.2, 0.2, 0.2, 0.2});
  model.student_teacher(teacher);
  model.training({.ticks = 20, .batch = 10, .updates = 400, .learning_rate = 0.005});
  const FeedbackOptions feedback = {.population = "rec", .weights = aligned({0.7, 0.7, 0.7, 0.7})};
  model.rule(bptt());
  model.rule(tbptt(1).named("tbptt:1"));
  model.rule(rflo(0.5, {feedback}));
  model.rule(eprop());
  model.rule(eprop_random({feedback}));
  model.rule(rtrl());
  expect_model(model.finish(), "student_teacher.txtpb");
}

TEST(Builder, MakesSpikingNetworks) {
  const auto network = [](Model& model, std::int32_t units, double w, double a) {
    model.input("in", 30);
    model.lif("rec", units, {.leak = {.tau_m = 20}, .threshold = 1, .refractory = 2});
    model.readout("out", 2, LeakSpec{.tau_m = 20});
    model.connect("in", "rec", gaussian(1.5), {.name = "B"});
    model.connect("rec", "rec", gaussian(w), {.name = "W", .autapses = false});
    model.connect("rec", "out", gaussian(a), {.name = "A"});
  };
  Model teacher("teacher");
  network(teacher, 30, 1, 1);
  Model model("spiking_student_teacher", 1);
  network(model, 60, 0.5, 0.5);
  model.student_teacher(teacher, {{.kind = PoissonSpec{{50}}}});
  model.training({.loss = Loss::kSequence,
                  .ticks = 200,
                  .batch = 4,
                  .updates = 300,
                  .learning_rate = 0.002,
                  .optimizer = {.adam = Optimizer::Adam(), .weight_min = {}, .weight_max = {}}});
  model.rule(bptt());
  model.rule(eprop({.filter_tau = 20}));
  model.rule(eprop_random({}, {.filter_tau = 20}));
  model.rule(rflo());
  expect_model(model.finish(), "spiking_student_teacher.txtpb");
}

TEST(Builder, MakesDrawnNetworks) {
  Model model("balanced", 1);
  model.precision(Precision::kFloat32);
  model.input("afferents", 4000);
  const LifSpec lif = {.leak = {.tau_m = 10}, .threshold = 20, .refractory = 2};
  model.lif("E", 8000, lif);
  model.lif("I", 2000, lif);
  model.connect("afferents", "E", sparse_in_degree(20, constant(6)), {.name = "X-E"});
  model.connect("afferents", "I", sparse_in_degree(20, constant(6)), {.name = "X-I"});
  model.connect("E", "E", sparse_in_degree(800, constant(0.1)), {.autapses = false, .delay = 15});
  model.connect("E", "I", sparse_in_degree(800, constant(0.1)), {.delay = 15});
  model.connect("I", "E", sparse_in_degree(200, constant(-2)), {.delay = 5});
  model.connect("I", "I", sparse_in_degree(200, constant(-2)), {.autapses = false, .delay = 5});
  model.drawn({{.kind = PoissonSpec{{18}}}});
  model.training({.ticks = 10000, .dt = 0.1});
  model.rule(none().named("still"));
  expect_model(model.finish(), "balanced.txtpb");
}

/// The parts that shipped models have not.
TEST(Builder, MakesAllElseThatAFileSays) {
  ModelText text;
  text.populations =
      "populations { name: \"in\" size: 2 input {} } populations { name: \"rec\" size: 3 rate { activation: RELU initial: 0.5 } } "
      "populations { name: \"out\" size: 2 readout {} }";
  text.b = "projections { name: \"B\" source: \"in\" target: \"rec\" plastic: false weights { gaussian { stddev: 0.5 } } }";
  text.w =
      "projections { name: \"W\" source: \"rec\" target: \"rec\" learning_rate: 0.5 "
      "weights { sparse_random { probability: 0.5 gaussian { gain: 2 } } } }";
  text.a =
      "projections { name: \"A\" source: \"rec\" target: \"out\" "
      "weights { sparse { rows: 2 cols: 3 row: [1, 0] col: [2, 0] values: [1, 2] } } }";
  text.task =
      "task { recorded { trials { spikes { neuron: [0, 1] tick: [1, 2] } class: 1 } "
      "evaluation_trials { input { rows: 3 cols: 2 values: [1, 2, 3, 4, 5, 6] } class: 0 } } }";
  text.training =
      "training { loss: CROSS_ENTROPY ticks: 3 batch: 2 updates: 20 learning_rate: 0.1 window: 2 clip { element: 1 } "
      "evaluation { every: 5 } schedule { warmup: 2 step { every: 5 factor: 0.5 } } stop { patience: 4 improvement: 0.01 } }";
  text.rules =
      "rules { name: \"bptt\" bptt {} } rules { name: \"r\" rflo { feedback { weights { gaussian { gain: 3 } } } } }";
  text.more =
      "record { quantity: ACTIVITY population: \"rec\" } record { name: \"w\" quantity: WEIGHTS projection: \"W\" every_updates: 2 } "
      "compare { every: 4 rules: [\"r\", \"tbptt:3:2\"] batches: 2 curvature: true }";
  Model model("tiny");
  model.input("in", 2);
  model.rate("rec", 3, {.activation = Activation::kRelu, .initial = {0.5}});
  model.readout("out", 2);
  model.connect("in", "rec", normal(0.5), {.name = "B", .plastic = false});
  model.connect("rec", "rec", sparse_random(0.5, gaussian(2)), {.name = "W", .learning_rate = 0.5});
  model.connect("rec", "out", sparse(2, 3, {1, 0}, {2, 0}, {1, 2}), {.name = "A"});
  model.recorded({trial_of_class(SparseMatrix{3, 2, {0, 1}, {0, 1}, {1, 1}}, 1)},
                 {trial_of_class(DenseMatrix{3, 2, {1, 2, 3, 4, 5, 6}}, 0)});
  model.training({.loss = Loss::kCrossEntropy,
                  .batch = 2,
                  .updates = 20,
                  .learning_rate = 0.1,
                  .window = 2,
                  .optimizer = {.adam = {}, .weight_min = {}, .weight_max = {}, .element = 1},
                  .schedule = ScheduleSpec{.warmup = 2, .decay = ScheduleSpec::Decay::kStep, .every = 5, .factor = 0.5},
                  .stop = StopSpec{.loss_below = {}, .patience = 4, .improvement = 0.01},
                  .evaluation = EvaluationSpec{.every = 5, .trials = 0}});
  model.rule(bptt());
  model.rule(rflo({}, {{.weights = gaussian(3)}}).named("r"));
  model.record(Quantity::kActivity, "rec");
  model.record(Quantity::kWeights, "W", {.name = "w", .every_updates = 2});
  model.compare({.every = 4, .rules = {"r", "tbptt:3:2"}, .batches = 2, .curvature = true});
  expect_same(model.finish(), of_text(text));
}

TEST(Builder, TellsEveryFaultInTheWordsOfAFile) {
  Model model("m");
  model.input("in", 2);
  model.rate("rec", 3, {.leak = 2});
  model.readout("out", 1);
  model.connect("in", "rek", gaussian(1));
  model.connect("rec", "rec", gaussian(-1));
  model.connect("rec", "out", dense(1, 2, {1, 2}));
  model.recorded({trial(DenseMatrix{2, 2, {1, 2, 3, 4}}, {2, 1, {1, 2}})});
  model.training({.learning_rate = 0.1});
  model.rule(bptt());
  try {
    model.finish();
    ADD_FAILURE() << "was taken";
  } catch (const ModelError& error) {
    std::vector<std::string> said;
    for (const Fault& fault : error.faults()) said.push_back(describe(fault));
    EXPECT_EQ(said, (std::vector<std::string>{
                        "error: network.projections[0].target is \"rek\", which is no population; did you mean \"rec\"?",
                        "error: network.projections[1].weights.gaussian.gain is -1; must be finite and at least 0",
                        "error: network.populations[1].rate.leak is 2; must be above 0 and at most 1",
                        "error: network.projections[2].weights.dense.cols is 2; must be 3, the size of source \"rec\""}));
  }
}

TEST(Builder, NeedsNoTaskForASession) {
  Model model("m");
  model.input("in", 1);
  model.rate("rec", 3);
  model.readout("out", 1);
  model.connect("in", "rec", gaussian(1));
  EXPECT_EQ(model.finish(Purpose::kSession).network.projections[0].name, "in-rec");
  EXPECT_THROW(model.finish(), ModelError);
}

}  // namespace
}  // namespace locus
