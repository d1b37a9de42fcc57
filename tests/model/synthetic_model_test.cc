// Tasks of the literature in model files: parameters, defaults, and what is wrong with them.
#include <cmath>
#include <set>
#include <string>
#include <type_traits>

#include <gtest/gtest.h>

#include "locus/v1/model.pb.h"
#include "sim/model/builder.h"
#include "sim/model/convert.h"
#include "sim/model/errors.h"
#include "sim/model/load.h"
#include "tests/model/fault_case.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

using M = ModelText;

/// The small model with this task and so many inputs and readouts.
std::function<void(M&)> with(const std::string& task, int inputs, int readouts, const std::string& training = "") {
  return [=](M& m) {
    m.populations = "populations { name: \"in\" size: " + std::to_string(inputs) +
                    " input {} } populations { name: \"rec\" size: 3 rate {} } populations { name: \"out\" size: " +
                    std::to_string(readouts) + " readout {} }";
    m.a = "projections { name: \"A\" source: \"rec\" target: \"out\" weights { gaussian { gain: 1 } } }";
    m.task = "task { " + task + " }";
    m.training = "training { learning_rate: 0.1 " + training + " }";
  };
}

Spec loaded(const std::function<void(M&)>& change) {
  M model;
  change(model);
  const Folder folder;
  return load(folder.write("m.txtpb", model.text()));
}

/// Each kind with its sizes by default, its ticks, and the ticks before its answer.
struct Form {
  std::string name;
  int inputs, readouts, ticks, warmup;
};
const std::vector<Form> kForms = {{"add", 2, 2, 50, 0},
                                  {"copy", 3, 2, 11, 6},
                                  {"flip_flop", 3, 3, 64, 0},
                                  {"delayed_match", 3, 2, 32, 23},
                                  {"delayed_xor", 2, 2, 270, 170},
                                  {"ready_set_go", 2, 1, 99, 0},
                                  {"evidence", 40, 2, 2250, 2100},
                                  {"mackey_glass", 1, 1, 200, 0}};

TEST(SyntheticTasks, HaveDefaultsForEverything) {
  EXPECT_EQ(kForms.size(), std::variant_size_v<SyntheticKind>);
  for (const Form& form : kForms) {
    SCOPED_TRACE(form.name);
    const Spec spec = loaded(with(form.name + " {}", form.inputs, form.readouts, "loss: SEQUENCE"));
    const auto& task = std::get<SyntheticTask>(spec.task);
    EXPECT_EQ(name(task), form.name);
    EXPECT_EQ(task.patterns, 0);
    EXPECT_EQ(spec.training.ticks, form.ticks);
    EXPECT_EQ(spec.training.warmup, form.warmup);
    std::visit(
        [&](const auto& kind) {
          using Kind = std::decay_t<decltype(kind)>;
          EXPECT_EQ(kind, Kind()) << "defaults of the schema are those of the struct";
          Model model("tiny");
          model.input("in", form.inputs);
          model.rate("rec", 3);
          model.readout("out", form.readouts);
          model.connect("in", "rec", constant(0.5), {.name = "B"});
          model.connect("rec", "rec", gaussian(0.8), {.name = "W"});
          model.connect("rec", "out", gaussian(1), {.name = "A"});
          model.synthetic(Kind());
          model.training({.loss = Loss::kSequence, .learning_rate = 0.1});
          model.rule(bptt());
          Spec made = model.finish();
          EXPECT_EQ(made.task, spec.task);
          EXPECT_EQ(made.training, spec.training);
        },
        task.kind);
  }
}

