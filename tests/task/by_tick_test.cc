// Inputs that are shown tick by tick, without a batch of them in memory: the same numbers, and the
// same run to the last bit over both transports.
#include <vector>

#include <gtest/gtest.h>

#include "core/transport/columns/columns.h"
#include "core/transport/mailbox/mailbox.h"
#include "sim/model/wire.h"
#include "sim/run/learner.h"
#include "sim/run/weights.h"
#include "sim/task/task.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

constexpr std::int32_t kShownTicks = 7;
constexpr std::int32_t kShownInputs = 5;

Spec spec_of(TaskSpec task, std::int32_t batch) {
  Spec spec;
  spec.seed = 3;
  spec.network.populations = {{.name = "in", .kind = PopulationKind::kInput, .size = 3},
                              {.name = "more", .kind = PopulationKind::kInput, .size = 2},
                              {.name = "out", .kind = PopulationKind::kReadout, .size = 1}};
  spec.task = std::move(task);
  spec.training.ticks = kShownTicks;
  spec.training.batch = batch;
  return spec;
}

/// What the task shows of some updates in both ways is the same.
void expect_same_inputs(const Spec& spec) {
  const std::int32_t lanes = spec.training.batch;
  Task task(spec);
  Task other(spec);
  auto whole = make_batch<double>(kShownTicks, kShownInputs, 1, lanes);
  auto by_tick = make_batch<double>(kShownTicks, kShownInputs, 1, lanes, &other);
  std::vector<double> shown(static_cast<std::size_t>(kShownInputs * lanes), 99);
  int events = 0;
  for (std::int64_t update = 0; update < 4; ++update) {
    task.fill(update, whole);
    other.fill(update, by_tick);
    EXPECT_TRUE(by_tick.input.empty());
    EXPECT_TRUE(std::equal(whole.target.begin(), whole.target.end(), by_tick.target.begin(), by_tick.target.end()));
    for (std::int32_t tick = 1; tick <= kShownTicks; ++tick) {
      other.show(tick, shown.data());
      for (std::size_t k = 0; k < shown.size(); ++k) {
        ASSERT_EQ(shown[k], whole.input_at(tick)[k]) << "update " << update << ", tick " << tick << ", cell " << k;
        events += shown[k] != 0 ? 1 : 0;
      }
    }
  }
  EXPECT_GT(events, 0);
}

TEST(ByTick, ShowsWhatABatchHolds) {
  const DenseMatrix target{kShownTicks, 1, std::vector<double>(kShownTicks, 0.5)};
  DenseMatrix dense{kShownTicks, kShownInputs, std::vector<double>(kShownTicks * kShownInputs)};
  for (std::size_t k = 0; k < dense.values.size(); ++k) dense.values[k] = 0.5 * static_cast<double>(k) - 3;
  const SparseMatrix in_order{kShownTicks, kShownInputs, {0, 0, 2, 6}, {1, 4, 0, 0}, {1, 2, 3, 4}};
  const SparseMatrix in_no_order{kShownTicks, kShownInputs, {5, 0, 3, 3, 1}, {2, 2, 4, 0, 2}, {1, 2, 3, 4, 5}};
  const SparseMatrix without{kShownTicks, kShownInputs, {}, {}, {}};
  const std::vector<RecordedTrial> trials = {{in_order, target}, {in_no_order, {}}, {dense, target}, {without, target}};
  for (const std::int32_t lanes : {1, 2, 3}) {
    SCOPED_TRACE(lanes);
    expect_same_inputs(spec_of(RecordedTask{trials}, lanes));
    expect_same_inputs(spec_of(
        DrawnTask{.inputs = {{0, PoissonSpec{{300, 900, 0}}}, {1, WhiteNoiseSpec{1, 2}}}, .patterns = 3, .targets = {}},
        lanes));
  }
}

TEST(ByTick, IsForInputsThatWouldTakeMuchMemory) {
  Spec spec = spec_of(DrawnTask{.inputs = {}, .patterns = 0, .targets = {}}, 2);
  EXPECT_FALSE(shows_tick_by_tick(spec, 2));
  spec.training.ticks = 1'000'000;  // x 5 inputs x 2 trials x 8 bytes
  EXPECT_TRUE(shows_tick_by_tick(spec, 2));
  spec.precision = Precision::kFloat32;
  EXPECT_FALSE(shows_tick_by_tick(spec, 1));
  EXPECT_TRUE(shows_tick_by_tick(spec, 4));
}

/// Losses and weights of a few updates.
template <class T>
std::vector<std::vector<double>> run_of(const Spec& spec, const RuleSpec& rule, bool by_tick) {
  const Topology topology = topology_of(spec);
  Learner<double, T> learner(spec, topology, rule, {.inputs_tick_by_tick = by_tick}, Executor{});
  Task task(spec);
  auto batch = make_batch<double>(spec.training.ticks, learner.network().inputs.size, learner.network().readouts.size,
                                  learner.network().lanes, by_tick ? &task : nullptr);
  std::vector<double> losses;
  for (std::int64_t update = 0; update < 3; ++update) {
    task.fill(update, batch);
    losses.push_back(learner.run(batch));
    learner.commit();
  }
  std::vector<std::vector<double>> all = values_of(learner.network());
  all.push_back(losses);
  return all;
}

TEST(ByTick, GivesTheSameBits) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    for (Spec spec : {odd_model(seed), smooth_model({2, 4, 1, 5}, {.activation = Activation::kTanh}, seed)}) {
      for (const RuleSpec& rule : spec.rules) {
        SCOPED_TRACE(rule.name + " of " + describe(spec));
        ASSERT_EQ(run_of<Columns<double>>(spec, rule, true), run_of<Columns<double>>(spec, rule, false));
        ASSERT_EQ(run_of<Mailbox<double>>(spec, rule, true), run_of<Mailbox<double>>(spec, rule, false));
      }
    }
  }
}

}  // namespace
}  // namespace locus
