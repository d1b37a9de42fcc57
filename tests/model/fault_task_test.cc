// Faults of tasks, training and rules.
#include <gtest/gtest.h>

#include "tests/model/fault_case.h"

namespace locus {
namespace {

using M = ModelText;

const char* const kInput = "input { rows: 2 cols: 2 values: [1, 2, 3, 4] } ";
const char* const kTarget = " target { rows: 2 cols: 1 values: [1, 2] }";

std::string trial(const std::string& inside) { return recorded("trials { " + inside + " }"); }

TEST(Faults, OfTrials) {
  const std::string at = "task.recorded.trials[0]";
  expect_faults({
      {"no trials", [](M& m) { m.task = "task { @recorded {} }"; }, "task.recorded", {"has no trials"}},
      {"no kind", [](M& m) { m.task = "@task {}"; }, "task", {"is missing"}},
      {"no input",
       [](M& m) {
         m.task = "task { recorded { @trials {" + std::string(kTarget) + " } } }";
         m.training = "training { learning_rate: 0.1 ticks: 2 }";
       },
       at,
       {"has no input"}},
      {"no rows",
       [](M& m) { m.task = "task { recorded { @trials { input {} target {} } } }"; },
       at,
       {"has 0 rows", "must have 1 to 10000000"}},
      {"far too many rows",
       [](M& m) {
         m.task = "task { recorded { @trials { sparse_input { rows: 2000000000 cols: 2 } } } }";
         m.rules = "rules { name: \"still\" none {} }";
       },
       at,
       {"has 2000000000 rows", "must have 1 to 10000000"}},
      {"columns",
       [](M& m) { m.task = trial("input { rows: 2 @cols: 3 values: [1, 2, 3, 4, 5, 6] }" + std::string(kTarget)); },
       at + ".input.cols",
       {"is 3", "must be 2, the number of inputs"}},
      {"rows against ticks",
       [](M& m) {
         m.task = trial(
             "input { @rows: 4 cols: 2 values: [1, 2, 3, 4, 5, 6, 7, 8] } target { rows: 3 cols: 1 values: [1, 2, 3] }");
         m.training = "training { ticks: 3 learning_rate: 0.1 }";
       },
       at + ".input.rows",
       {"is 4", "must be 3, training.ticks"}},
      {"rows of the target",
       [](M& m) { m.task = trial(std::string(kInput) + "target { @rows: 3 cols: 1 values: [1, 2, 3] }"); },
       at + ".target.rows",
       {"is 3", "must be 2, the rows of the longest trial"}},
      {"columns of the target",
       [](M& m) { m.task = trial(std::string(kInput) + "target { rows: 2 @cols: 2 values: [1, 2, 3, 4] }"); },
       at + ".target.cols",
       {"must be 1, the number of readouts"}},
      {"values",
       [](M& m) { m.task = trial("input { rows: 2 cols: 2 @values: [1, 2, 3] }" + std::string(kTarget)); },
       at + ".input.values",
       {"has 3 numbers"}},
  });
}

TEST(Faults, OfTrialValues) {
  const std::string at = "task.recorded.trials[0]";
  expect_faults({
      {"an input that is no number",
       [](M& m) { m.task = trial("input { rows: 2 cols: 2 values: [1, 2, @nan, 4] }" + std::string(kTarget)); },
       at + ".input.values[2]",
       {"is nan"}},
      {"an infinite target",
       [](M& m) { m.task = trial(std::string(kInput) + "target { rows: 2 cols: 1 values: [@inf, 1] }"); },
       at + ".target.values[0]",
       {"is inf"}},
      {"no target",
       [](M& m) { m.task = "task { recorded { @trials { " + std::string(kInput) + " } } }"; },
       at + ".target",
       {"is missing", "rule \"bptt\" learns"}},
      {"the second trial",
       [](M& m) {
         m.task =
             recorded("trials { " + std::string(kInput) + kTarget +
                      " } trials { input { rows: 1 cols: 2 values: [1, 2] } target { @rows: 2 cols: 1 values: [1, 2] } }");
       },
       "task.recorded.trials[1].target.rows",
       {"is 2", "must be 1, the rows of the input"}},
      {"sparse input",
       [](M& m) {
         m.task = trial("sparse_input { rows: 2 cols: 2 row: [0, @2] col: [1, 1] values: [1, 1] }" + std::string(kTarget));
       },
       at + ".sparse_input.row[1]",
       {"is 2", "0 to 1"}},
      {"tick of a spike",
       [](M& m) { m.task = trial("spikes { neuron: [0, 1] tick: [1, @3] }" + std::string(kTarget)); },
       at + ".spikes.tick[1]",
       {"is 3", "1 to 2"}},
      {"neuron of a spike",
       [](M& m) { m.task = trial("spikes { neuron: [@2, 1] tick: [1, 2] }" + std::string(kTarget)); },
       at + ".spikes.neuron[0]",
       {"is 2", "0 to 1"}},
      {"a spike twice",
       [](M& m) { m.task = trial("spikes { neuron: [1, @1] tick: [2, 2] }" + std::string(kTarget)); },
       at + ".spikes.neuron[1]",
       {"spike again at tick 2"}},
      {"ticks of spikes",
       [](M& m) { m.task = trial("spikes { neuron: [1, 1] @tick: [2] }" + std::string(kTarget)); },
       at + ".spikes.tick",
       {"has 1 numbers", "must have 2"}},
  });
}

TEST(Faults, OfTeachers) {
  const std::string teacher =
      "populations { name: \"in\" size: 2 input {} } populations { name: \"t\" size: 5 rate {} } populations { name: \"out\" size: 1 readout {} }";
  const auto set = [](M& m, const std::string& populations) {
    m.task = "task { student_teacher { @teacher { " + populations + " } } }";
    m.training = "training { ticks: 4 learning_rate: 0.1 }";
  };
  expect_faults({
      {"no teacher",
       [](M& m) {
         m.task = "task { @student_teacher {} }";
         m.training = "training { ticks: 4 learning_rate: 0.1 }";
       },
       "task.student_teacher.teacher",
       {"is missing"}},
      {"no ticks",
       [&](M& m) {
         set(m, teacher);
         m.task.erase(m.task.find('@'), 1);
         m.training = "@training { learning_rate: 0.1 }";
       },
       "training.ticks",
       {"is missing", "student and teacher"}},
      {"inputs",
       [&](M& m) { set(m, teacher + " populations { name: \"more\" size: 1 input {} }"); },
       "task.student_teacher.teacher",
       {"has 3 input neurons", "must have 2"}},
      {"readouts",
       [&](M& m) { set(m, teacher + " populations { name: \"more\" size: 1 readout {} }"); },
       "task.student_teacher.teacher",
       {"has 2 readout neurons", "must have 1"}},
      {"its own faults",
       [&](M& m) {
         set(m, teacher + " projections { name: \"W\" source: \"t\" target: \"t\" weights { constant { @value: inf } } }");
         m.task.erase(m.task.find('@'), 1);
       },
       "task.student_teacher.teacher.projections[0].weights.constant.value",
       {"is inf"}},
      {"given basis, other size",
       [&](M& m) {
         set(m, teacher + " projections { name: \"W\" source: \"t\" target: \"t\" weights { aligned { values: 1 } } }");
         m.task.erase(m.task.find('@'), 1);
         m.w = w_with("aligned { values: 1 }");
         m.more = "bases { @p { rows: 3 cols: 3 values: [1, 0, 0, 0, 1, 0, 0, 0, 1] } }";
       },
       "bases.p",
       {"3 and 5 rate neurons"}},
  });
}

TEST(Faults, OfTraining) {
  expect_faults({
      {"ticks", [](M& m) { m.training = "training { @ticks: 0 learning_rate: 0.1 }"; }, "training.ticks", {"is 0", "1 to 10000000"}},
      {"batch", [](M& m) { m.training = "training { @batch: 0 learning_rate: 0.1 }"; }, "training.batch", {"is 0", "at least 1"}},
      {"updates",
       [](M& m) { m.training = "training { @updates: -1 learning_rate: 0.1 }"; },
       "training.updates",
       {"is -1", "at least 1"}},
      {"learning rate negative",
       [](M& m) { m.training = "training { @learning_rate: -0.1 }"; },
       "training.learning_rate",
       {"is -0.1", "at least 0"}},
      {"learning rate no number",
       [](M& m) { m.training = "training { @learning_rate: nan }"; },
       "training.learning_rate",
       {"is nan"}},
      {"learning rate missing",
       [](M& m) { m.training = "@training { batch: 2 }"; },
       "training.learning_rate",
       {"is missing", "rule \"bptt\" learns", "projection \"B\""}},
      {"online with a batch",
       [](M& m) { m.training = "training { learning_rate: 0.1 @batch: 2 commit: EVERY_TICK }"; },
       "training.batch",
       {"is 2", "must be 1 where commit is EVERY_TICK"}},
      {"nothing plastic",
       [](M& m) {
         m.whole = m.text();
         for (std::size_t at = 0; (at = m.whole.find(" weights", at)) != std::string::npos; at += 20)
           m.whole.insert(at, " plastic: false");
         m.whole.insert(m.whole.find("network"), "@");
       },
       "network",
       {"no plastic projection"},
       true},
  });
}

TEST(Faults, OfRules) {
  expect_faults({
      {"no name", [](M& m) { m.rules = "@rules { bptt {} }"; }, "rules[0].name", {"is missing"}},
      {"name twice", [](M& m) { m.rules += " rules { @name: \"bptt\" rtrl {} }"; }, "rules[1].name", {"\"bptt\" again", "rules[0]"}},
      {"no kind", [](M& m) { m.rules += " @rules { name: \"x\" }"; }, "rules[1]", {"has no kind", "bptt, tbptt"}},
      {"depth missing",
       [](M& m) { m.rules = "rules { name: \"t\" @tbptt {} }"; },
       "rules[0].tbptt.depth",
       {"is missing", "at least 1"}},
      {"depth 0",
       [](M& m) { m.rules = "rules { name: \"t\" tbptt { @depth: 0 } }"; },
       "rules[0].tbptt.depth",
       {"is 0", "at least 1"}},
      {"stride 0",
       [](M& m) { m.rules = "rules { name: \"t\" tbptt { depth: 1 @stride: 0 } }"; },
       "rules[0].tbptt.stride",
       {"is 0", "at least 1"}},
      {"stride above depth loses errors",
       [](M& m) {
         m.rules = "rules { name: \"t\" tbptt { depth: 1 @stride: 2 } }";
         m.training = "training { loss: SEQUENCE learning_rate: 0.1 }";
       },
       "rules[0].tbptt.stride",
       {"is 2, more than the depth 1", "are lost"},
       true},
      {"trace decay",
       [](M& m) { m.rules = "rules { name: \"r\" rflo { @trace_decay: 1.01 } }"; },
       "rules[0].rflo.trace_decay",
       {"is 1.01", "0 to 1"}},
      {"trace decay no number",
       [](M& m) { m.rules = "rules { name: \"r\" rflo { @trace_decay: nan } }"; },
       "rules[0].rflo.trace_decay",
       {"is nan"}},
      {"no readout",
       [](M& m) {
         m.whole =
             "@network { populations { name: \"i\" size: 1 input {} } populations { name: \"r\" size: 1 rate {} } "
             "projections { name: \"B\" source: \"i\" target: \"r\" weights { constant { value: 1 } } } } task { "
             "student_teacher { teacher { populations { name: \"i\" size: 1 input {} } populations { name: \"r\" "
             "size: 1 rate {} } } } } training { ticks: 1 learning_rate: 1 } rules { name: \"b\" rflo {} }";
       },
       "network",
       {"no readout population", "rule \"b\" learns"}},
  });
}

TEST(Faults, OfFeedback) {
  const std::string feedback = " feedback { weights { dense { rows: 1 cols: 3 values: [1, 2, 3] } } }";
  const std::string two =
      " populations { name: \"x\" size: 2 rate {} } projections { name: \"Bx\" source: \"in\" target: \"x\" weights { "
      "constant { value: 1 } } }";
  const std::string to_x = " feedback { population: \"x\" weights { constant { value: 1 } } }";
  expect_faults({
      {"rows of feedback",
       [](M& m) {
         m.rules =
             "rules { name: \"r\" rflo { feedback { weights { dense { @rows: 3 cols: 3 values: [1, 2, 3, 4, 5, 6, 7, 8, 9] } } } } }";
       },
       "rules[0].rflo.feedback[0].weights.dense.rows",
       {"is 3", "must be 1, the number of readouts"}},
      {"columns of feedback",
       [](M& m) {
         m.rules = "rules { name: \"r\" eprop { feedback { weights { dense { rows: 1 @cols: 1 values: 1 } } } } }";
       },
       "rules[0].eprop.feedback[0].weights.dense.cols",
       {"must be 3, the size of population \"rec\""}},
      {"feedback to nobody",
       [](M& m) {
         m.rules = "rules { name: \"r\" rflo { feedback { @population: \"rex\" weights { constant { value: 1 } } } } }";
       },
       "rules[0].rflo.feedback[0].population",
       {"no rate population", "did you mean \"rec\"?"}},
      {"feedback to a readout",
       [](M& m) {
         m.rules = "rules { name: \"r\" rflo { feedback { @population: \"out\" weights { constant { value: 1 } } } } }";
       },
       "rules[0].rflo.feedback[0].population",
       {"\"out\", which is no rate population"}},
      {"feedback twice",
       [&](M& m) { m.rules = "rules { name: \"r\" rflo {" + feedback + " @" + feedback.substr(1) + " } }"; },
       "rules[0].rflo.feedback[1]",
       {"second one for population \"rec\""}},
      {"feedback without a population, of several",
       [&](M& m) {
         m.a += two;
         m.rules = "rules { name: \"r\" rflo { @" + feedback.substr(1) + to_x + " } }";
       },
       "rules[0].rflo.feedback[0].population",
       {"is missing", "2 rate populations"}},
      {"a population without feedback",
       [&](M& m) {
         m.a += two;
         m.rules = "rules { name: \"r\" @rflo {" + to_x + " } }";
       },
       "rules[0].rflo",
       {"no feedback for rate population \"rec\""}},
      {"both given and drawn",
       [&](M& m) { m.rules = "rules { name: \"r\" @eprop {" + feedback + " random {} } }"; },
       "rules[0].eprop",
       {"both feedback and random"}},
      {"aligned feedback among several",
       [&](M& m) {
         m.a += two;
         m.rules = "rules { name: \"r\" rflo { feedback { population: \"rec\" weights { @aligned { values: 1 } } }" +
                   to_x + " } }";
       },
       "rules[0].rflo.feedback[0].weights.aligned",
       {"2 rate populations"}},
  });
}

TEST(Faults, OfLearnedFeedback) {
  expect_faults({
      {"learned feedback without its decay",
       [](M& m) { m.rules = "rules { name: \"r\" rflo { feedback { @learn {} } } }"; },
       "rules[0].rflo.feedback[0].learn.decay",
       {"is missing", "at least 0 and below 1"}},
      {"learned feedback that forgets all",
       [](M& m) { m.rules = "rules { name: \"r\" rflo { feedback { learn { @decay: 1 } } } }"; },
       "rules[0].rflo.feedback[0].learn.decay",
       {"is 1", "must be at least 0 and below 1"}},
  });
}

TEST(Faults, OfMasksAndShorterTrials) {
  const std::string at = "task.recorded.trials[0]";
  const auto masked = [](const std::string& mask) {
    return [mask](M& m) { m.task = trial(std::string(kInput) + kTarget + " mask { " + mask + " }"); };
  };
  const auto shorter = [](const std::string& rec, const std::string& training) {
    return [rec, training](M& m) {
      m.populations = rate_population("size: 3 rate { " + rec + " }");
      m.task =
          "task { recorded { @trials { input { rows: 2 cols: 2 values: [1, 2, 3, 4] }" + std::string(kTarget) + " } } }";
      m.training = "training { ticks: 3 learning_rate: 0.1 " + training + " }";
    };
  };
  expect_faults({
      {"rows of a mask", masked("@rows: 1 cols: 1 values: [1]"), at + ".mask.rows", {"is 1", "must be 2"}},
      {"columns of a mask", masked("rows: 2 @cols: 2 values: [1, 1, 1, 1]"), at + ".mask.cols", {"is 2", "must be 1"}},
      {"a negative weight", masked("rows: 2 cols: 1 values: [1, @-1]"), at + ".mask.values[1]", {"is -1", "at least 0"}},
      {"a weight that is no number", masked("rows: 2 cols: 1 values: [@nan, 1]"), at + ".mask.values[0]", {"is nan"}},
      {"a class and a target",
       [](M& m) { m.task = trial(std::string(kInput) + kTarget + " @class: 0"); },
       at + ".class",
       {"beside target"}},
      {"a class that is not there",
       [](M& m) { m.task = trial(std::string(kInput) + " @class: 1"); },
       at + ".class",
       {"is 1", "0 to 0"}},
      {"carried states",
       shorter("activation: SIGMOID initial: 0.5", "carry_state: true"),
       at,
       {"has 2 rows", "training.carry_state is true", "must have 3, or training.carry_state be false",
        "goes on from tick 3 of the one before it"}},
      {"a rule that the model writes itself",
       [shorter](M& m) {
         shorter("activation: TANH", "")(m);
         m.rules = "rules { name: \"own\" local { change: \"pre*activity\" } }";
       },
       at,
       {"has 2 rows, and a rule is `local`", "must have 3", "do not wait for a trial"}},
      {"integrate beside tau_m",
       [](M& m) {
         m.populations =
             "populations { name: \"in\" size: 2 input {} } populations { name: \"rec\" size: 3 rate {} } "
             "populations { name: \"out\" size: 1 readout { @tau_m: 3 integrate: true } }";
       },
       "network.populations[2].readout.tau_m",
       {"beside integrate"}},
  });
}

}  // namespace
}  // namespace locus
