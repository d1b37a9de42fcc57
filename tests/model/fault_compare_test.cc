// Comparisons of rules: the Spec of a good one, and its faults.
#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "tests/model/fault_case.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

using M = ModelText;

TEST(Compare, IsReadWithItsDefaults) {
  const Folder folder;
  M model;
  model.more = "compare { every: 3 }";
  const Spec spec = load(folder.write("m.txtpb", model.text()));
  EXPECT_EQ(spec.compare, (CompareSpec{3, {}, 1, false}));
  EXPECT_FALSE(load(folder.write("m.txtpb", M().text())).compare.has_value());
}

TEST(Compare, TakesRulesOfTheModelAndShortForms) {
  const Folder folder;
  M model;
  model.rules = "rules { name: \"mine\" rflo { trace_decay: 0.25 } } rules { name: \"rtrl\" eprop {} }";
  model.more = "compare { every: 1 rules: [\"mine\", \"rtrl\", \"tbptt:4:2\", \"bptt\"] batches: 5 curvature: true }";
  const Spec spec = load(folder.write("m.txtpb", model.text()));
  ASSERT_EQ(spec.compare->rules.size(), 4U);
  EXPECT_EQ(spec.compare->rules[0], spec.rules[0]);
  EXPECT_EQ(spec.compare->rules[1].kind, RuleKind::kEprop) << "the model's name comes first";
  EXPECT_EQ(spec.compare->rules[2].depth, 4);
  EXPECT_EQ(spec.compare->rules[2].stride, 2);
  EXPECT_EQ(spec.compare->rules[3].kind, RuleKind::kBptt);
  EXPECT_EQ(spec.compare->batches, 5);
  EXPECT_TRUE(spec.compare->curvature);
}

FaultCase wrong(const std::string& name, const std::string& compare, const std::string& field,
                std::vector<std::string> parts) {
  return {name, [=](M& m) { m.more = "compare { " + compare + " }"; }, field, std::move(parts)};
}

TEST(Faults, OfComparisons) {
  expect_faults({
      {"no every", [](M& m) { m.more = "@compare { rules: \"rflo\" }"; }, "compare.every", {"is missing", "must be given"}},
      wrong("every 0", "@every: 0", "compare.every", {"is 0"}),
      wrong("batches 0", "every: 1 @batches: 0", "compare.batches", {"is 0"}),
      wrong("unknown rule", "every: 1 @rules: \"rlfo\"", "compare.rules[0]", {"is \"rlfo\"", "did you mean \"rflo\"?"}),
      wrong("short form", "every: 1 @rules: \"tbptt\"", "compare.rules[0]", {"needs a DEPTH"}),
      wrong("no learner", "every: 1 @rules: \"none\"", "compare.rules[0]", {"which learns nothing"}),
      wrong("twice", "every: 1 rules: \"rtrl\" @rules: \"rtrl\"", "compare.rules[1]", {"again", "named once"}),
  });
}

TEST(Faults, OfComparedRulesBesideTheNetwork) {
  const Folder folder;
  M model;
  model.w = "projections { name: \"W\" source: \"rec\" target: \"rec\" delay: 2 weights { gaussian { gain: 1 } } }";
  model.more = "compare { every: 1 rules: \"rtrl\" }";
  try {
    load(folder.write("m.txtpb", model.text()));
    ADD_FAILURE() << "was taken";
  } catch (const ModelError& error) {
    EXPECT_NE(std::string(error.what()).find("is not offered in a network with delays"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace locus
