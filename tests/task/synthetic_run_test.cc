// Runs on the tasks of the literature: the same bits for any number of threads, the same counts and
// nearly the same numbers over both transports, a run in two halves equal to a whole one.
#include <gtest/gtest.h>

#include "sim/run/run.h"
#include "tests/task/synthetic_tasks.h"

namespace locus {
namespace {

/// A small tanh network on the task, under some rules.
Spec learning_spec(const NamedTask& named) {
  Spec spec = synthetic_spec(named.kind, named.readouts, named.ticks);
  spec.network.populations[1] = {
      .name = "rec", .kind = PopulationKind::kRate, .size = 5, .activation = Activation::kTanh, .leak = 0.5};
  spec.network.projections = {{.name = "B", .source = 0, .target = 1, .weights = GaussianWeights{0.5}},
                              {.name = "W", .source = 1, .target = 1, .weights = GaussianWeights{0.4}},
                              {.name = "A", .source = 1, .target = 2, .weights = GaussianWeights{0.4}}};
  spec.training.batch = 3;
  spec.training.updates = 4;
  spec.training.learning_rate = 0.05;
  spec.training.evaluation = EvaluationSpec{.every = 2, .trials = 5};
  RuleSpec rflo{.name = "rflo", .kind = RuleKind::kRflo};
  rflo.feedback = {{1, GaussianWeights{1}}};
  spec.rules = {{.name = "bptt", .kind = RuleKind::kBptt}, rflo};
  return spec;
}

TEST(SyntheticRuns, AreTheSameOnAnyNumberOfThreads) {
  for (const NamedTask& named : every_task()) {
    SCOPED_TRACE(named.name);
    const Spec spec = learning_spec(named);
    const RunResult one = run(spec, {.threads = 1});
    const RunResult three = run(spec, {.threads = 3});
    const RunResult mailbox = run(spec, {.transport = TransportKind::kMailbox, .threads = 2});
    for (std::size_t r = 0; r < one.outcomes.size(); ++r) {
      const Outcome& wanted = one.outcomes[r];
      EXPECT_EQ(wanted.status, Status::kCompleted) << wanted.message;
      EXPECT_EQ(three.outcomes[r].fingerprint, wanted.fingerprint);
      EXPECT_EQ(mailbox.outcomes[r].ledger, wanted.ledger);
      ASSERT_EQ(wanted.losses.size(), 4U);
      for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(mailbox.outcomes[r].losses[k], wanted.losses[k], 1e-12);
      ASSERT_EQ(wanted.evaluations.size(), 3U);
      EXPECT_NE(wanted.evaluations[0].loss, wanted.losses[0]) << "held-out trials are others";
    }
    Spec narrow = spec;
    narrow.precision = Precision::kFloat32;
    const RunResult floats = run(narrow, {.threads = 1});
    for (std::size_t k = 0; k < 4; ++k)
      EXPECT_NEAR(floats.outcomes[0].losses[k], one.outcomes[0].losses[k], 1e-5 * (1 + one.outcomes[0].losses[k]));
  }
}

}  // namespace
}  // namespace locus
