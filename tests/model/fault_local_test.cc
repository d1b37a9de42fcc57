// Rules that a model writes itself: the Spec of a good one, and its faults, each with its place.
#include <gtest/gtest.h>

#include "sim/model/learning.h"
#include "sim/model/load.h"
#include "sim/model/settings.h"
#include "tests/model/fault_case.h"
#include "tests/support/folder.h"

namespace locus::fault_local {
namespace {

using M = ModelText;

TEST(LocalRules, AreReadWithTheirFields) {
  const Folder folder;
  M model;
  model.rules =
      "rules { name: \"mine\" local { constant { name: \"lambda\" value: 0.5 } trace { name: \"p\" next: \"lambda*p + gain*pre\" } "
      "trace { name: \"y\" next: \"activity\" at: TARGET } change: \"signal*p\" change_on_error: \"y\" "
      "change_on_pre_spike: \"weight\" signal: FEEDBACK } }";
  const RuleSpec rule = load(folder.write("m.txtpb", model.text())).rules.at(0);
  EXPECT_EQ(rule.kind, RuleKind::kLocalFeedback);
  EXPECT_EQ(rule.local.constants, (std::vector<ConstantText>{{"lambda", 0.5}}));
  EXPECT_EQ(rule.local.traces, (std::vector<TraceText>{{"p", "lambda*p + gain*pre"}, {"y", "activity", TraceAt::kTarget}}));
  EXPECT_EQ(rule.local.changes,
            (std::vector<ChangeText>{{"signal*p"}, {"weight", ChangeOn::kPreSpike}, {"y", ChangeOn::kError}}));
  EXPECT_EQ(rule.feedback.size(), 1U) << "drawn, as for rflo";
}

TEST(LocalRules, HaveConstantsThatTheCommandLineSets) {
  M model;
  model.rules = "rules { name: \"mine\" local { constant { name: \"c\" value: 0.5 } change: \"c*pre\" } }";
  std::vector<Fault> warnings;
  const std::vector<Setting> settings = {setting_of("rules.mine.local.constant.c.value=0.25")};
  const Spec set = load_bytes(model.text(), "m.txtpb", settings, warnings);
  EXPECT_EQ(set.rules[0].local.constants[0].value, 0.25);
}

FaultCase wrong(const std::string& name, const std::string& local, const std::string& field,
                std::vector<std::string> parts) {
  return {name, [=](M& m) { m.rules = "rules { name: \"mine\" local { " + local + " } }"; }, "rules[0].local" + field,
          std::move(parts)};
}

TEST(Faults, OfLocalRules) {
  expect_faults({
      wrong("unknown name", "@change: \"pre*qwerty\"", ".change[0]", {"unknown name \"qwerty\" at 1:5", "names are pre,"}),
      wrong("second change", "change: \"pre\" @change: \"pre +\"", ".change[1]", {"ends where a value must stand at 1:6"}),
      wrong("second of its kind", "change: \"pre\" change_on_pre_spike: \"pre\" @change_on_pre_spike: \"w\"",
            ".change_on_pre_spike[1]", {"TRANSPORT would carry them"}),
      wrong("trace", "trace { name: \"p\" @next: \"p + error\" } change: \"p\"", ".trace[0].next",
            {"\"error\" at 1:5", "FEEDBACK"}),
      wrong("trace of a source", "trace { name: \"p\" @next: \"p + gain\" at: SOURCE } change: \"p\"", ".trace[0].next",
            {"uses \"gain\" of its target neuron", "no channel"}),
      wrong("name of a trace", "trace { @name: \"pre\" next: \"1\" } change: \"1\"", ".trace[0].name",
            {"a name that every rule has"}),
      wrong("name of a constant", "constant { @name: \"2\" value: 1 } change: \"1\"", ".constant[0].name",
            {"letters, digits"}),
      wrong("no value", "@constant { name: \"c\" } change: \"c\"", ".constant[0].value", {"is missing"}),
      wrong("signal for nothing", "change: \"pre\" @signal: FEEDBACK", ".signal", {"no expression uses it"}),
  });
}

/// Of a rule as a whole: the place is the field `local`.
FaultCase wrong_whole(const std::string& name, const std::string& local, const std::string& field,
                      std::vector<std::string> parts) {
  return {name, [=](M& m) { m.rules = "rules { name: \"mine\" @local { " + local + " } }"; }, "rules[0].local" + field,
          std::move(parts)};
}

TEST(Faults, OfLocalRulesAsAWhole) {
  expect_faults({
      wrong_whole("signal", "change: \"signal*pre\"", ".signal", {"is missing", "feedback", "symmetric"}),
      wrong_whole("no change", "trace { name: \"p\" next: \"pre\" }", ".change", {"is missing", "at least one change"}),
      wrong_whole("spiking names", "change: \"voltage*pre\"", "", {"uses \"voltage\"", "does not spike"}),
  });
}

TEST(LocalRules, NeedNoTargetIfTheyHaveNoSignal) {
  const Folder folder;
  const std::string text =
      "name: \"hebb\" network { populations { name: \"in\" size: 1 input {} } populations { name: \"rec\" size: 2 rate {} } "
      "projections { name: \"B\" source: \"in\" target: \"rec\" weights { gaussian { gain: 1 } } } } "
      "task { drawn { inputs { population: \"in\" white_noise {} } } } training { loss: SUM ticks: 3 updates: 1 learning_rate: 1 } ";
  EXPECT_NO_THROW(load(folder.write("hebb.txtpb", text + "rules { name: \"hebb\" local { change: \"-activity*pre\" } }")));
  EXPECT_THROW(
      load(folder.write("rflo.txtpb", text + "rules { name: \"r\" local { change: \"-signal*pre\" signal: FEEDBACK } }")),
      ModelError);
}

}  // namespace
}  // namespace locus::fault_local