/// Every field of the schema has its parameter, and every parameter its field: the value 1, or
/// true, comes through.
TEST(SyntheticTasks, ReadEveryParameter) {
  const auto* kinds = v1::Task::descriptor()->FindOneofByName("kind");
  int tasks = 0;
  for (const Form& form : kForms) {
    SCOPED_TRACE(form.name);
    const auto* message = v1::Task::descriptor()->FindFieldByName(form.name)->message_type();
    std::set<std::string> fields = {"patterns"};
    const Spec spec = loaded(with(form.name + " {}", form.inputs, form.readouts));
    const SyntheticTask task = std::get<SyntheticTask>(spec.task);
    std::visit(
        [&](const auto& kind) {
          kind.fields(kind, [&](std::string_view field, const auto&, const auto&) { fields.insert(std::string(field)); });
        },
        task.kind);
    EXPECT_EQ(fields.size(), static_cast<std::size_t>(message->field_count()));
    for (const std::string& field : fields) {
      ASSERT_NE(message->FindFieldByName(field), nullptr) << field;
      const bool truth = message->FindFieldByName(field)->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_BOOL;
      // in every range; what does not fit the network or other parameters is said, but read
      const bool is_count = field == "symbols" || field == "stimuli";
      const std::string value = truth ? "true" : field == "bias" ? "0.5" : is_count ? "3" : "1";
      M model;
      with(form.name + " { " + field + ": " + value + " }", form.inputs, form.readouts)(model);
      const Folder folder;
      for (const Fault& fault : validate(folder.write("m.txtpb", model.text())))
        EXPECT_TRUE(fault.what.find("network") != std::string::npos || fault.allowed.find("shortest") != std::string::npos)
            << describe(fault);
    }
    ++tasks;
  }
  EXPECT_EQ(tasks + 4, kinds->field_count()) << "recorded, student_teacher, drawn, mimic";
  const Spec spec = loaded(
      with("delayed_xor { onset_ticks: 1 stimulus_ticks: 2 delay_ticks: 3 gap_ticks: 4 response_ticks: 5 patterns: 6 }",
           2, 1, "loss: SUM"));
  EXPECT_EQ(spec.task, TaskSpec(SyntheticTask{DelayedXorTask{1, 2, 3, 4, 5}, 6}));
  EXPECT_EQ(spec.training.ticks, 17);
  EXPECT_EQ(spec.training.warmup, 12);
}

TEST(SyntheticTasks, LeaveTheTrainingAsTheFileSaysIt) {
  EXPECT_EQ(loaded(with("copy {}", 3, 2, "loss: CROSS_ENTROPY window: 2")).training.warmup, 0);
  EXPECT_EQ(loaded(with("copy {}", 3, 2, "loss: CROSS_ENTROPY warmup_ticks: 0")).training.warmup, 0);
  EXPECT_EQ(loaded(with("copy {}", 3, 2, "loss: FINAL")).training.warmup, 0);
  EXPECT_EQ(loaded(with("flip_flop {}", 3, 3, "ticks: 7")).training.ticks, 7);
}

TEST(SyntheticTasks, AreTheSameInTheWireForm) {
  M model;
  with("evidence { cues: 3 rates: true group: 2 bias: 0.9 }", 8, 2)(model);
  const Folder folder;
  const Spec text = load(folder.write("m.txtpb", model.text()));
  convert(folder.path("m.txtpb"), folder.path("m.binpb"));
  EXPECT_EQ(load(folder.path("m.binpb")).task, text.task);
}

