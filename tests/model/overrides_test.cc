// The overrides of the command line, and the errors of wrong ones.
#include "sim/model/overrides.h"

#include <string>

#include <gtest/gtest.h>

#include "sim/model/errors.h"
#include "sim/model/load.h"
#include "tests/model/text_parts.h"

namespace locus {
namespace {

Spec spec_of(const ModelText& model = {}) {
  std::vector<Fault> warnings;
  return load_bytes(model.text(), "m.txtpb", warnings);
}

Spec with_rules(const std::vector<std::string>& rules, Spec spec = spec_of()) {
  apply({.rules = rules}, spec);
  return spec;
}

void expect_rules_refused(const std::vector<std::string>& rules, const std::string& word, const Spec& spec = spec_of()) {
  try {
    with_rules(rules, spec);
    ADD_FAILURE() << rules.back() << " was taken";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
  }
}

TEST(Overrides, NothingGivenChangesNothing) {
  const Spec before = spec_of();
  const Spec after = with_rules({});
  EXPECT_EQ(after.rules.size(), before.rules.size());
  EXPECT_EQ(after.training.updates, before.training.updates);
}

TEST(Overrides, NumbersAreSet) {
  Spec spec = spec_of();
  apply({.rules = {}, .updates = 12, .seed = 18446744073709551615U, .locality = Locality::kStrict}, spec);
  EXPECT_EQ(spec.training.updates, 12);
  EXPECT_EQ(spec.seed, 18446744073709551615U);
  EXPECT_EQ(spec.training.locality, Locality::kStrict);
  EXPECT_THROW(apply({.rules = {}, .updates = 0}, spec), UsageError);
  EXPECT_THROW(apply({.rules = {}, .updates = 3'000'000'000}, spec), UsageError);
}

TEST(Overrides, ShortFormsAreRules) {
  const Spec spec =
      with_rules({"bptt", "tbptt:3", "tbptt:4:2", "rflo", "rflo:0.25", "eprop", "eprop:random", "rtrl", "none"});
  ASSERT_EQ(spec.rules.size(), 9U);
  EXPECT_EQ(spec.rules[0].kind, RuleKind::kBptt);
  EXPECT_EQ(spec.rules[1].kind, RuleKind::kTbptt);
  EXPECT_EQ(spec.rules[1].depth, 3);
  EXPECT_EQ(spec.rules[1].stride, 1);
  EXPECT_EQ(spec.rules[2].depth, 4);
  EXPECT_EQ(spec.rules[2].stride, 2);
  EXPECT_FALSE(spec.rules[3].trace_decay.has_value());
  ASSERT_EQ(spec.rules[3].feedback.size(), 1U);
  EXPECT_EQ(std::get<GaussianWeights>(spec.rules[3].feedback[0].weights).stddev, 1);
  EXPECT_EQ(spec.rules[4].trace_decay, 0.25);
  EXPECT_EQ(spec.rules[4].name, "rflo:0.25");  // as on the command line
  EXPECT_EQ(spec.rules[5].kind, RuleKind::kEprop);
  EXPECT_TRUE(spec.rules[5].feedback.empty());
  EXPECT_EQ(spec.rules[6].kind, RuleKind::kEpropRandom);
  EXPECT_EQ(spec.rules[6].feedback.size(), 1U);
  EXPECT_EQ(spec.rules[7].kind, RuleKind::kRtrl);
  EXPECT_EQ(spec.rules[8].kind, RuleKind::kNone);
}

TEST(Overrides, ANameOfTheModelWins) {
  ModelText model;
  model.rules =
      "rules { name: \"tbptt:3\" rtrl {} } rules { name: \"mine\" tbptt { depth: 7 } } rules { name: \"other\" bptt {} }";
  const Spec spec = with_rules({"mine", "tbptt:3", "bptt"}, spec_of(model));
  ASSERT_EQ(spec.rules.size(), 3U);
  EXPECT_EQ(spec.rules[0].depth, 7);
  EXPECT_EQ(spec.rules[1].kind, RuleKind::kRtrl);
  EXPECT_EQ(spec.rules[2].name, "bptt");
}

TEST(Overrides, WrongWordsNameTheNearestRightOne) {
  expect_rules_refused({"btpt"}, "did you mean \"bptt\"?");
  expect_rules_refused({"rfol:0.5"}, "did you mean \"rflo\"?");
  expect_rules_refused({"quantum"}, "known here: bptt");
  expect_rules_refused({""}, "neither a rule of the model nor a short form");
  expect_rules_refused({"eprop:randm"}, "did you mean \"eprop:random\"?");
  expect_rules_refused({"tbptt"}, "needs a DEPTH; write tbptt:DEPTH[:STRIDE]");
  expect_rules_refused({"tbptt:"}, "DEPTH is \"\"");
  expect_rules_refused({"tbptt:0"}, "DEPTH is \"0\"; must be a whole number, at least 1");
  expect_rules_refused({"tbptt:2:x"}, "STRIDE is \"x\"");
  expect_rules_refused({"tbptt:2:1:1"}, "\"1\" is one word too many");
  expect_rules_refused({"tbptt:99999999999"}, "DEPTH is \"99999999999\"");
  expect_rules_refused({"rflo:1.5"}, "DECAY is \"1.5\"; must be 0 to 1");
  expect_rules_refused({"rflo:nan"}, "DECAY is \"nan\"");
  expect_rules_refused({"rflo:0.5:1"}, "one word too many");
  expect_rules_refused({"bptt:3"}, "one word too many; write bptt");
  expect_rules_refused({"rtrl:reach"}, "needs a REACH; write rtrl:reach:REACH");
  expect_rules_refused({"rtrl:reach:0"}, "REACH is \"0\"; must be a whole number, at least 1");
  expect_rules_refused({"rtrl:paths:-1"}, "PATHS is \"-1\"; must be a whole number, at least 0");
  expect_rules_refused({"rtrl:cores"}, "did you mean \"rtrl:core\"?");
  expect_rules_refused({"rtrl:core"}, "needs a chip");
  expect_rules_refused({"rtrl", "rtrl"}, "is given twice");
}

TEST(Overrides, ARuleMustFitTheModel) {
  ModelText model;
  model.rules = "rules { name: \"still\" none {} }";
  model.training = "";
  expect_rules_refused({"bptt"}, "no training.learning_rate", spec_of(model));
  EXPECT_NO_THROW(with_rules({"none"}, spec_of(model)));
  model.training = "training { learning_rate: 1 }";
  model.task = "task { recorded { trials { input { rows: 1 cols: 2 values: [1, 2] } } } }";
  expect_rules_refused({"bptt"}, "trial 0 of the model has no target", spec_of(model));
  model.populations = "populations { name: \"in\" size: 2 input {} } populations { name: \"rec\" size: 3 rate {} }";
  model.a = "";
  expect_rules_refused({"still", "bptt"}, "no readout population", spec_of(model));
  model.rules = "";
  Spec bare = spec_of(model);
  EXPECT_THROW(apply({}, bare), UsageError);
}

}  // namespace
}  // namespace locus
