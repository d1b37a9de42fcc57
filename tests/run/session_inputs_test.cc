// A session shows its constant inputs in each trial, whatever trials of the model's task came before.
#include <gtest/gtest.h>

#include "sim/run/session.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

/// One input, a constant one, and recorded trials that begin two ticks late.
Spec with_late_trials() {
  Spec spec;
  spec.name = "late";
  spec.seed = 3;
  spec.network.populations = {
      {.name = "in", .kind = PopulationKind::kInput, .size = 1},
      {.name = "one", .kind = PopulationKind::kInput, .size = 1, .constant = 0.5},
      {.name = "rec", .kind = PopulationKind::kRate, .size = 4, .activation = Activation::kTanh, .leak = 0.5},
      {.name = "out", .kind = PopulationKind::kReadout, .size = 1}};
  spec.network.projections = {
      {.name = "B", .source = 0, .target = 2, .weights = GaussianWeights{1}, .learning_rate = {}},
      {.name = "C", .source = 1, .target = 2, .weights = GaussianWeights{1}, .learning_rate = {}},
      {.name = "A", .source = 2, .target = 3, .weights = GaussianWeights{1}, .learning_rate = {}}};
  RecordedTrial trial;
  trial.input = DenseMatrix{2, 1, {1, 1}};
  trial.target = DenseMatrix{2, 1, {0, 0}};
  spec.task = RecordedTask{.trials = {trial}};
  spec.training.ticks = 4;
  spec.training.updates = 10;
  spec.training.learning_rate = 0;
  return spec;
}

std::vector<double> one_trial(Session& session) {
  std::vector<double> said;
  session.begin_trial();
  const double x = 0.25;
  for (std::int32_t t = 1; t <= session.ticks(); ++t) said.push_back(session.step({&x, 1})[0]);
  session.commit();
  return said;
}

TEST(SessionInputs, ConstantsComeBackAfterATrialThatBeganLate) {
  const Spec spec = with_late_trials();
  for (const TransportKind transport : kTransports) {
    Session fresh(spec, rule_spec(RuleKind::kBptt), {.transport = transport});
    const std::vector<double> expected = one_trial(fresh);
    EXPECT_NE(expected[0], 0) << "the constant input is heard from the first tick on";
    Session session(spec, rule_spec(RuleKind::kBptt), {.transport = transport});
    EXPECT_EQ(one_trial(session), expected);
    session.update();
    EXPECT_EQ(one_trial(session), expected) << name(transport);
    session.update();
    EXPECT_EQ(session.losses().at(1), session.losses().at(3)) << "and the model's trials are what they were";
  }
}

}  // namespace
}  // namespace locus
