// Runs on the tasks of the literature: the same bits for any number of threads, the same counts and
// nearly the same numbers over both transports, a run in two halves equal to a whole one.
#include <gtest/gtest.h>

#include "sim/model/bias.h"
#include "sim/model/network_size.h"
#include "sim/run/run.h"
#include "sim/task/task.h"
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

TEST(SyntheticTrials, LeaveConstantInputsAndBiasesAlone) {
  constexpr std::int32_t kLanes = 2;
  for (const NamedTask& named : every_task()) {
    SCOPED_TRACE(named.name);
    const Spec plain = synthetic_spec(named.kind, named.readouts, named.ticks);
    Spec spec = plain;
    spec.network.populations.push_back(spec.network.populations[0]);
    spec.network.populations[0] = {.name = "c", .kind = PopulationKind::kInput, .size = 2, .constant = 0.75};
    spec.network.projections.push_back(
        {.name = "C", .source = 0, .target = 1, .weights = ConstantWeights{1}, .plastic = false});
    add_bias(spec.network, 1, {.value = {0.5}});
    const std::int32_t shown = plain.network.populations[0].size;
    const std::int32_t inputs = shown + 3;  // two constant ones first, and the unit last
    auto batch = make_batch<double>(spec.training.ticks, inputs, named.readouts, kLanes);
    auto wanted = make_batch<double>(plain.training.ticks, shown, named.readouts, kLanes);
    Task task(spec, kLanes);
    Task plain_task(plain, kLanes);
    for (int update = 0; update < 2; ++update) {
      task.fill(update, batch);
      plain_task.fill(update, wanted);
      EXPECT_EQ(batch.target, wanted.target);
      for (std::int32_t tick = 1; tick <= batch.ticks; ++tick) {
        for (std::int32_t cell = 0; cell < inputs * kLanes; ++cell) {
          const std::int32_t input = cell / kLanes;
          const double want = input < 2 ? 0.75 : input < 2 + shown ? wanted.input_at(tick)[cell - 2 * kLanes] : 1;
          ASSERT_EQ(batch.input_at(tick)[cell], want) << "tick " << tick << ", cell " << cell;
        }
      }
    }
  }
}

TEST(SyntheticRuns, LearnBiases) {
  Spec spec = learning_spec(every_task().front());
  const RunResult without = run(spec, {.threads = 1});
  add_bias(spec.network, 1, {.value = {0.0}});
  const RunResult with = run(spec, {.threads = 1});
  const RunResult mailbox = run(spec, {.transport = TransportKind::kMailbox, .threads = 2});
  EXPECT_NEAR(with.outcomes[0].losses[0], without.outcomes[0].losses[0], 1e-12) << "a bias of 0";
  EXPECT_NE(with.outcomes[0].losses[3], without.outcomes[0].losses[3]) << "which learns";
  for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(mailbox.outcomes[0].losses[k], with.outcomes[0].losses[k], 1e-12);
}

}  // namespace
}  // namespace locus
