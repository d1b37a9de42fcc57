// Whole runs of ranks, here threads with an exchange by copy: what the first rank has at the end is
// the result of one process, and so is each of its states on the way, from which any number of
// ranks goes on.
#include "sim/run/run.h"

#include <atomic>
#include <bit>
#include <limits>
#include <mutex>

#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "sim/model/wire.h"
#include "sim/ranks/agree.h"
#include "sim/ranks/thread_ranks.h"
#include "sim/run/learner.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

constexpr std::int32_t kGrain = 32;  // small networks then have several

Topology in_small_grains(const Spec& spec) {
  Topology topology = topology_of(spec);
  topology.grain = kGrain;
  return topology;
}

/// The first rank's result of a run that ranks share.
RunResult run_shared(const Spec& spec, int ranks, const RunOptions& first, RunState* from = nullptr) {
  RunResult result;
  ThreadRanks table(ranks);
  table.run([&](RankExchange exchange) {
    RunOptions options = exchange.rank == 0 ? first : RunOptions{.may_go_on = first.may_go_on};
    options.threads = 1 + exchange.rank % 2;
    options.exchange = exchange;
    RunState state = from != nullptr ? *from : RunState();
    if (from != nullptr) options.from = &state;
    RunResult own = run(spec, in_small_grains(spec), options);
    if (exchange.rank == 0) result = std::move(own);
  });
  return result;
}

void expect_same(const RunResult& one, const RunResult& other, const std::string& what) {
  ASSERT_EQ(one.outcomes.size(), other.outcomes.size()) << what;
  for (std::size_t k = 0; k < one.outcomes.size(); ++k) {
    const Outcome& a = one.outcomes[k];
    const Outcome& b = other.outcomes[k];
    EXPECT_EQ(a.fingerprint, b.fingerprint) << what << ", " << a.rule;
    EXPECT_EQ(a.ledger.entries(), b.ledger.entries()) << what << ", " << a.rule;
    EXPECT_EQ(a.ledger.stalled_ticks(), b.ledger.stalled_ticks()) << what << ", " << a.rule;
    EXPECT_EQ(a.ledger.history_bytes(), b.ledger.history_bytes()) << what << ", " << a.rule;
    EXPECT_EQ(a.status, b.status) << what << ", " << a.rule;
    EXPECT_EQ(a.message, b.message) << what << ", " << a.rule;
    EXPECT_EQ(a.evaluations, b.evaluations) << what << ", " << a.rule;
    EXPECT_EQ(a.commits, b.commits) << what << ", " << a.rule;
    ASSERT_EQ(a.kept.size(), b.kept.size()) << what << ", " << a.rule;
    for (std::size_t i = 0; i < a.kept.size(); ++i) EXPECT_EQ(a.kept[i].values, b.kept[i].values) << what;
    ASSERT_EQ(a.ranks.size(), b.ranks.size()) << what << ", " << a.rule;
    for (std::size_t i = 0; i < a.ranks.size(); ++i)
      EXPECT_EQ(a.ranks[i].singular_values, b.ranks[i].singular_values) << what;
  }
}

/// One population of 100 neurons, in three grains, under all rules that ranks can share.
Spec small_run() {
  Style style;
  style.activation = Activation::kTanh;
  style.leak = 0.5;
  Spec spec = small_model({.inputs = 3, .units = 100, .readouts = 5, .ticks = 7}, style, 7);
  spec.training.updates = 4;
  spec.training.learning_rate = 0.01;
  std::erase_if(spec.rules, [&](const RuleSpec& rule) {
    const Drive drive = locus::rule(rule.kind).drive;
    return drive == Drive::kSensitivity || drive == Drive::kFactors || is_local(rule.kind);
  });
  return spec;
}

TEST(RunsInThreads, OfRanksEndWithTheResultOfOneProcess) {
  Spec spec = small_run();
  spec.training.optimizer.adam = Optimizer::Adam{};
  spec.training.carry_state = true;
  const RunOptions options{.threads = 1, .may_go_on = true};
  const RunResult one = run(spec, in_small_grains(spec), options);
  ASSERT_FALSE(one.outcomes.empty());
  for (const int ranks : {2, 3, 5})
    expect_same(one, run_shared(spec, ranks, options), std::to_string(ranks) + " ranks");
}

TEST(RunsInThreads, OfRanksWithTrialsHeldOutEndWithTheResultOfOneProcess) {
  Spec spec = small_run();
  auto& recorded = std::get<RecordedTask>(spec.task);
  recorded.evaluation_trials = {recorded.trials.front()};
  spec.training.evaluation = EvaluationSpec{.every = 2, .trials = 1};
  const RunResult one = run(spec, in_small_grains(spec), {.threads = 1});
  ASSERT_FALSE(one.outcomes.back().evaluations.empty());
  expect_same(one, run_shared(spec, 3, {}), "3 ranks");
}

