// Runs whose neurons are shared out to ranks, here threads with an exchange by copy: losses,
// weights and counts are those of one process to the last bit, for every rule that can be shared
// out. Grains are small here, so that small networks have several.
#include <bit>
#include <functional>
#include <map>
#include <mutex>

#include <gtest/gtest.h>

#include "core/actor/network_part.h"
#include "core/transport/columns/columns.h"
#include "sim/model/build.h"
#include "sim/model/errors.h"
#include "sim/model/wire.h"
#include "sim/ranks/thread_ranks.h"
#include "sim/run/learner.h"
#include "sim/run/update.h"
#include "sim/run/workers.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

constexpr std::int32_t kSmallGrain = 32;  // whole registers of either precision, at any level

/// What a run comes to.
struct Reached {
  std::vector<std::uint64_t> losses;  // bits, by update
  std::vector<std::vector<std::uint64_t>> weights;
  // messages and scalars
  std::map<std::pair<Channel, std::int32_t>, std::pair<std::int64_t, std::int64_t>> counts;
  std::int64_t trials = 0;
  std::int64_t stalled = 0;

  void add(const Ledger& ledger) {
    for (const LedgerEntry& entry : ledger.entries()) {
      auto& [messages, scalars] = counts[{entry.channel, entry.lag}];
      messages += entry.tally.messages;
      scalars += entry.tally.scalars;
    }
    trials += ledger.trials();
    stalled += ledger.stalled_ticks();
  }
  friend bool operator==(const Reached&, const Reached&) = default;
};

template <class R>
std::vector<std::uint64_t> bits_of(const Network<R>& network) {
  std::vector<std::uint64_t> bits;
  for (const Synapses<R>& synapses : network.synapses) {
    for (const R weight : synapses.weight) bits.push_back(std::bit_cast<std::uint64_t>(static_cast<double>(weight)));
  }
  return bits;
}

/// One learner through all updates. Returns the losses.
template <class R>
std::vector<std::uint64_t> train(const Spec& spec, Learner<R, Columns<R>>& learner) {
  Updates<R, Columns<R>> updates(learner, spec);
  std::vector<std::uint64_t> losses;
  for (std::int64_t update = 0; update < spec.training.updates; ++update) {
    losses.push_back(std::bit_cast<std::uint64_t>(updates.run(update)));
    learner.commit();
  }
  return losses;
}

template <class R>
Reached by_one(const Spec& spec, const Topology& topology, const RuleSpec& rule) {
  Learner<R, Columns<R>> learner(spec, topology, rule, Audience{}, Executor{});
  Reached reached;
  reached.losses = train<R>(spec, learner);
  reached.weights.push_back(bits_of(learner.network()));
  reached.add(learner.door().ledger());
  return reached;
}

template <class R>
Reached by_ranks(const Spec& spec, const Topology& topology, const RuleSpec& rule, int ranks, int threads) {
  Network<R> whole = build<R>(spec, topology, rule, spec.training.batch);
  Reached reached;
  std::mutex mutex;
  ThreadRanks table(ranks);
  table.run([&](RankExchange exchange) {
    Workers workers(exchange.rank % 2 == 0 ? threads : 1);  // unequal threads
    Learner<R, Columns<R>> learner(spec, topology, rule, Audience{}, workers.executor(), exchange);
    const std::vector<std::uint64_t> losses = train<R>(spec, learner);
    const std::lock_guard lock(mutex);
    if (reached.losses.empty()) reached.losses = losses;
    EXPECT_EQ(reached.losses, losses) << "rank " << exchange.rank;
    put_part(learner.network(), whole);
    reached.add(learner.door().ledger());
  });
  reached.weights.push_back(bits_of(whole));
  return reached;
}

bool can_be_shared(const RuleSpec& rule) {
  return !tells_changes(locus::rule(rule.kind).drive) && !is_local(rule.kind);
}

template <class R>
void expect_same(const Spec& spec, std::int32_t grain, const std::vector<int>& all_ranks) {
  Topology topology = topology_of(spec);
  topology.grain = grain;
  for (const RuleSpec& rule : spec.rules) {
    if (!can_be_shared(rule)) continue;
    const Reached one = by_one<R>(spec, topology, rule);
    for (const int ranks : all_ranks) {
      const Reached shared = by_ranks<R>(spec, topology, rule, ranks, ranks == 2 ? 2 : 1);
      EXPECT_EQ(shared.losses, one.losses) << rule.name << ", " << ranks << " ranks";
      EXPECT_EQ(shared.weights, one.weights) << rule.name << ", " << ranks << " ranks";
      EXPECT_EQ(shared.counts, one.counts) << rule.name << ", " << ranks << " ranks";
      EXPECT_EQ(shared.trials, one.trials) << rule.name;
      EXPECT_EQ(shared.stalled, one.stalled) << rule.name;
      if (testing::Test::HasFailure()) return;
    }
  }
}

