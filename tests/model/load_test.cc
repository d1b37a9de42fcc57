// The Spec of a good file: defaults, orders, all forms; and faults of whole files.
#include "sim/model/load.h"

#include <cmath>
#include <string>
#include <variant>

#include <gtest/gtest.h>

#include "locus/v1/model.pb.h"
#include "sim/model/convert.h"
#include "sim/model/files.h"
#include "sim/model/sha256.h"
#include "tests/model/text_parts.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

std::string said(const std::vector<Fault>& faults) { return ModelError(faults).what(); }

TEST(Load, FillsInDefaults) {
  const Folder folder;
  ModelText model;
  model.head = "#";
  const auto file = folder.write("named by file.txtpb", model.text());
  const Spec spec = load(file);
  EXPECT_EQ(spec.name, "named by file");
  EXPECT_EQ(spec.path, file.string());
  EXPECT_EQ(spec.sha256, sha256(model.text()));
  EXPECT_EQ(spec.seed, 0U);
  EXPECT_EQ(spec.network.populations[1].activation, Activation::kIdentity);
  EXPECT_EQ(spec.network.populations[1].leak, 1);
  EXPECT_TRUE(spec.network.projections[1].plastic);
  EXPECT_FALSE(spec.network.projections[1].learning_rate.has_value());
  EXPECT_EQ(spec.training.loss, Loss::kFinal);
  EXPECT_EQ(spec.training.ticks, 2);
  EXPECT_EQ(spec.training.batch, 1);
  EXPECT_EQ(spec.training.updates, 1);
  EXPECT_EQ(spec.training.commit, CommitWhen::kEndOfBatch);
  EXPECT_EQ(spec.training.locality, Locality::kAny);
  EXPECT_EQ(spec.training.learning_rate, 0.1);
  EXPECT_FALSE(spec.bases.u || spec.bases.p || spec.bases.v);
  EXPECT_EQ(spec.precision, Precision::kFloat64);
}

TEST(Load, KeepsWhatIsGiven) {
  const Folder folder;
  ModelText model;
  model.head = "name: \"x\" seed: 18446744073709551615 precision: FLOAT32";
  model.populations =
      "populations { name: \"out\" size: 1 readout {} } populations { name: \"rec\" size: 3 rate { activation: "
      "SIGMOID leak: 0.25 } } populations { name: \"in\" size: 2 input {} }";
  model.w =
      "projections { name: \"W\" source: \"rec\" target: \"rec\" plastic: false learning_rate: 0 weights { gaussian { stddev: 2 } } }";
  model.training =
      "training { loss: SEQUENCE ticks: 2 batch: 1 updates: 7 learning_rate: 0.5 commit: EVERY_TICK locality: STRICT }";
  const Spec spec = load(folder.write("m.txtpb", model.text()));
  EXPECT_EQ(spec.seed, 18446744073709551615U);
  EXPECT_EQ(spec.precision, Precision::kFloat32);
  ASSERT_EQ(spec.network.populations.size(), 3U);
  EXPECT_EQ(spec.network.populations[0].kind, PopulationKind::kReadout);
  EXPECT_EQ(spec.network.populations[1].activation, Activation::kSigmoid);
  EXPECT_EQ(spec.network.populations[1].leak, 0.25);
  const ProjectionSpec& w = spec.network.projections[1];
  EXPECT_EQ(w.name, "W");
  EXPECT_EQ(w.source, 1);
  EXPECT_EQ(w.target, 1);
  EXPECT_FALSE(w.plastic);
  EXPECT_EQ(w.learning_rate, 0.0);
  EXPECT_EQ(std::get<GaussianWeights>(w.weights).stddev, 2);
  EXPECT_EQ(spec.network.projections[0].source, 2);
  EXPECT_EQ(spec.training.loss, Loss::kSequence);
  EXPECT_EQ(spec.training.updates, 7);
  EXPECT_EQ(spec.training.commit, CommitWhen::kEveryTick);
  EXPECT_EQ(spec.training.locality, Locality::kStrict);
}

