// Locality: the budgets that each rule breaks, the first message that breaks them, and the
// agreement of messages with the rule's declaration.
#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "core/protocol/declaration.h"
#include "sim/model/network_size.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

using oracle::Actor;
using oracle::Message;

bool offends(const Message& message, Locality budget) {
  const bool non_local = message.channel == Channel::kTransport || message.channel == Channel::kAdjoint ||
                         message.channel == Channel::kInfluence || message.channel == Channel::kGather;
  const bool spatial = budget == Locality::kSpatial || budget == Locality::kStrict;
  const bool temporal = budget == Locality::kTemporal || budget == Locality::kStrict;
  return (spatial && non_local) || (temporal && message.lag >= 1);
}

/// The first message of the oracle's log that breaks the budget, in the order (update, phase,
/// sender, receiver). A phase has one channel that may break it, except for a stage of a sweep:
/// ADJOINT comes first there, and breaks the budget whenever AXON, POST or TRANSPORT of the stage
/// do.
std::optional<Message> first_offender(const std::vector<Message>& log, Locality budget) {
  std::optional<Message> first;
  const auto order = [](const Message& message) {
    return std::tuple(message.update, message.phase, message.channel != Channel::kAdjoint, message.from, message.to);
  };
  for (const Message& message : log) {
    if (offends(message, budget) && (!first || order(message) < order(*first))) first = message;
  }
  return first;
}

/// "rec[3]", "synapse W[0,2]" (target, source), "the backward agent".
std::string named(const Spec& spec, const Actor& actor) {
  const auto& populations = spec.network.populations;
  if (actor.party == Party::kAgent) return "the backward agent";
  if (actor.party == Party::kSynapse) {
    const oracle::Net net = oracle::flatten(spec, RuleSpec{});
    const ProjectionSpec& projection = spec.network.projections[static_cast<std::size_t>(actor.projection)];
    for (const std::vector<oracle::Synapse>* block : {&net.b, &net.w, &net.a, &net.d}) {
      for (const oracle::Synapse& synapse : *block) {
        if (synapse.projection != actor.projection || synapse.number != actor.index) continue;
        std::size_t row = synapse.target;
        std::size_t col = synapse.source;
        for (std::int32_t p = 0; p < projection.target; ++p) {
          const PopulationSpec& before = populations[static_cast<std::size_t>(p)];
          if (before.kind == populations[static_cast<std::size_t>(projection.target)].kind)
            row -= static_cast<std::size_t>(before.size);
        }
        for (std::int32_t p = 0; p < projection.source; ++p) {
          const PopulationSpec& before = populations[static_cast<std::size_t>(p)];
          if (before.kind == populations[static_cast<std::size_t>(projection.source)].kind)
            col -= static_cast<std::size_t>(before.size);
        }
        if (projection.is_bias) return "bias " + projection.name + "[" + std::to_string(row) + "]";
        return "synapse " + projection.name + "[" + std::to_string(row) + "," + std::to_string(col) + "]";
      }
    }
  }
  const PopulationKind kind = actor.party == Party::kInput  ? PopulationKind::kInput
                              : actor.party == Party::kRate ? PopulationKind::kRate
                                                            : PopulationKind::kReadout;
  std::int64_t index = actor.index;
  for (const PopulationSpec& population : populations) {
    if (population.kind != kind) continue;
    if (index < population.size) return population.name + "[" + std::to_string(index) + "]";
    index -= population.size;
  }
  return "nobody";
}

/// Compares the weights after the last commit; neither contains the changes of a tick that was cut
/// short.
void expect_same_weights(const Outcome& batched, const Outcome& mailbox, const std::string& what) {
  ASSERT_EQ(batched.weights.size(), mailbox.weights.size());
  const auto values = [](const ProjectionWeights& weights) {
    return std::visit([](const auto& matrix) { return matrix.values; }, weights.matrix);
  };
  for (std::size_t p = 0; p < mailbox.weights.size(); ++p) {
    const std::vector<double> expected = values(mailbox.weights[p]);
    const std::vector<double> found = values(batched.weights[p]);
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t k = 0; k < expected.size(); ++k) {
      ASSERT_NEAR(found[k], expected[k], 1e-12 * std::max(1.0, std::abs(expected[k]))) << what;
    }
  }
}

void expect_budget_kept(Spec spec, Locality budget) {
  spec.training.locality = budget;
  const RunResult mailbox = run_with(spec, TransportKind::kMailbox);
  const RunResult batched = run_with(spec, TransportKind::kBatched);
  ASSERT_EQ(mailbox.outcomes.size(), spec.rules.size());
  ASSERT_EQ(batched.outcomes.size(), spec.rules.size()) << "a broken budget ends its rule, not the others";
  for (std::size_t k = 0; k < spec.rules.size(); ++k) {
    const Outcome& outcome = mailbox.outcomes[k];
    const std::string what = spec.rules[k].name + " under " + std::string(name(budget)) + " of " + describe(spec);
    const auto offender = first_offender(oracle::solve(spec, spec.rules[k], true).log, budget);
    ASSERT_EQ(outcome.status, offender ? Status::kLocalityBroken : Status::kCompleted) << outcome.message << what;
    ASSERT_EQ(batched.outcomes[k].status, outcome.status) << what;
    ASSERT_EQ(batched.outcomes[k].message, outcome.message) << what;
    ASSERT_EQ(batched.outcomes[k].ledger, outcome.ledger) << what;
    expect_same_weights(batched.outcomes[k], outcome, what);
    if (!offender) continue;
    for (const std::string& part :
         {"rule " + spec.rules[k].name + " ", "update " + std::to_string(offender->update + 1) + ",",
          "tick " + std::to_string(offender->tick) + ":",
          std::string(name(offender->channel)) + " of lag " + std::to_string(offender->lag) + " ",
          "from " + named(spec, offender->from) + " to ", "to " + named(spec, offender->to)}) {
      ASSERT_NE(outcome.message.find(part), std::string::npos)
          << "\"" << outcome.message << "\" lacks \"" << part << "\", " << what;
    }
  }
}

