// Bounded changes: compared with the oracle and with the definition of the bound, and their
// messages with the closed forms.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "sim/model/wire.h"
#include "sim/report/forecast.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"
#include "tests/support/spiking_model.h"
#include "tests/support/spiking_oracle.h"

namespace locus {
namespace {

bool spikes(const Spec& spec) {
  return std::ranges::any_of(spec.network.populations, [](const PopulationSpec& p) { return p.lif.has_value(); });
}

oracle::Answer oracle_of(const Spec& spec, const RuleSpec& rule) {
  return spikes(spec) ? spiking::solve(spec, rule) : oracle::solve(spec, rule);
}

/// Models of every kind with either bound; some changes exceed it and others do not.
Spec bounded_model(int model) {
  const auto seed = static_cast<std::uint64_t>(500 + model);
  Spec spec = model % 4 == 3 ? odd_spiking_model(seed) : odd_model(seed);
  Optimizer& optimizer = spec.training.optimizer;
  (model % 2 == 0 ? optimizer.norm : optimizer.element) = model % 3 == 0 ? 0.03125 : 0.5;
  return spec;
}

void expect_oracle(const Spec& spec, double tolerance) {
  for (const TransportKind transport : kTransports) {
    const RunResult result = run_with(spec, transport);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      ASSERT_TRUE(agrees(spec, result.outcomes[k], oracle_of(spec, spec.rules[k]), tolerance))
          << name(transport) << ", " << spec.rules[k].name << " of " << describe(spec);
    }
  }
}

TEST(Clip, AgreesWithTheOracle) {
  for (int model = 0; model < 48 && !testing::Test::HasFatalFailure(); ++model)
    expect_oracle(bounded_model(model), 1e-11);
}

TEST(Clip, AgreesWithTheOracleInFloat32) {
  for (int model = 0; model < 24 && !testing::Test::HasFatalFailure(); ++model) {
    if (model % 4 == 3) continue;  // rounding decides whether a neuron spikes
    Spec spec = bounded_model(model);
    spec.precision = Precision::kFloat32;
    expect_oracle(spec, 1e-4);
  }
}

Spec wide_and_clipped(CommitWhen commit) {
  Style style;
  style.activation = Activation::kTanh;
  style.loss = Loss::kSequence;
  Spec spec = wide_model(150, style, commit, commit == CommitWhen::kEveryTick ? 1 : 3);
  spec.training.optimizer.norm = 0.25;
  return spec;
}

TEST(Clip, OfAWideNetworkIsTheOracles) {
  for (const CommitWhen commit : {CommitWhen::kEndOfBatch, CommitWhen::kEveryTick}) {
    const Spec spec = wide_and_clipped(commit);
    for (const TransportKind transport : kTransports) {
      const RunResult result = run_with(spec, transport, 1);
      for (std::size_t k = 0; k < spec.rules.size(); ++k)
        EXPECT_TRUE(agrees(spec, result.outcomes[k], oracle::solve(spec, spec.rules[k]), 1e-11)) << spec.rules[k].name;
    }
  }
}

TEST(Clip, IsTheSameForAnyThreadsAndShards) {
  for (const CommitWhen commit : {CommitWhen::kEndOfBatch, CommitWhen::kEveryTick}) {
    const Spec spec = wide_and_clipped(commit);
    for (const TransportKind transport : kTransports) {
      const RunResult one = run_with(spec, transport, 1);
      const RunResult many = run_with(spec, transport, 5);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        EXPECT_TRUE(identical(one.outcomes[k], many.outcomes[k])) << name(transport) << ", " << spec.rules[k].name;
      }
    }
  }
}

double norm_of(const oracle::ByProjection& change) {
  double squares = 0;
  for (const std::vector<double>& projection : change) {
    for (const double value : projection) squares += value * value;
  }
  return std::sqrt(squares);
}

