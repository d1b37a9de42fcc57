// Runs of ticks of networks that learn nothing: the batched transport with all ticks of a trial at
// once, against the same transport tick by tick and against the mailbox.
//
// An observer of every tick, even one that does nothing, keeps a trial from taking several ticks at
// once. With it, all states are the same to the last bit; with the mailbox they agree to 1e-12.
// Every count is equal.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/transport/columns/columns.h"
#include "core/transport/mailbox/mailbox.h"
#include "sim/model/wire.h"
#include "sim/run/learner.h"
#include "sim/run/update.h"
#include "tests/support/random_model.h"
#include "tests/support/spiking_model.h"

namespace locus {
namespace {

/// What is left of a run: its counts, and the states of rate neurons and readouts.
struct Left {
  Ledger ledger;
  std::vector<double> states;
  double spikes = 0;
  Fuses fuses = Fuses::kNothing;
};

template <class R, class T>
Left run(const Spec& spec, bool watched) {
  const Topology topology = topology_of(spec);
  Learner<R, T> learner(spec, topology, spec.rules.front(), Audience{}, Executor{});
  if (watched) learner.trial().observe([](Tick, const Network<R>&) {});
  Updates<R, T> updates(learner, spec);
  for (std::int64_t update = 0; update < 3; ++update) {
    updates.run(update);
    EXPECT_TRUE(learner.commit());
  }
  Left left{learner.door().ledger(), {}, 0, Fuses::kNothing};
  if constexpr (requires(T & transport) { transport.fuses(); }) left.fuses = learner.transport().fuses();
  const Network<R>& network = learner.network();
  for (const Column<R>* column : {&network.rate.activity, &network.rate.lif.voltage, &network.rate.lif.count,
                                  &network.rate.lif.synaptic, &network.readouts.output})
    left.states.insert(left.states.end(), column->begin(), column->end());
  for (const R count : network.rate.lif.count) left.spikes += static_cast<double>(count);
  return left;
}

/// Without a rule, noise and batch, which do without such runs.
Spec still(Spec spec) {
  spec.rules = {RuleSpec{.name = "none", .kind = RuleKind::kNone}};
  spec.chip.reset();
  spec.records.clear();
  spec.training.batch = 1;
  spec.training.commit = CommitWhen::kEndOfBatch;
  spec.training.ticks = std::max(spec.training.ticks, 1);
  for (PopulationSpec& population : spec.network.populations) population.noise.reset();
  return spec;
}

template <class R>
double expect_runs_are_ticks(const Spec& spec, double tolerance) {
  const Left at_once = run<R, Columns<R>>(spec, false);
  const Left one_by_one = run<R, Columns<R>>(spec, true);
  const Left messages = run<R, Mailbox<R>>(spec, false);
  EXPECT_EQ(at_once.fuses, Fuses::kErrors) << spec.name << ": no ticks are taken at once, so that nothing is compared";
  EXPECT_EQ(at_once.ledger, one_by_one.ledger) << spec.name;
  EXPECT_EQ(at_once.ledger, messages.ledger) << spec.name;
  EXPECT_EQ(at_once.states, one_by_one.states) << spec.name;
  EXPECT_EQ(at_once.states.size(), messages.states.size());
  for (std::size_t k = 0; k < at_once.states.size(); ++k)
    EXPECT_NEAR(at_once.states[k], messages.states[k], tolerance * std::max(1.0, std::abs(messages.states[k])))
        << spec.name;
  return at_once.spikes;
}

TEST(ForwardRuns, AreTheirTicksOneByOne) {
  double spikes = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Spec spec = still(odd_spiking_model(8100 + seed));
    if (weighs_errors(spec.task, spec.training.ticks)) continue;  // they begin late, one by one
    if (seed % 3 == 0) spec = with_delays(spec, seed);
    spikes += expect_runs_are_ticks<double>(spec, 1e-12);
    expect_runs_are_ticks<float>(spec, 1e-5);
  }
  EXPECT_GT(spikes, 100) << "nobody spoke, so that nothing was compared";
}

TEST(ForwardRuns, TakeRateNeuronsToo) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) expect_runs_are_ticks<double>(still(odd_model(8200 + seed)), 1e-12);
}

}  // namespace
}  // namespace locus