Style tanh_style() {
  Style style;
  style.activation = Activation::kTanh;
  style.leak = 0.5;
  return style;
}

/// One population of 100 neurons, in three grains.
Spec one_population(CommitWhen commit) {
  Spec spec = small_model({.inputs = 3, .units = 100, .readouts = 5, .ticks = 7}, tanh_style(), 7);
  spec.training.commit = commit;
  spec.training.updates = 3;
  spec.training.learning_rate = 0.01;
  return spec;
}

TEST(SharesInThreads, GiveTheBitsOfOneProcess) {
  expect_same<double>(one_population(CommitWhen::kEndOfBatch), kSmallGrain, {1, 2, 5});
  expect_same<double>(one_population(CommitWhen::kEveryTick), kSmallGrain, {2, 3});
  expect_same<float>(one_population(CommitWhen::kEndOfBatch), kSmallGrain, {3});
  expect_same<float>(one_population(CommitWhen::kEveryTick), kSmallGrain, {2});
}

TEST(SharesInThreads, OfSeveralPopulationsAndTrialsGiveTheBitsOfOneProcess) {
  expect_same<double>(wide_model(80, tanh_style(), CommitWhen::kEveryTick, 1), kSmallGrain, {5});
  expect_same<double>(wide_model(80, tanh_style(), CommitWhen::kEndOfBatch, 1), kSmallGrain, {3});
  expect_same<double>(wide_model(80, tanh_style(), CommitWhen::kEndOfBatch, 3), kSmallGrain, {2, 5});
}

TEST(SharesInThreads, WithDelaysMomentsAndCarriedStateGiveTheBitsOfOneProcess) {
  Spec spec = one_population(CommitWhen::kEndOfBatch);
  spec.training.optimizer.adam = Optimizer::Adam{};
  expect_same<double>(spec, kSmallGrain, {3});
  spec = one_population(CommitWhen::kEndOfBatch);
  spec.training.carry_state = true;
  expect_same<double>(spec, kSmallGrain, {3});
  expect_same<double>(with_delays(one_population(CommitWhen::kEndOfBatch), 3), kSmallGrain, {3});
}

TEST(SharesInThreads, UnderABoundOfTheNormGiveTheBitsOfOneProcess) {
  Spec spec = one_population(CommitWhen::kEndOfBatch);
  spec.training.optimizer.norm = 0.01;
  expect_same<double>(spec, kSmallGrain, {3});
}

/// All neurons are in one grain: the other ranks have none, and hear of it all.
TEST(SharesInThreads, OfOneGrainLeaveRanksWithoutNeurons) {
  for (const CommitWhen commit : {CommitWhen::kEndOfBatch, CommitWhen::kEveryTick})
    expect_same<double>(one_population(commit), 128, {3});
}

TEST(Shares, AreWholeGrainsAndEven) {
  Topology topology = topology_of(one_population(CommitWhen::kEndOfBatch));
  topology.grain = kSmallGrain;
  EXPECT_EQ(shares_of(topology, 2), (std::vector<Share>{{0, 32}, {32, 100}}));
  EXPECT_EQ(shares_of(topology, 3), (std::vector<Share>{{0, 32}, {32, 64}, {64, 100}}));
  EXPECT_EQ(shares_of(topology, 5), (std::vector<Share>{{0, 0}, {0, 32}, {32, 32}, {32, 64}, {64, 100}}));
}

TEST(SharesInThreads, RefuseRtrl) {
  const Spec spec = one_population(CommitWhen::kEndOfBatch);
  const Topology topology = topology_of(spec);
  ThreadRanks table(2);
  try {
    table.run([&](RankExchange exchange) {
      Learner<double, Columns<double>>(spec, topology, rule_spec(RuleKind::kRtrl), Audience{}, Executor{}, exchange);
    });
    ADD_FAILURE() << "RTRL was shared out";
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(), "RTRL's sensitivities (n N scalars a tick) cannot be cut by neurons: run it alone");
  }
}

/// A call that only some ranks make is an error, not a run that hangs.
TEST(SharesInThreads, ThatWaitInVainSaySo) {
  ThreadRanks table(2);
  const auto one_sided = [](RankExchange exchange) {
    double all[2] = {};
    if (exchange.rank == 0) exchange.share(exchange.context, all, sizeof(double));
  };
  EXPECT_THROW(table.run(one_sided, 1), std::runtime_error);
}

}  // namespace
}  // namespace locus