/// Rule by rule and update by update: what a checkpoint would hold, and what follows from it.
TEST(RunsInThreads, OfRanksGoOnFromEachStateOnAnyNumberOfThem) {
  Spec spec = small_run();
  spec.training.optimizer.adam = Optimizer::Adam{};
  spec.training.carry_state = true;
  spec.training.updates = 2;
  if (spec.rules.size() > 2) spec.rules.resize(2);
  const auto states_into = [](std::vector<RunState>& states) {
    return [&states](const Moment& moment) {
      RunState state;
      for (const Outcome& outcome : moment.done.outcomes) state.rules.push_back(state_of(outcome));
      state.running = moment.present != nullptr;
      if (state.running) state.rules.push_back(moment.state());
      states.push_back(std::move(state));
    };
  };
  std::vector<RunState> alone;
  std::vector<RunState> shared;
  const RunResult one = run(spec, in_small_grains(spec), {.threads = 1, .watch = states_into(alone), .may_go_on = true});
  run_shared(spec, 3, {.watch = states_into(shared), .may_go_on = true});
  ASSERT_EQ(alone.size(), shared.size());
  for (std::size_t k = 0; k < alone.size(); ++k) {
    ASSERT_EQ(alone[k].rules.size(), shared[k].rules.size());
    for (std::size_t r = 0; r < alone[k].rules.size(); ++r) {
      const RuleState& a = alone[k].rules[r];
      const RuleState& b = shared[k].rules[r];
      EXPECT_EQ(a.losses, b.losses) << "state " << k;
      EXPECT_EQ(a.weights, b.weights) << "state " << k;
      EXPECT_EQ(a.messages, b.messages) << "state " << k;
      EXPECT_EQ(a.trials, b.trials) << "state " << k;
      EXPECT_EQ(a.commits, b.commits) << "state " << k;
      ASSERT_EQ(a.kept.size(), b.kept.size()) << "state " << k;
      for (std::size_t i = 0; i < a.kept.size(); ++i) EXPECT_EQ(a.kept[i].values, b.kept[i].values) << "state " << k;
    }
    expect_same(one, run_shared(spec, 2, {.may_go_on = true}, &shared[k]), "from state " + std::to_string(k));
  }
}

/// A weight that overflows is one rank's; the message is that of one process.
TEST(RunsInThreads, OfRanksDivergeInTheWordsOfOneProcess) {
  Spec spec = small_run();
  std::erase_if(spec.rules, [](const RuleSpec& rule) { return rule.kind != RuleKind::kBptt; });
  ASSERT_EQ(spec.rules.size(), 1U);
  bool of_weights = false;
  for (const double rate : {1e300, 1e308}) {
    spec.training.learning_rate = rate;
    const RunResult one = run(spec, in_small_grains(spec), {.threads = 1});
    ASSERT_EQ(one.outcomes.front().status, Status::kDiverged) << rate;
    of_weights = of_weights || one.outcomes.front().message.find("a weight is not finite") != std::string::npos;
    expect_same(one, run_shared(spec, 3, {}), "diverged");
  }
  EXPECT_TRUE(of_weights) << "no rate lets a weight overflow";
}

/// An interrupt of any rank ends all, after the same update.
TEST(RunsInThreads, OfRanksStopTogether) {
  Spec spec = small_run();
  spec.training.updates = 1'000'000;
  std::atomic<bool> interrupt = false;
  std::vector<std::int64_t> updates(3, -1);
  ThreadRanks table(3);
  table.run([&](RankExchange exchange) {
    RunOptions options{.threads = 1, .exchange = exchange};
    if (exchange.rank == 2) options.interrupt = &interrupt;
    if (exchange.rank == 0) {
      options.watch = [&](const Moment& moment) {
        if (moment.present != nullptr && moment.present->updates == 3) interrupt = true;
      };
    }
    const RunResult result = run(spec, in_small_grains(spec), options);
    EXPECT_EQ(result.outcomes.size(), 1U);
    EXPECT_EQ(result.outcomes.back().status, Status::kInterrupted);
    updates[static_cast<std::size_t>(exchange.rank)] = result.outcomes.back().updates;
  });
  EXPECT_GE(updates[0], 3);
  EXPECT_LE(updates[0], 5);
  EXPECT_EQ(updates, std::vector<std::int64_t>(3, updates[0]));
}

TEST(AgreementInThreads, TellsAllTheSame) {
  ThreadRanks table(3);
  table.run([](RankExchange exchange) {
    EXPECT_EQ(heard_by_all(exchange, exchange.rank * 10), (std::vector<int>{0, 10, 20}));
    EXPECT_EQ(heard_of_first(exchange, exchange.rank + 7), 7);
    EXPECT_TRUE(is_said(exchange, exchange.rank == 1));
    EXPECT_FALSE(is_said(exchange, false));
    const std::string own(static_cast<std::size_t>(exchange.rank) * 2, static_cast<char>('a' + exchange.rank));
    const std::vector<std::string> all = {"", "bb", "cccc"};
    EXPECT_EQ(texts_of_all(exchange, own), all);
    EXPECT_EQ(collect(exchange, own), exchange.rank == 0 ? all : std::vector<std::string>());
  });
  EXPECT_EQ(collect({}, "alone"), std::vector<std::string>{"alone"});
}

}  // namespace
}  // namespace locus
