// Every row of the rule table means in a model what its parts say: no check, reader or builder
// knows a rule by its name. A row that is added is tried here without a further line.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/protocol/rule.h"
#include "locus/v1/model.pb.h"
#include "sim/model/builder.h"
#include "sim/model/check.h"
#include "sim/model/requirements.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

/// Two inputs, three rate neurons, one readout, and this rule alone.
Spec with_rule(const RuleSpec& rule) {
  Spec spec = small_model({2, 3, 1, 4}, {}, 1);
  spec.rules = {rule};
  if (locus::rule(rule.kind).keeps != Keeps::kCore) return spec;
  spec.chip = ChipSpec{};
  spec.chip->neurons_per_core = 4;
  return spec;
}

RuleSpec whole(const Rule& row) {
  RuleSpec rule = rule_spec(row.kind);
  if (takes(row, Argument::What::kDepth)) rule.depth = 2;
  if (takes(row, Argument::What::kReach)) rule.reach = 2;
  if (row.signal == SignalSource::kFeedback) rule.feedback = {{1, ConstantWeights{1}}};
  return rule;
}

bool tells(const std::vector<Fault>& faults, const std::string& field, const std::string& words = "") {
  return std::ranges::any_of(faults, [&](const Fault& fault) {
    return fault.field == field && describe(fault).find(words) != std::string::npos;
  });
}

TEST(RuleRows, HaveAFieldInModelFiles) {
  std::set<std::string> fields;
  for (const Rule& row : kRules) fields.emplace(field_of(row.kind));
  for (const Rule& row : kLocalRules) fields.emplace(field_of(row.kind));
  std::set<std::string> in_schema;
  const auto* kinds = v1::Rule::descriptor()->FindOneofByName("kind");
  for (int i = 0; i < kinds->field_count(); ++i) in_schema.emplace(kinds->field(i)->name());
  EXPECT_EQ(fields, in_schema);
}

TEST(RuleRows, NeedALearningRateIfTheyLearn) {
  for (const Rule& row : kRules) {
    Spec spec = with_rule(whole(row));
    EXPECT_TRUE(check(spec).empty()) << row.name << ": " << ModelError(check(spec)).what();
    spec.training.learning_rate.reset();
    EXPECT_EQ(tells(check(spec), "training.learning_rate", std::string(row.name)), row.state != "none") << row.name;
  }
}

TEST(RuleRows, CheckTheNumbersThatTheirRowsTake) {
  for (const Rule& row : kRules) {
    const std::string where = "rules[0]." + std::string(field_of(row.kind)) + ".";
    const std::string usage_text = usage(row);
    RuleSpec rule = whole(row);
    rule.depth = -1;
    rule.stride = 0;
    rule.trace_decay = 2;
    rule.reach = 0;
    rule.paths = -1;
    rule.filter_tau = -1;
    const std::vector<Fault> faults = check(with_rule(rule));
    const auto has = [&](const char* word) { return usage_text.find(word) != std::string::npos; };
    EXPECT_EQ(tells(faults, where + "depth"), has("DEPTH")) << row.name;
    EXPECT_EQ(tells(faults, where + "stride"), has("STRIDE")) << row.name;
    EXPECT_EQ(tells(faults, where + "trace_decay"), has("DECAY")) << row.name;
    EXPECT_EQ(tells(faults, where + "reach"), has("REACH")) << row.name;
    EXPECT_EQ(tells(faults, where + "paths"), has("PATHS")) << row.name;
    EXPECT_EQ(tells(faults, where + "filter_tau"), row.equation.find("lambda_i(t)") != std::string::npos) << row.name;
  }
}

TEST(RuleRows, NeedAChipIfTheyStayOnCores) {
  for (const Rule& row : kRules) {
    Spec spec = with_rule(whole(row));
    spec.chip.reset();
    EXPECT_EQ(tells(check(spec), "rules[0].rtrl", "needs a chip"), row.name == "rtrl:core") << row.name;
  }
}

TEST(RuleRows, WarnAtTheirOwnField) {
  for (const Rule& row : kRules) {
    if (!takes(row, Argument::What::kDepth)) continue;
    RuleSpec rule = whole(row);
    rule.depth = 1;
    rule.stride = 2;
    Spec spec = with_rule(rule);
    spec.training.loss = Loss::kSequence;
    EXPECT_TRUE(tells(check(spec), "rules[0]." + std::string(field_of(row.kind)) + ".stride")) << row.name;
  }
}

TEST(RuleRows, TakeFeedbackIfTheirSignalComesOverIt) {
  for (const Rule& row : kRules) {
    const bool takes_feedback = row.signal == SignalSource::kFeedback;
    RuleSpec rule = whole(row);
    rule.feedback = {{1, ConstantWeights{1}}};
    const std::vector<Fault> faults = check(with_rule(rule));
    EXPECT_EQ(faults.empty(), takes_feedback) << row.name;
    for (const Rule& other : kRules) {
      if (takes_feedback || other.signal != SignalSource::kFeedback) continue;
      EXPECT_TRUE(!faults.empty() && describe(faults[0]).find(other.name) != std::string::npos) << other.name;
    }
  }
}

TEST(RuleRows, AreNamedByTheBuilderAtTheirOwnField) {
  for (const Rule& row : kRules) {
    if (row.signal != SignalSource::kFeedback) continue;
    Model model("m");
    model.input("in", 1);
    model.rate("rec", 3);
    model.readout("out", 1);
    RuleOptions options;
    options.rule = rule_spec(row.kind);
    options.feedback = {{.population = "nobody"}};
    model.rule(options);
    try {
      model.finish();
      ADD_FAILURE() << row.name;
    } catch (const ModelError& error) {
      const std::string field = "rules[0]." + std::string(row.name.substr(0, row.name.find(':')));
      EXPECT_TRUE(tells(error.faults(), field + ".feedback[0].population")) << error.what();
    }
  }
}

}  // namespace
}  // namespace locus
