// The plan that the table and the estimate of memory show is the plan of the learner that runs.
#include "sim/run/horizon.h"

#include <gtest/gtest.h>

#include "core/transport/columns/columns.h"
#include "sim/model/wire.h"
#include "sim/run/learner.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

void expect_same(const Plan& foreseen, const Plan& carried) {
  EXPECT_EQ(foreseen.bytes, carried.bytes);
  EXPECT_EQ(foreseen.runs, carried.runs);
  EXPECT_EQ(foreseen.ahead_ticks, carried.ahead_ticks);
  EXPECT_EQ(foreseen.recurrent, carried.recurrent);
  ASSERT_EQ(foreseen.projections.size(), carried.projections.size());
  for (std::size_t p = 0; p < foreseen.projections.size(); ++p) {
    EXPECT_EQ(foreseen.projections[p].sends, carried.projections[p].sends);
    EXPECT_EQ(foreseen.projections[p].learns, carried.projections[p].learns);
    EXPECT_EQ(foreseen.projections[p].commits, carried.projections[p].commits);
  }
}

TEST(HorizonOfARun, GivesThePlanOfItsLearner) {
  int running = 0;
  int every_tick = 0;
  for (std::uint64_t seed = 1; seed <= 44; ++seed) {
    // a network without noise or biases runs through its ticks
    Spec spec = seed <= 40 ? odd_model(seed) : small_model({2, 5, 2, 6}, {}, seed);
    if (seed % 3 == 0) spec.training.batch = 1;
    if (seed % 2 == 0) {
      std::int32_t readout = 0;
      while (spec.network.populations[static_cast<std::size_t>(readout)].kind != PopulationKind::kReadout) ++readout;
      spec.records = {{.name = "y", .quantity = Quantity::kOutput, .of = readout, .last_tick = spec.training.ticks}};
    }
    const Topology topology = topology_of(spec);
    for (const RuleSpec& rule : spec.rules) {
      SCOPED_TRACE(rule.name + " of " + std::to_string(seed));
      Learner<double, Columns<double>> learner(spec, topology, rule, audience_of(spec), Executor{});
      const Plan& carried = learner.transport().plan();
      expect_same(plan_of(spec, rule, 1), carried);
      running += carried.runs ? 1 : 0;
      for (const ProjectionPlan& one : carried.projections) every_tick += one.learns == Way::kFused ? 1 : 0;
      const bool commits = learner.shape().commits_every_tick;
      EXPECT_EQ(commits, spec.training.commit == CommitWhen::kEveryTick);
    }
  }
  EXPECT_GT(running, 0);
  EXPECT_GT(every_tick, 0);
}

}  // namespace
}  // namespace locus