/// The definition of the bound for one update with learning rate 1, where projections may have
/// their own rates.
TEST(Clip, BoundsTheNormAndKeepsTheDirection) {
  for (const TransportKind transport : kTransports) {
    Style style;
    style.loss = Loss::kSequence;
    Spec spec = small_model({3, 5, 2, 6}, style, 9);
    const RunResult free = run_with(spec, transport);
    spec.training.optimizer.norm = 0.75;
    const RunResult bounded = run_with(spec, transport);
    spec.training.optimizer.norm = 1e9;
    const RunResult unbound = run_with(spec, transport);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      if (spec.rules[k].kind == RuleKind::kNone) continue;
      oracle::ByProjection changes = change(spec, free.outcomes[k]);
      const double norm = norm_of(changes);
      ASSERT_GT(norm, 0.75) << "the bound must bite";
      EXPECT_NEAR(norm_of(change(spec, bounded.outcomes[k])), 0.75, 1e-12) << spec.rules[k].name;
      for (std::vector<double>& projection : changes) {
        for (double& value : projection) value *= 0.75 / norm;
      }
      EXPECT_TRUE(close(change(spec, bounded.outcomes[k]), changes, 1e-11)) << spec.rules[k].name;
      EXPECT_TRUE(close(change(spec, unbound.outcomes[k]), change(spec, free.outcomes[k]), 1e-12));
    }
  }
}

TEST(Clip, BoundsEachElement) {
  for (const TransportKind transport : kTransports) {
    Spec spec = small_model({3, 5, 2, 6}, {}, 9);
    const RunResult free = run_with(spec, transport);
    spec.training.optimizer.element = 0.25;
    const RunResult bounded = run_with(spec, transport);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      oracle::ByProjection changes = change(spec, free.outcomes[k]);
      for (std::vector<double>& projection : changes) {
        for (double& value : projection) value = std::clamp(value, -0.25, 0.25);
      }
      EXPECT_TRUE(close(change(spec, bounded.outcomes[k]), changes, 1e-11)) << spec.rules[k].name;
      EXPECT_EQ(bounded.outcomes[k].ledger, free.outcomes[k].ledger) << "a bound of its own costs no message";
    }
  }
}

TEST(Clip, SendsExactlyTheClosedForm) {
  int clipped = 0;
  for (int model = 0; model < 40; model += 2) {
    const Spec spec = bounded_model(model);
    const RunResult result = run_with(spec, TransportKind::kBatched);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      const Ledger wanted = forecast(spec, topology_of(spec), spec.rules[k]);
      const Ledger& ledger = result.outcomes[k].ledger;
      EXPECT_EQ(ledger.messages(Channel::kClip), wanted.messages(Channel::kClip) * ledger.trials())
          << spec.rules[k].name << " of " << describe(spec);
      clipped += ledger.messages(Channel::kClip) > 0 ? 1 : 0;
    }
  }
  EXPECT_GT(clipped, 100);
}

TEST(Clip, ByTheNormBreaksASpatialBudgetAndByElementNone) {
  for (const CommitWhen commit : {CommitWhen::kEndOfBatch, CommitWhen::kEveryTick}) {
    Spec spec = small_model({2, 3, 2, 4}, {}, 6);
    spec.training.commit = commit;
    spec.training.updates = 3;
    spec.training.locality = Locality::kStrict;
    std::erase_if(spec.rules, [](const RuleSpec& rule) { return rule.kind != RuleKind::kRflo; });
    ASSERT_FALSE(spec.rules.empty());
    for (const TransportKind transport : kTransports) {
      // it never bounds anything, but its messages must be sent
      spec.training.optimizer.norm = 100;
      for (const Outcome& outcome : run_with(spec, transport).outcomes) {
        const int tick = commit == CommitWhen::kEveryTick ? 1 : 4;
        EXPECT_EQ(outcome.status, Status::kLocalityBroken);
        EXPECT_EQ(outcome.updates, 0);
        EXPECT_TRUE(outcome.losses.empty());
        EXPECT_EQ(outcome.ledger.messages(Channel::kClip), 0);
        EXPECT_NE(outcome.message.find("in update 1, tick " + std::to_string(tick) +
                                       ": CLIP of lag 0 from synapse B[0,0] to the backward agent"),
                  std::string::npos)
            << outcome.message;
      }
      spec.training.optimizer.norm.reset();
      spec.training.optimizer.element = 0.5;
      for (const Outcome& outcome : run_with(spec, transport).outcomes) {
        EXPECT_EQ(outcome.status, Status::kCompleted) << outcome.message;
        EXPECT_EQ(outcome.ledger.violations(), 0);
      }
      spec.training.optimizer.element.reset();
    }
  }
}

}  // namespace
}  // namespace locus
