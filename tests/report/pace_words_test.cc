// The paces of rules in words, and in a result.
#include "sim/report/pace_words.h"

#include <gtest/gtest.h>

#include "locus/v1/result.pb.h"
#include "sim/report/result_message.h"
#include "sim/run/run.h"
#include "tests/report/sample.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

Spec paced_model() {
  Spec spec = small_model({2, 3, 1, 4}, {}, 2);
  spec.training.learning_rate = 0.05;
  spec.rules = {rule_spec(RuleKind::kBptt), rule_spec(RuleKind::kEprop), rule_spec(RuleKind::kNone)};
  spec.rules[0].learning_rate = 0.003;
  spec.rules[0].schedule = ScheduleSpec{.warmup = 3, .decay = ScheduleSpec::Decay::kCosine};
  spec.rules[1].optimizer = Optimizer{.element = 0.5, .momentum = 0.9, .weight_decay = 0.01};
  spec.network.projections[1].learning_rate = 0.5;
  spec.network.projections[1].limits = {.sign = 0, .min = -4, .max = {}, .decay = 0.25};
  return spec;
}

TEST(PaceWords, SayWhatIsARulesOwn) {
  EXPECT_EQ(paces_of(paced_model()),
            "learning rates: bptt 0.003, cosine schedule, warm-up 3; eprop 0.05, momentum 0.9, weight decay 0.01, "
            "changes to 0.5");
  EXPECT_EQ(paces_of(sample_spec()), "");
  EXPECT_EQ(optimizer_words(Optimizer{.adam = Optimizer::Adam{}, .weight_min = 0, .weight_max = 2}),
            "Adam, weights from 0, weights to 2");
  EXPECT_EQ(optimizer_words(Optimizer{}), "gradient descent");
}

TEST(PaceWords, AndAResultHasThem) {
  LentLists lists;
  const v1::Result result = result_message(run(paced_model(), {.threads = 1}), lists, Extent::kWithoutWeights);
  EXPECT_EQ(result.runs(0).learning_rate(), 0.003);
  EXPECT_EQ(result.runs(0).schedule().warmup(), 3);
  EXPECT_TRUE(result.runs(0).schedule().has_cosine());
  EXPECT_FALSE(result.runs(0).has_optimizer());
  EXPECT_FALSE(result.runs(1).has_learning_rate());
  EXPECT_EQ(result.runs(1).optimizer().sgd().momentum(), 0.9);
  EXPECT_EQ(result.runs(1).optimizer().weight_decay(), 0.01);
  EXPECT_EQ(result.runs(1).clip().element(), 0.5);
  const v1::Outline& outline = result.outline();
  EXPECT_EQ(outline.projections(0).learning_rate(), 0.05);
  EXPECT_FALSE(outline.projections(0).has_own_rate());
  EXPECT_EQ(outline.projections(0).delay(), 0);
  EXPECT_TRUE(outline.projections(1).has_own_rate());
  EXPECT_EQ(outline.projections(1).delay(), 1);
  EXPECT_EQ(outline.projections(1).weight_min(), -4);
  EXPECT_FALSE(outline.projections(1).has_weight_max());
  EXPECT_EQ(outline.projections(1).weight_decay(), 0.25);
}

}  // namespace
}  // namespace locus