/// The average is the training's, for all rules; an e-prop rule may say it in its place.
TEST(Load, ReadsTheAverageOverTheWindow) {
  const Folder folder;
  struct Written {
    std::string training;
    std::string rules;
    bool average;
    std::size_t warnings;
  };
  const std::string bptt = "rules { name: \"bptt\" bptt {} } ";
  const std::string eprop = "rules { name: \"eprop\" eprop { average_over_window: ";
  for (const Written& written :
       {Written{"", bptt, false, 0}, Written{"average_over_window: true", bptt, true, 0},
        Written{"", bptt + eprop + "true } }", true, 1}, Written{"", bptt + eprop + "false } }", false, 0},
        Written{"average_over_window: true", bptt + eprop + "true } }", true, 0},
        Written{"average_over_window: true", bptt + eprop + "false } }", true, 0}}) {
    ModelText model;
    model.training = "training { loss: SUM learning_rate: 0.1 " + written.training + " }";
    model.rules = written.rules;
    std::vector<Fault> warnings;
    EXPECT_EQ(load(folder.write("m.txtpb", model.text()), warnings).training.average_over_window, written.average);
    EXPECT_EQ(warnings.size(), written.warnings) << model.text();
  }
}

TEST(Load, ReadsEveryFormOfWeights) {
  const Folder folder;
  ModelText model;
  model.b =
      "projections { name: \"B\" source: \"in\" target: \"rec\" weights { sparse { rows: 3 cols: 2 row: [2, 0] col: [1, 0] values: [5, 0] } } }";
  model.w =
      "projections { name: \"W\" source: \"rec\" target: \"rec\" weights { csr { rows: 3 cols: 3 offset: [0, 2, 2, 3] "
      "col: [2, 0, 1] values: [1, 2, 3] } } }";
  const Spec spec = load(folder.write("m.txtpb", model.text()));
  const auto& b = std::get<SparseMatrix>(spec.network.projections[0].weights);
  // in the order of the list, with its stored zero
  EXPECT_EQ(b.row, (std::vector<std::int32_t>{2, 0}));
  EXPECT_EQ(b.col, (std::vector<std::int32_t>{1, 0}));
  EXPECT_EQ(b.values, (std::vector<double>{5, 0}));
  const auto& w = std::get<SparseMatrix>(spec.network.projections[1].weights);
  EXPECT_EQ(w.row, (std::vector<std::int32_t>{0, 0, 2}));
  EXPECT_EQ(w.col, (std::vector<std::int32_t>{2, 0, 1}));
  const auto& a = std::get<DenseMatrix>(spec.network.projections[2].weights);
  EXPECT_EQ(a.rows, 1);
  EXPECT_EQ(a.cols, 3);
  EXPECT_EQ(a.values, (std::vector<double>{1, 2, 3}));
  ModelText other;
  const Spec drawn = load(folder.write("n.txtpb", other.text()));
  EXPECT_EQ(std::get<ConstantWeights>(drawn.network.projections[0].weights).value, 0.5);
  EXPECT_DOUBLE_EQ(std::get<GaussianWeights>(drawn.network.projections[1].weights).stddev, 0.8 / std::sqrt(3.0));
}

TEST(Load, ReadsEveryRule) {
  const Folder folder;
  ModelText model;
  model.populations += " populations { name: \"rec2\" size: 2 rate {} } populations { name: \"out2\" size: 3 readout {} }";
  const std::string given = "feedback { population: \"rec\" weights { gaussian { gain: 3 } } }";
  model.rules =
      "rules { name: \"1\" bptt {} } rules { name: \"2\" tbptt { depth: 5 } } rules { name: \"3\" rflo {} } rules { "
      "name: \"4\" rflo { trace_decay: 0 " +
      given + " } } rules { name: \"5\" eprop {} } rules { name: \"6\" eprop { random {} } } rules { name: \"7\" eprop { " +
      given + " } } rules { name: \"8\" rtrl {} } rules { name: \"9\" none {} }";
  model.task =
      "task { recorded { trials { input { rows: 1 cols: 2 values: [1, 2] } target { rows: 1 cols: 4 values: [1, 2, 3, 4] } } } }";
  const Spec spec = load(folder.write("m.txtpb", model.text()));
  std::vector<RuleKind> kinds;
  for (const RuleSpec& rule : spec.rules) kinds.push_back(rule.kind);
  EXPECT_EQ(kinds,
            (std::vector<RuleKind>{RuleKind::kBptt, RuleKind::kTbptt, RuleKind::kRflo, RuleKind::kRflo, RuleKind::kEprop,
                                   RuleKind::kEpropRandom, RuleKind::kEpropRandom, RuleKind::kRtrl, RuleKind::kNone}));
  EXPECT_EQ(spec.rules[1].depth, 5);
  EXPECT_EQ(spec.rules[1].stride, 1);
  EXPECT_FALSE(spec.rules[2].trace_decay.has_value());
  ASSERT_EQ(spec.rules[2].feedback.size(), 2U);  // random feedback to every rate population
  EXPECT_EQ(spec.rules[2].feedback[1].population, 3);
  // four readouts
  EXPECT_DOUBLE_EQ(std::get<GaussianWeights>(spec.rules[2].feedback[1].weights).stddev, 0.5);
  EXPECT_EQ(spec.rules[3].trace_decay, 0.0);
  // rec2 has no plastic incoming projection and needs none
  ASSERT_EQ(spec.rules[3].feedback.size(), 1U);
  EXPECT_DOUBLE_EQ(std::get<GaussianWeights>(spec.rules[3].feedback[0].weights).stddev, 1.5);
  EXPECT_TRUE(spec.rules[4].feedback.empty());
  EXPECT_EQ(spec.rules[5].feedback.size(), 2U);
  EXPECT_EQ(spec.rules[6].feedback.size(), 1U);
}

