// Faults of spiking populations, readouts with memory, optimizers, windows and e-prop's terms.
#include <gtest/gtest.h>

#include "tests/model/fault_case.h"

namespace locus {
namespace {

using M = ModelText;

std::string lif(const std::string& inside) { return rate_population("size: 3 lif { " + inside + " }"); }

TEST(Faults, OfSpikingPopulations) {
  const std::string at = "network.populations[1].lif";
  expect_faults({
      {"no tau",
       [](M& m) { m.populations = rate_population("size: 3 @lif { threshold: 1 }"); },
       at + ".tau_m",
       {"is missing", "above 0"}},
      {"tau 0", [](M& m) { m.populations = lif("@tau_m: 0 threshold: 1"); }, at + ".tau_m", {"is 0", "must be above 0"}},
      {"tau -inf", [](M& m) { m.populations = lif("@tau_m: -inf threshold: 1"); }, at + ".tau_m", {"is -inf", "above 0"}},
      {"tau inf, whose input would be multiplied by 0",
       [](M& m) { m.populations = lif("tau_m: inf threshold: 1 @normalise_input: true"); },
       at + ".normalise_input",
       {"is true, and tau_m is inf", "must be false"}},
      {"no threshold",
       [](M& m) { m.populations = rate_population("size: 3 @lif { tau_m: 10 }"); },
       at + ".threshold",
       {"is missing"}},
      {"threshold", [](M& m) { m.populations = lif("tau_m: 10 @threshold: -1"); }, at + ".threshold", {"is -1", "must be above 0"}},
      {"refractory",
       [](M& m) { m.populations = lif("tau_m: 10 threshold: 1 @refractory: -2"); },
       at + ".refractory",
       {"is -2", "at least 0"}},
      {"refractory between ticks",
       [](M& m) { m.populations = lif("tau_m: 10 threshold: 1 @refractory: 1.5"); },
       at + ".refractory",
       {"is 1.5", "whole number of ticks", "1 ms"}},
      {"height",
       [](M& m) { m.populations = lif("tau_m: 10 threshold: 1 surrogate { @height: -1 }"); },
       at + ".surrogate.height",
       {"is -1", "at least 0"}},
      {"width",
       [](M& m) { m.populations = lif("tau_m: 10 threshold: 1 surrogate { @width: 0 }"); },
       at + ".surrogate.width",
       {"is 0", "above 0"}},
      {"adaptation without tau",
       [](M& m) { m.populations = lif("tau_m: 10 threshold: 1 @adaptation { beta: 1 }"); },
       at + ".adaptation.tau",
       {"is missing"}},
      {"adaptation without beta",
       [](M& m) { m.populations = lif("tau_m: 10 threshold: 1 @adaptation { tau: 1 }"); },
       at + ".adaptation.beta",
       {"is missing"}},
  });
}

TEST(Faults, OfKindsOfSpikingNeurons) {
  const std::string at = "network.populations[1].lif";
  const auto with = [](const std::string& fields) { return lif("tau_m: 10 threshold: 1 " + fields); };
  expect_faults({
      {"current without tau", [&](M& m) { m.populations = with("@current {}"); }, at + ".current.tau", {"is missing"}},
      {"current", [&](M& m) { m.populations = with("current { @tau: 0 }"); }, at + ".current.tau", {"is 0", "above 0"}},
      {"reset_to without ZERO",
       [&](M& m) { m.populations = with("reset: SUBTRACT @reset_to: 0.5"); },
       at + ".reset_to",
       {"is given, and reset is SUBTRACT", "reset: ZERO only"}},
      {"reset_to", [&](M& m) { m.populations = with("reset: ZERO @reset_to: inf"); }, at + ".reset_to", {"is inf", "finite"}},
      {"rest", [&](M& m) { m.populations = with("@rest: nan"); }, at + ".rest", {"is nan", "finite"}},
      {"Euler's membrane",
       [&](M& m) { m.populations = lif("@tau_m: 0.5 threshold: 1 integration: EULER"); },
       at + ".tau_m",
       {"holds 0.5", "at least training.dt_ms, 1 ms", "EULER"}},
      {"Euler's current",
       [&](M& m) { m.populations = with("integration: EULER current { @tau: 0.25 }"); },
       at + ".current.tau",
       {"holds 0.25", "EULER"}},
  });
}

TEST(Faults, OfConstantsOfEachNeuron) {
  const std::string at = "network.populations[1].lif";
  expect_faults({
      {"two of three",
       [&](M& m) { m.populations = lif("@tau_m: [10, 20] threshold: 1"); },
       at + ".tau_m",
       {"has 2 values", "1 for all neurons, or one for each of 3"}},
      {"one wrong of three",
       [&](M& m) { m.populations = lif("tau_m: 10 threshold: [1, @-2, 1]"); },
       at + ".threshold[1]",
       {"is -2", "above 0"}},
      {"adaptation",
       [&](M& m) { m.populations = lif("tau_m: 10 threshold: 1 adaptation { tau: 5 @beta: [1, 2] }"); },
       at + ".adaptation.beta",
       {"has 2 values"}},
      {"a leak",
       [](M& m) { m.populations = rate_population("size: 3 rate { leak: [0.5, @1.5, 1] }"); },
       "network.populations[1].rate.leak[1]",
       {"is 1.5", "above 0 and at most 1"}},
      {"leaks",
       [](M& m) { m.populations = rate_population("size: 3 rate { @leak: [0.5, 1] }"); },
       "network.populations[1].rate.leak",
       {"has 2 values", "each of 3"}},
  });
}

TEST(Faults, OfReadoutsWithMemory) {
  const std::string before =
      "populations { name: \"in\" size: 2 input {} } populations { name: \"rec\" size: 3 rate {} } "
      "populations { name: \"out\" size: 1 readout { ";
  expect_faults({
      {"tau", [&](M& m) { m.populations = before + "@tau_m: -1 } }"; }, "network.populations[2].readout.tau_m", {"is -1", "above 0"}},
      {"no tau",
       [&](M& m) { m.populations = before + "@normalise_input: true } }"; },
       "network.populations[2].readout.normalise_input",
       {"without tau_m"}},
  });
}

TEST(Faults, OfWhatSpikingNetworksHaveNot) {
  const std::string spiking = lif("tau_m: 10 threshold: 1");
  expect_faults({
      {"rtrl",
       [&](M& m) {
         m.populations = spiking;
         m.rules = "rules { name: \"r\" @rtrl {} }";
       },
       "rules[0].rtrl",
       {"not offered", "spiking populations"}},
      {"every tick",
       [&](M& m) {
         m.populations = spiking;
         m.training = "training { learning_rate: 0.1 @commit: EVERY_TICK }";
       },
       "training.commit",
       {"spiking populations", "END_OF_BATCH"}},
      {"filter onto rate",
       [](M& m) { m.rules = "rules { name: \"e\" eprop { @filter_tau: 10 } }"; },
       "rules[0].eprop.filter_tau",
       {"no spiking population"}},
      {"firing rate onto rate",
       [](M& m) { m.rules = "rules { name: \"e\" eprop { @firing_rate { target_hz: 1 strength: 1 } } }"; },
       "rules[0].eprop.firing_rate",
       {"no spiking population"}},
      {"no strength",
       [&](M& m) {
         m.populations = spiking;
         m.rules = "rules { name: \"e\" eprop { @firing_rate { target_hz: 1 } } }";
       },
       "rules[0].eprop.firing_rate.strength",
       {"is missing"}},
      {"filter",
       [&](M& m) {
         m.populations = spiking;
         m.rules = "rules { name: \"e\" eprop { @filter_tau: -1 } }";
       },
       "rules[0].eprop.filter_tau",
       {"is -1", "at least 0"}},
  });
}

TEST(Faults, OfAutapses) {
  expect_faults({
      {"between populations",
       [](M& m) {
         m.b = "projections { name: \"B\" source: \"in\" target: \"rec\" @autapses: false weights { constant { value: 0.5 } } }";
       },
       "network.projections[0].autapses",
       {"population with itself"}},
      {"sparse",
       [](M& m) {
         m.w =
             "projections { name: \"W\" source: \"rec\" target: \"rec\" @autapses: false "
             "weights { sparse { rows: 3 cols: 3 row: [0] col: [1] values: [1] } } }";
       },
       "network.projections[1].autapses",
       {"dense matrix"}},
  });
}

TEST(Faults, OfDelays) {
  const auto w = [](const std::string& inside) {
    return "projections { name: \"W\" source: \"rec\" target: \"rec\" " + inside + " weights { constant { value: 0.5 } } }";
  };
  const std::string teacher =
      "task { student_teacher { teacher { "
      "populations { name: \"in\" size: 2 input {} } populations { name: \"rec\" size: 3 rate {} } "
      "populations { name: \"out\" size: 1 readout {} } "
      "projections { name: \"B\" source: \"in\" target: \"rec\" @delay: 1 weights { constant { value: 0.5 } } } } } }";
  expect_faults({
      {"none between rate neurons", [&](M& m) { m.w = w("@delay: 0"); }, "network.projections[1].delay", {"is 0", "at least 1"}},
      {"negative from inputs",
       [](M& m) {
         m.b = "projections { name: \"B\" source: \"in\" target: \"rec\" @delay: -1 weights { constant { value: 0.5 } } }";
       },
       "network.projections[0].delay",
       {"is -1", "at least 0"}},
      {"longer than a trial", [&](M& m) { m.w = w("@delay: 3"); }, "network.projections[1].delay", {"is 3", "at most 2"}},
      {"under rtrl",
       [&](M& m) {
         m.w = w("delay: 2");
         m.rules = "rules { name: \"r\" @rtrl {} }";
       },
       "rules[0].rtrl",
       {"not offered", "delays"}},
      {"of a teacher",
       [&](M& m) {
         m.task = teacher;
         m.training = "training { ticks: 4 learning_rate: 0.1 }";
       },
       "task.student_teacher.teacher.projections[0].delay",
       {"is 1", "must be 0 in a teacher"}},
      {"beside how a trial begins",
       [&](M& m) {
         m.populations =
             "populations { name: \"in\" size: 2 input {} } populations { name: \"rec\" size: 3 rate { initial: [1, 2, 3] } } "
             "populations { name: \"out\" size: 1 readout {} }";
         m.w = w("@delay: 2");
       },
       "network.projections[1].delay",
       {"is 2, and a population has initial", "must be 1"}},
      {"beside state carried across trials",
       [&](M& m) {
         m.w = w("@delay: 2");
         m.training = "training { learning_rate: 0.1 carry_state: true }";
       },
       "network.projections[1].delay",
       {"is 2, and carry_state is true", "must be 1"}},
      {"that differ beside a chip",
       [&](M& m) {
         m.populations += " populations { name: \"more\" size: 1 rate {} }";
         m.w = w("@delay: 2") +
               " projections { name: \"W2\" source: \"rec\" target: \"more\" weights { constant { value: 1 } } }";
         m.more = "chip { mesh { width: 1 height: 1 } neurons_per_core: 5 }";
       },
       "network.projections[1].delay",
       {"is 2, that of projection W2 is 1", "must be the same"}},
      {"onto readouts beyond the depth",
       [](M& m) {
         m.a = "projections { name: \"A\" source: \"rec\" target: \"out\" delay: 1 weights { constant { value: 0.5 } } }";
         m.rules = "rules { name: \"t\" tbptt { @depth: 1 } }";
       },
       "rules[0].tbptt.depth",
       {"is 1", "less than 1 ticks of errors a sweep and a delay of 1 onto readouts", "are lost"},
       true},
  });
}

TEST(Faults, OfLossesAndOptimizers) {
  const auto training = [](const std::string& inside) { return "training { learning_rate: 0.1 " + inside + " }"; };
  expect_faults({
      {"window of FINAL", [&](M& m) { m.training = training("@window: 1"); }, "training.window", {"FINAL", "SUM and CROSS_ENTROPY"}},
      {"window 0", [&](M& m) { m.training = training("loss: SUM @window: 0"); }, "training.window", {"is 0"}},
      {"long window", [&](M& m) { m.training = training("loss: SUM @window: 9"); }, "training.window", {"is 9", "at most 2"}},
      {"one class", [&](M& m) { m.training = training("@loss: CROSS_ENTROPY"); }, "training.loss", {"1 readout", "2 and more"}},
      {"dt", [&](M& m) { m.training = training("@dt_ms: 0"); }, "training.dt_ms", {"is 0", "above 0"}},
      {"beta1",
       [&](M& m) { m.training = training("optimizer { adam { @beta1: 1 } }"); },
       "training.optimizer.adam.beta1",
       {"is 1", "below 1"}},
      {"beta2",
       [&](M& m) { m.training = training("optimizer { adam { @beta2: -0.5 } }"); },
       "training.optimizer.adam.beta2",
       {"is -0.5", "at least 0"}},
      {"epsilon",
       [&](M& m) { m.training = training("optimizer { adam { @epsilon: 0 } }"); },
       "training.optimizer.adam.epsilon",
       {"is 0", "above 0"}},
      {"bounds",
       [&](M& m) { m.training = training("optimizer { weight_min: 1 @weight_max: 0 }"); },
       "training.optimizer.weight_max",
       {"is 0", "weight_min"}},
      {"class beside target",
       [](M& m) {
         m.task = recorded(
             "trials { input { rows: 2 cols: 2 values: [1, 2, 3, 4] } target { rows: 2 cols: 1 values: [1, 2] } @class: 0 }");
       },
       "task.recorded.trials[0].class",
       {"beside target"}},
      {"class",
       [](M& m) { m.task = recorded("trials { input { rows: 2 cols: 2 values: [1, 2, 3, 4] } @class: 1 }"); },
       "task.recorded.trials[0].class",
       {"is 1"}},
      {"average of one rule",
       [](M& m) { m.rules = "rules { name: \"e\" eprop { @average_over_window: true } }"; },
       "rules[0].eprop.average_over_window",
       {"all rules", "training { average_over_window: true }"},
       true},
      {"average of one rule and not of all",
       [&](M& m) {
         m.training = training("average_over_window: false");
         m.rules = "rules { name: \"e\" eprop { @average_over_window: true } }";
       },
       "rules[0].eprop.average_over_window",
       {"training.average_over_window is false", "one of them"}},
  });
}

}  // namespace
}  // namespace locus
