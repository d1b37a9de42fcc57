// A run on drawn inputs equals a run on the same trials as recorded ones: losses, weights and
// counts to the last bit, for any transport, batch and number of threads. Results for recorded
// trials (the oracle, the fixtures) therefore hold for drawn ones too.
#include <gtest/gtest.h>

#include "sim/run/run.h"
#include "sim/task/task.h"

namespace locus {
namespace {

Spec spiking_spec() {
  Spec spec;
  spec.name = "drawn";
  spec.seed = 5;
  PopulationSpec lif{"lif", PopulationKind::kRate, 9};
  lif.lif = LifSpec{.leak = {20, false}, .threshold = 0.6, .refractory = 2};
  PopulationSpec out{"out", PopulationKind::kReadout, 2};
  out.memory = LeakSpec{10, false};
  spec.network.populations = {{"spikes", PopulationKind::kInput, 12}, {"noise", PopulationKind::kInput, 2}, lif, out};
  spec.network.projections = {{"B", 0, 2, GaussianWeights{0.5}, true, {}},
                              {"N", 1, 2, GaussianWeights{0.1}, true, {}},
                              {"W", 2, 2, GaussianWeights{0.3}, true, {}, false},
                              {"A", 2, 3, GaussianWeights{1}, true, {}}};
  spec.training = {.loss = Loss::kSum, .ticks = 40, .batch = 3, .updates = 4, .learning_rate = 1e-3};
  spec.training.dt = 0.5;
  DrawnTask task{{{1, WhiteNoiseSpec{0.1, 1}}, {0, PoissonSpec{{200}}}}, 5, {}};
  task.targets.emplace_back(SinesSpec{{20, 10}});
  spec.task = task;
  RuleSpec eprop{.name = "eprop", .kind = RuleKind::kEpropRandom};
  eprop.feedback = {{2, GaussianWeights{1}}};
  spec.rules = {eprop, {.name = "bptt", .kind = RuleKind::kBptt}};
  return spec;
}

/// The same model with its first trials recorded.
Spec recorded(const Spec& drawn) {
  Task task(drawn);
  const std::int32_t lanes = drawn.training.batch;
  Batch<double> batch = make_batch<double>(drawn.training.ticks, 14, 2, lanes);
  RecordedTask trials;
  for (std::int64_t update = 0; update < drawn.training.updates; ++update) {
    task.fill(update, batch);
    for (std::size_t lane = 0; lane < static_cast<std::size_t>(lanes); ++lane) {
      DenseMatrix input{batch.ticks, 14, {}};
      DenseMatrix target{batch.ticks, 2, {}};
      for (std::size_t k = lane; k < batch.input.size(); k += static_cast<std::size_t>(lanes))
        input.values.push_back(batch.input[k]);
      for (std::size_t k = lane; k < batch.target.size(); k += static_cast<std::size_t>(lanes))
        target.values.push_back(batch.target[k]);
      trials.trials.push_back({input, target});
    }
  }
  Spec spec = drawn;
  spec.task = trials;
  return spec;
}

TEST(DrawnRuns, AreThoseOfTheirTrialsRecorded) {
  const Spec drawn = spiking_spec();
  const Spec known = recorded(drawn);
  const RunResult wanted = run(known, {.transport = TransportKind::kBatched, .threads = 1});
  const RunResult mailbox = run(known, {.transport = TransportKind::kMailbox, .threads = 1});
  for (const int threads : {1, 3}) {
    const RunResult batched = run(drawn, {.transport = TransportKind::kBatched, .threads = threads});
    const RunResult alone = run(drawn, {.transport = TransportKind::kMailbox, .threads = threads});
    for (std::size_t r = 0; r < wanted.outcomes.size(); ++r) {
      EXPECT_GT(wanted.outcomes[r].losses.front(), 0);
      EXPECT_GT(wanted.outcomes[r].rates.at(0).first, 1) << "nothing spikes, and nothing is shown";
      EXPECT_EQ(batched.outcomes[r].losses, wanted.outcomes[r].losses);
      EXPECT_EQ(batched.outcomes[r].fingerprint, wanted.outcomes[r].fingerprint);
      EXPECT_EQ(alone.outcomes[r].losses, mailbox.outcomes[r].losses);
      EXPECT_EQ(alone.outcomes[r].fingerprint, mailbox.outcomes[r].fingerprint);
    }
  }
}

}  // namespace
}  // namespace locus