TEST(SyntheticTasks, MimicIsADrawnStudentAndTeacher) {
  const Spec spec = loaded(
      with("mimic { size: 9 activation: RELU leak: 0.5 gain: 0.3 probability: 0.25 }", 2, 4, "ticks: 6 dt_ms: 0.5"));
  const auto& task = std::get<StudentTeacherTask>(spec.task);
  EXPECT_EQ(task.mimic, (MimicTask{9, Activation::kRelu, 0.5, 0.3, 0.25}));
  ASSERT_EQ(task.teacher.populations.size(), 3U);
  EXPECT_EQ(task.teacher.populations[0].size, 2);
  EXPECT_EQ(task.teacher.populations[1].size, 9);
  EXPECT_EQ(task.teacher.populations[1].activation, Activation::kRelu);
  EXPECT_EQ(task.teacher.populations[1].leak, 0.5);
  EXPECT_EQ(task.teacher.populations[2].size, 4);
  ASSERT_EQ(task.teacher.projections.size(), 3U);
  EXPECT_DOUBLE_EQ(std::get<GaussianWeights>(task.teacher.projections[0].weights).stddev, 1 / std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(std::get<GaussianWeights>(task.teacher.projections[1].weights).stddev, 0.3 / 3);
  EXPECT_DOUBLE_EQ(std::get<GaussianWeights>(task.teacher.projections[2].weights).stddev, 1.0 / 3);
  ASSERT_EQ(task.inputs.size(), 1U);
  EXPECT_EQ(std::get<PoissonSpec>(task.inputs[0].kind).rate_hz, (std::vector<double>{500})) << "0.25 in a tick of 0.5 ms";
  const Spec plain = loaded(with("mimic {}", 2, 4, "ticks: 6"));
  EXPECT_EQ(std::get<StudentTeacherTask>(plain.task).mimic, MimicTask());
  Model model("tiny");
  model.input("in", 2);
  model.rate("rec", 3);
  model.readout("out", 4);
  model.connect("in", "rec", constant(0.5), {.name = "B"});
  model.connect("rec", "rec", gaussian(0.8), {.name = "W"});
  model.connect("rec", "out", gaussian(1), {.name = "A"});
  model.mimic();
  model.training({.ticks = 6, .learning_rate = 0.1});
  model.rule(bptt());
  EXPECT_EQ(model.finish().task, plain.task);
}

TEST(Faults, OfSyntheticTasks) {
  expect_faults({
      {"a range", with("add { @first_lag: -1 }", 2, 2), "task.add.first_lag", {"is -1", "0 to 10000000"}},
      {"a probability", with("add { @probability: 1.5 }", 2, 2), "task.add.probability", {"is 1.5", "must be 0 to 1"}},
      {"no number", with("flip_flop { @probability: nan }", 3, 3), "task.flip_flop.probability", {"is nan"}},
      {"patterns", with("copy { @patterns: 0 }", 3, 2), "task.copy.patterns", {"is 0", "1 to 1000000"}},
      {"too few inputs", with("@copy { symbols: 4 }", 3, 4), "task.copy", {"5 inputs", "the network has 3"}},
      {"too many readouts", with("@flip_flop {}", 3, 4), "task.flip_flop", {"3 readouts", "has 4"}},
      {"one readout or two", with("@delayed_xor {}", 2, 3), "task.delayed_xor", {"must have 1 or 2 readouts"}},
      {"ticks", with("copy {}", 3, 2, "@ticks: 12"), "training.ticks", {"is 12", "must be 11", "or be left out"}},
      {"too long",
       with("@delayed_xor { onset_ticks: 10000000 }", 2, 2, "ticks: 5"),
       "task.delayed_xor",
       {"has trials of 10000220 ticks"}},
      {"even cues", with("evidence { @cues: 4 }", 40, 2), "task.evidence.cues", {"is 4", "odd"}},
      {"more than a spike a tick",
       with("evidence { @rate_hz: 1001 }", 40, 2),
       "task.evidence.rate_hz",
       {"is 1001", "at most 1000 Hz"}},
      {"intervals", with("ready_set_go { @longest: 24 }", 2, 1), "task.ready_set_go.longest", {"is 24", "at least shortest, 25"}},
      {"a pulse", with("ready_set_go { @pulse_ticks: 26 }", 2, 1), "task.ready_set_go.pulse_ticks", {"at most shortest"}},
      {"a gain of nothing", with("ready_set_go { @gain: 0 }", 2, 1), "task.ready_set_go.gain", {"is 0", "above 0"}},
      {"a long series",
       with("mackey_glass { @starts: 200000 }", 1, 1),
       "task.mackey_glass.starts",
       {"is 200000", "at most 200000, and is 200206"}},
      {"a bias", with("evidence { @bias: 0.4 }", 40, 2), "task.evidence.bias", {"must be 0.5 to 1"}},
      {"a mimic's ticks",
       [](M& m) {
         with("mimic {}", 2, 2)(m);
         m.training = "@training { learning_rate: 0.1 }";
       },
       "training.ticks",
       {"is missing", "a mimic"}},
      {"a mimic's size", with("mimic { @size: 0 }", 2, 2, "ticks: 5"), "task.mimic.size", {"is 0", "1 to 100000000"}},
      {"a mimic's leak", with("mimic { @leak: 0 }", 2, 2, "ticks: 5"), "task.mimic.leak", {"above 0 and at most 1"}},
  });
}

}  // namespace
}  // namespace locus