class Budgets : public testing::TestWithParam<Locality> {};

TEST_P(Budgets, EndARuleAtTheFirstMessageThatBreaksThem) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    expect_budget_kept(odd_model(seed), GetParam());
    if (HasFatalFailure()) return;
  }
  for (const Loss loss : {Loss::kFinal, Loss::kSequence}) {
    for (int ticks = 1; ticks <= 3; ++ticks) {
      Style style;
      style.loss = loss;
      expect_budget_kept(small_model({2, 3, 2, ticks}, style, 5), GetParam());
      if (HasFatalFailure()) return;
    }
  }
}

/// With several shards and several replicas.
TEST_P(Budgets, NameTheSameMessageHoweverManyShards) {
  Style style;
  style.leak = 0.5;
  Spec spec = wide_model(80, style, CommitWhen::kEndOfBatch, 2);
  spec.training.updates = 1;
  expect_budget_kept(spec, GetParam());
}

INSTANTIATE_TEST_SUITE_P(All, Budgets,
                         testing::Values(Locality::kAny, Locality::kSpatial, Locality::kTemporal, Locality::kStrict),
                         [](const testing::TestParamInfo<Locality>& instance) {
                           return std::string(name(instance.param));
                         });

/// RFLO and e-prop with random feedback never break a budget. Every other rule that learns does,
/// with messages of the channel in its row.
TEST(Strictness, PassesForLocalRulesAndFailsForAllOthers) {
  const std::set<RuleKind> local = {RuleKind::kNone, RuleKind::kRflo, RuleKind::kEpropRandom};
  for (const Loss loss : {Loss::kFinal, Loss::kSequence}) {
    Style style;
    style.activation = Activation::kTanh;
    style.loss = loss;
    Spec spec = small_model({2, 3, 2, 4}, style, 6);
    spec.training.updates = 3;
    spec.training.learning_rate = 0.01;
    spec.training.locality = Locality::kStrict;
    for (const TransportKind transport : kTransports) {
      for (const Outcome& outcome : run_with(spec, transport).outcomes) {
        if (local.contains(outcome.kind)) {
          EXPECT_EQ(outcome.status, Status::kCompleted) << outcome.rule << ": " << outcome.message;
          EXPECT_EQ(outcome.ledger.violations(), 0) << outcome.rule;
          EXPECT_EQ(outcome.ledger.max_lag(), 0) << outcome.rule;
          EXPECT_EQ(outcome.updates, 3) << outcome.rule;
          continue;
        }
        EXPECT_EQ(outcome.status, Status::kLocalityBroken) << outcome.rule;
        EXPECT_EQ(outcome.updates, 0) << outcome.rule;
        const bool influence = rule(outcome.kind).drive == Drive::kSensitivity &&
                               // with an error in tick 1, TRANSPORT comes before it
                               loss == Loss::kFinal;
        EXPECT_NE(outcome.message.find(influence ? "INFLUENCE" : "TRANSPORT"), std::string::npos) << outcome.message;
      }
    }
  }
}

/// Every message is in its rule's declaration, and some model uses every declared channel and lag:
/// a row declares neither too little nor too much.
TEST(Declarations, AreWhatIsSent) {
  std::set<RuleKind> met;
  std::set<std::pair<RuleKind, Channel>> used;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Spec spec = with_cores(odd_model(seed), seed);
    const bool classes = neurons(spec.network, PopulationKind::kReadout) > 1;
    if (seed % 2 == 0 && classes) spec.training.loss = Loss::kCrossEntropy;
    for (const TransportKind transport : kTransports) {
      const RunResult result = run_with(spec, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        const Outcome& outcome = result.outcomes[k];
        const Rule& row = rule(outcome.kind);
        const std::int32_t depth =
            spec.rules[k].depth == 0 ? spec.training.ticks : std::min(spec.rules[k].depth, spec.training.ticks);
        const std::int32_t largest = revisits(row) ? depth - 1 : 0;
        met.insert(outcome.kind);
        for (const LedgerEntry& entry : outcome.ledger.entries()) {
          EXPECT_TRUE(declares(row, entry.channel)) << row.name << " sent " << name(entry.channel);
          EXPECT_LE(entry.lag, largest) << row.name << " sent " << name(entry.channel);
          used.insert({outcome.kind, entry.channel});
        }
        const bool sweeps_to_the_end = row.drive == Drive::kSweep;
        if (sweeps_to_the_end) {
          EXPECT_EQ(outcome.ledger.max_lag(), largest) << row.name << " of " << describe(spec);
        }
      }
    }
  }
  for (const Rule& row : kRules) {
    EXPECT_TRUE(met.contains(row.kind)) << row.name << " was run by no model";
    for (const Channel channel : channels_of(row))
      EXPECT_TRUE(used.contains({row.kind, channel})) << row.name << " declares " << name(channel) << " for nothing";
  }
}

}  // namespace
}  // namespace locus
