// Delays of projections in networks of rate neurons: compared with the oracle, with differences of
// the loss, and with the closed forms.
#include <algorithm>

#include <gtest/gtest.h>

#include "sim/model/requirements.h"
#include "sim/model/wire.h"
#include "sim/report/forecast.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

TEST(Delays, OfRateNetworksDoWhatTheOracleDoes) {
  for (std::uint64_t seed = 1; seed <= 160; ++seed) {
    Spec spec = with_delays(odd_model(seed), seed);
    for (const Precision precision : {Precision::kFloat64, Precision::kFloat32}) {
      if (precision == Precision::kFloat32 && seed % 4 != 0) continue;
      spec.precision = precision;
      for (const TransportKind transport : kTransports) {
        const RunResult result = run_with(spec, transport);
        for (std::size_t k = 0; k < spec.rules.size(); ++k) {
          const double tolerance = precision == Precision::kFloat32 ? 1e-4 : 1e-11;
          ASSERT_TRUE(agrees(spec, result.outcomes[k], oracle::solve(spec, spec.rules[k]), tolerance))
              << name(transport) << ", " << spec.rules[k].name << " of " << describe(spec);
        }
      }
    }
  }
}

/// Models whose work is split: products, passes and sparse loops, several lanes, several threads.
TEST(Delays, AreTheSameBitsForAnyNumberOfThreads) {
  Style style;
  style.activation = Activation::kTanh;
  style.leak = 0.5;
  style.loss = Loss::kSequence;
  for (const auto& [commit, batch] : {std::pair{CommitWhen::kEveryTick, 1}, {CommitWhen::kEndOfBatch, 3}}) {
    const Spec spec = with_delays(wide_model(90, style, commit, batch), 2);
    for (const TransportKind transport : kTransports) {
      const RunResult one = run_with(spec, transport, 1);
      const RunResult many = run_with(spec, transport, 3);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        EXPECT_TRUE(identical(one.outcomes[k], many.outcomes[k])) << name(transport) << ", " << spec.rules[k].name;
        EXPECT_TRUE(agrees(spec, one.outcomes[k], oracle::solve(spec, spec.rules[k]), 1e-11))
            << name(transport) << ", " << spec.rules[k].name;
      }
    }
  }
}

/// BPTT is the gradient of the loss for all delays: five-point differences of the oracle's loss,
/// which runs forward only.
TEST(Delays, LeaveBpttTheGradientOfTheLoss) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Style style;
    style.activation = Activation::kTanh;
    style.leak = 0.375;
    style.loss = seed % 2 == 0 ? Loss::kSequence : Loss::kFinal;
    Spec spec = with_delays(small_model({2, 4, 2, 8}, style, seed), seed);
    spec.rules = {rule_spec(RuleKind::kBptt)};
    const oracle::ByProjection slopes = oracle::central_differences(spec);
    for (const TransportKind transport : kTransports)
      EXPECT_TRUE(close(change(spec, run_with(spec, transport).outcomes.at(0)), slopes, 1e-8))
          << name(transport) << ", " << describe(spec);
  }
}

/// A delay onto readouts makes errors older by as much, and a sweep with a smaller depth loses
/// them. In exactly these cases B does not change and there is a warning.
TEST(Delays, OntoReadoutsLoseErrorsWhereTheModelIsWarned) {
  constexpr int kTicks = 6;
  int lost = 0;
  for (int delay = 0; delay <= kTicks; ++delay) {
    for (int depth = 1; depth <= kTicks + 1; ++depth) {
      Spec spec = small_model({2, 3, 2, kTicks}, {Activation::kTanh, 0.5, Loss::kFinal}, 1);
      spec.network.projections[2].delay = delay;
      spec.rules = {truncated(depth, 1)};
      const bool warned = loses_errors(spec.rules[0], spec.network, spec.training);
      lost += warned ? 1 : 0;
      if (delay == kTicks) {
        EXPECT_FALSE(warned) << "no activity reaches a readout, and no error a neuron";
        continue;
      }
      for (const TransportKind transport : kTransports) {
        const std::vector<double> moves = change(spec, run_with(spec, transport).outcomes.at(0)).at(0);
        const bool moved = std::ranges::any_of(moves, [](double move) { return move != 0; });
        EXPECT_EQ(moved, !warned) << name(transport) << ", delay " << delay << ", depth " << depth;
      }
    }
  }
  EXPECT_EQ(lost, 15) << "delays of 1 to 5 and as many depths as are no longer";
}

/// For non-zero values the messages are those of the closed forms: under every rule, depth and
/// stride, for whole and static networks, by lag.
TEST(Delays, SendExactlyTheClosedForms) {
  std::uint64_t seed = 1;
  for (const Loss loss : {Loss::kFinal, Loss::kSequence}) {
    for (int plastic = 0; plastic < 8; ++plastic) {
      for (int ticks = 1; ticks <= 6; ++ticks) {
        Style style{Activation::kTanh,  0.5,  loss, false, (plastic & 1) != 0, (plastic & 2) != 0,
                    (plastic & 4) != 0, false};
        Spec spec = with_delays(small_model({2, 3, 2, ticks}, style, seed), seed);
        ++seed;
        // An activity is never 0 after the arrival of the first inputs, which come with the first
        // tick if B has no delay.
        spec.network.projections[0].delay.reset();
        for (const RuleSpec& rule : spec.rules) {
          const oracle::Answer answer = oracle::solve(spec, rule);
          oracle::Counts counts;
          const Ledger ledger = forecast(spec, topology_of(spec), rule);
          for (const LedgerEntry& entry : ledger.entries())
            counts[{entry.channel, entry.lag}] = {entry.tally.messages, entry.tally.scalars};
          ASSERT_TRUE(counts == answer.counts) << rule.name << " of " << describe(spec);
          ASSERT_EQ(ledger.history_bytes(), answer.history_bytes) << rule.name << " of " << describe(spec);
        }
      }
    }
  }
}

}  // namespace
}  // namespace locus
