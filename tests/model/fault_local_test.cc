// Rules that a model writes itself: the Spec of a good one, and its faults, each with its place.
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "sim/model/learning.h"
#include "sim/model/load.h"
#include "sim/model/settings.h"
#include "sim/model/shipped_files.h"
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

TEST(Faults, OfRewards) {
  expect_faults({
      wrong("signal beside a reward", "change: \"signal*pre + reward\" @signal: REWARD reward: TICK_LOSS", ".signal",
            {"is REWARD, and an expression uses errors", "must be feedback"}),
      wrong("reward for nothing", "change: \"pre\" @signal: REWARD reward: TICK_LOSS", ".signal", {"no expression uses it"}),
      wrong("reward of another signal", "change: \"signal*pre\" signal: FEEDBACK @reward: TRIAL_LOSS", ".reward",
            {"signal is not REWARD"}),
      wrong("second at the end", "change: \"pre\" change_on_end: \"pre\" @change_on_end: \"rewards\"",
            ".change_on_end[1]", {"unknown name \"rewards\" at 1:1", "a trace sums"}),
  });
}

/// A rule that listens to rewards of trials needs some.
TEST(Faults, OfTrialsWithoutRewards) {
  expect_faults({{"no rewards",
                  [](M& m) {
                    m.rules = "rules { name: \"mine\" local { change: \"reward*pre\" signal: REWARD } }";
                    m.task = "@" + m.task;
                  },
                  "task",
                  {"gives no rewards", "TICK_LOSS or TRIAL_LOSS"}}});
}

TEST(Faults, OfIncludedRules) {
  expect_faults({
      wrong("unknown rule", "@include: \"oya\"", ".include",
            {"is \"oya\"", "must be a rule of models/rules", "oja", "pair_stdp"}),
      wrong("change beside it", "include: \"oja\" @change: \"pre\"", ".change", {"is given beside include"}),
      wrong("unknown constant", "include: \"bcm\" constant { @name: \"rat\" value: 1 }", ".constant[0].name",
            {"has no such constant", "must be one of rate"}),
      wrong("constant without a value", "include: \"bcm\" @constant { name: \"rate\" }", ".constant[0].value",
            {"is missing"}),
      wrong("constant of none", "include: \"oja\" constant { @name: \"rate\" value: 1 }", ".constant[0].name",
            {"it has none"}),
  });
}

/// A rule that is included is that rule, but for the values of its constants.
TEST(IncludedRules, AreThoseOfTheirFiles) {
  const Folder folder;
  M model;
  model.rules = "rules { name: \"mine\" local { include: \"rflo_text\" } }";
  const RuleSpec included = load(folder.write("m.txtpb", model.text())).rules.at(0);
  const RuleSpec shipped = load(LOCUS_MODELS "/rules/written.txtpb").rules.at(1);
  EXPECT_EQ(shipped.name, "rflo_text");
  EXPECT_EQ(included.name, "mine");
  EXPECT_EQ(included.kind, RuleKind::kLocalFeedback);
  EXPECT_EQ(included.local, shipped.local);
  EXPECT_EQ(included.feedback.size(), 1U) << "drawn, as for rflo";

  Spec other = load(LOCUS_MODELS "/rules/stdp.txtpb");
  std::vector<Fault> warnings;
  const std::vector<Setting> settings = {
      setting_of("rules.pair_stdp.local={ include: \"pair_stdp\" constant { name: \"a_down\" value: 0.5 } }")};
  std::ifstream file(LOCUS_MODELS "/rules/stdp.txtpb");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const LocalText changed = load_bytes(text, "m.txtpb", settings, warnings).rules[0].local;
  other.rules[0].local.constants[3].value = 0.5;
  EXPECT_EQ(changed, other.rules[0].local);
}

/// Every file of models/rules is a valid model, and the names of their texts differ.
TEST(IncludedRules, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const ShippedFile& file : shipped_rules()) {
    std::vector<Fault> warnings;
    const Spec spec = load_bytes(file.text, std::string(file.name) + ".txtpb", warnings);
    for (const RuleSpec& rule : spec.rules) {
      if (!is_local(rule.kind)) continue;
      EXPECT_TRUE(names.insert(rule.name).second) << rule.name;
    }
  }
  EXPECT_GE(names.size(), 10U);
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
      wrong_whole("reward", "change: \"reward*pre\"", ".signal", {"is not REWARD", "must be reward"}),
      wrong_whole("noise", "change: \"noise*pre\"", "", {"uses \"noise\"", "has none on its currents"}),
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