TEST(Load, ReadsEveryTask) {
  const Folder folder;
  ModelText model;
  model.task =
      "task { recorded { trials { input { rows: 2 cols: 2 values: [1, 2, 3, 4] } target { rows: 2 cols: 1 values: [5, 6] } } "
      "trials { sparse_input { rows: 2 cols: 2 row: [1] col: [0] values: [9] } target { rows: 2 cols: 1 values: [7, 8] } } "
      "trials { spikes { neuron: [1, 0] tick: [2, 1] } target { rows: 2 cols: 1 values: [7, 8] } } } }";
  const Spec spec = load(folder.write("m.txtpb", model.text()));
  const auto& trials = std::get<RecordedTask>(spec.task).trials;
  ASSERT_EQ(trials.size(), 3U);
  EXPECT_EQ(std::get<DenseMatrix>(trials[0].input).values, (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(trials[0].target.values, (std::vector<double>{5, 6}));
  EXPECT_EQ(std::get<SparseMatrix>(trials[1].input).values, (std::vector<double>{9}));
  const auto& spikes = std::get<SparseMatrix>(trials[2].input);
  EXPECT_EQ(spikes.row, (std::vector<std::int32_t>{1, 0}));  // ticks count from 1, rows from 0
  EXPECT_EQ(spikes.col, (std::vector<std::int32_t>{1, 0}));
  EXPECT_EQ(spikes.values, (std::vector<double>{1, 1}));

  model.task =
      "task { student_teacher { teacher { populations { name: \"i\" size: 2 input {} } populations { name: \"t\" size: 5 rate { activation: TANH } } "
      "populations { name: \"o\" size: 1 readout {} } projections { name: \"W\" source: \"t\" target: \"t\" weights { "
      "aligned { values: [0.9, 0.5] } } } } } }";
  model.training = "training { ticks: 6 learning_rate: 0.1 }";
  const Spec taught = load(folder.write("n.txtpb", model.text()));
  EXPECT_EQ(taught.training.ticks, 6);
  const NetworkSpec& teacher = std::get<StudentTeacherTask>(taught.task).teacher;
  EXPECT_EQ(teacher.populations[1].size, 5);
  EXPECT_EQ(std::get<AlignedWeights>(teacher.projections[0].weights).values, (std::vector<double>{0.9, 0.5}));
}

TEST(Load, NoneNeedsNoTargetReadoutOrLearningRate) {
  const Folder folder;
  ModelText model;
  model.populations = "populations { name: \"in\" size: 2 input {} } populations { name: \"rec\" size: 3 rate {} }";
  model.a = model.training = "";
  model.task = "task { recorded { trials { input { rows: 1 cols: 2 values: [1, 2] } } } }";
  model.rules = "rules { name: \"still\" none {} }";
  EXPECT_TRUE(validate(folder.write("m.txtpb", model.text())).empty()) << said(validate(folder.path("m.txtpb")));
}

TEST(Load, ALearningRateForEachPlasticProjectionIsEnough) {
  const Folder folder;
  ModelText model;
  model.training = "";
  model.b.insert(model.b.find(" weights"), " learning_rate: 1");
  model.w.insert(model.w.find(" weights"), " plastic: false");
  model.a.insert(model.a.find(" weights"), " learning_rate: 0");
  EXPECT_TRUE(validate(folder.write("m.txtpb", model.text())).empty()) << said(validate(folder.path("m.txtpb")));
}

TEST(Load, TellsAllFaultsInTheOrderOfTheFile) {
  const Folder folder;
  ModelText model;
  model.populations =
      "populations { name: \"in\" size: 0 input {} } populations { name: \"rec\" size: 3 rate { leak: 2 activation: "
      "TANG } } populations { nam: \"out\" size: 1 readout {} }";
  model.w =
      "projections { name: \"W\" source: \"rec\" target: \"rec\" weights { dense { rows: 3 cols: 3 values: [nan, 2, 3, 4, 5, 6, inf, 8] } } }";
  model.training = "training { learning_rate: fast batch: 0 }";
  model.rules = "rules { name: \"t\" tbptt { depth: -1 stride: 99999999999 } }";
  const std::vector<Fault> faults = validate(folder.write("m.txtpb", model.text()));
  std::vector<std::string> fields;
  for (const Fault& fault : faults) fields.push_back(fault.field);
  EXPECT_EQ(fields, (std::vector<std::string>{
                        "network.populations[0].size", "network.populations[1].rate.leak",
                        "network.populations[1].rate.activation", "network.populations[2]",
                        "network.projections[1].weights.dense.values", "network.projections[1].weights.dense.values[0]",
                        "network.projections[1].weights.dense.values[6]", "network.projections[2].target",
                        "training.learning_rate", "training.batch", "rules[0].tbptt.depth", "rules[0].tbptt.stride"}))
      << said(faults);
  for (std::size_t i = 1; i < faults.size(); ++i) EXPECT_LE(faults[i - 1].line, faults[i].line);
}

TEST(Load, ManyFaultsAreCountedNotListed) {
  const Folder folder;
  ModelText model;
  model.populations =
      "populations { name: \"in\" size: 2 input {} } populations { name: \"rec\" size: 100 rate {} } populations { "
      "name: \"out\" size: 1 readout {} }";
  model.w = "projections { name: \"W\" source: \"rec\" target: \"rec\" weights { dense { rows: 100 cols: 100 values: [nan";
  for (int i = 1; i < 10000; ++i) model.w += ",nan";
  model.w += "] } } }";
  model.a = "";
  const std::vector<Fault> faults = validate(folder.write("m.txtpb", model.text()));
  ASSERT_EQ(faults.size(), 101U);
  EXPECT_NE(said(faults).find("has 9900 more values that are not finite"), std::string::npos);
  for (int i = 0; i < 20000; ++i) model.rules += "rules { }";
  EXPECT_LE(validate(folder.write("m.txtpb", model.text())).size(), 10001U);
}

TEST(Load, LongLinesAreShownAroundTheFault) {
  const Folder folder;
  ModelText model;
  model.w = "projections { name: \"W\" " + std::string(5000, ' ') + "source: \"reč\" target: \"rec\" }" +
            std::string(5000, ' ');
  const std::vector<Fault> faults = validate(folder.write("m.txtpb", model.text()));
  ASSERT_GE(faults.size(), 1U);
  const Fault& fault = faults[faults.size() - 1];
  EXPECT_EQ(fault.field, "network.projections[1].source");
  EXPECT_LT(fault.source_line.size(), 200U);
  EXPECT_EQ(fault.source_line.substr(static_cast<std::size_t>(fault.caret), 6), "source");
}

TEST(Load, ReadoutsThatIntegrateHaveNoLeak) {
  const Folder folder;
  const auto network = [&](const std::string& readout) {
    ModelText model;
    model.populations =
        "populations { name: \"in\" size: 2 input {} } populations { name: \"rec\" size: 3 rate {} } "
        "populations { name: \"out\" size: 1 readout { " +
        readout + " } }";
    return load(folder.write("m.txtpb", model.text())).network;
  };
  EXPECT_EQ(network("integrate: true"), network("tau_m: inf"));
  EXPECT_EQ(network("integrate: false"), network(""));
}

}  // namespace
}  // namespace locus
