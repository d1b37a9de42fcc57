// Networks of more than one grain, with grains of a few neurons: sums that go as a tree agree with
// the mailbox, which sums message by message, and are the same for any number of threads.
#include <gtest/gtest.h>

#include "sim/model/wire.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

RunResult run_in_grains(const Spec& spec, std::int32_t grain, TransportKind transport, int threads = 1) {
  Topology topology = topology_of(spec);
  topology.grain = grain;
  return run(spec, std::move(topology), {.transport = transport, .threads = threads});
}

/// Weights and losses to 1e-12 of their size, counts exactly.
void expect_agreement(const Spec& spec, std::int32_t grain) {
  const RunResult counted = run_in_grains(spec, grain, TransportKind::kMailbox);
  const RunResult found = run_in_grains(spec, grain, TransportKind::kBatched);
  const RunResult shared = run_in_grains(spec, grain, TransportKind::kBatched, 3);
  ASSERT_EQ(found.outcomes.size(), counted.outcomes.size());
  for (std::size_t r = 0; r < found.outcomes.size(); ++r) {
    const Outcome& one = found.outcomes[r];
    EXPECT_TRUE(close(weights_of(one), weights_of(counted.outcomes[r]), 1e-12))
        << one.rule << ", grains of " << grain << '\n'
        << describe(spec);
    EXPECT_EQ(one.ledger, counted.outcomes[r].ledger) << one.rule;
    EXPECT_TRUE(identical(one, shared.outcomes[r])) << one.rule << ", three threads";
  }
}

Style style_of(bool identity) {
  Style style;
  style.activation = identity ? Activation::kIdentity : Activation::kTanh;
  style.leak = 0.5;
  return style;
}

TEST(GrainsInThreads, AgreeWithTheMailboxInWideModels) {
  for (const std::int32_t grain : {7, 16}) {
    expect_agreement(wide_model(40, style_of(false), CommitWhen::kEveryTick, 1), grain);
    expect_agreement(wide_model(40, style_of(true), CommitWhen::kEveryTick, 1), grain);
    expect_agreement(wide_model(40, style_of(false), CommitWhen::kEndOfBatch, 1), grain);
    expect_agreement(wide_model(40, style_of(true), CommitWhen::kEndOfBatch, 3), grain);
  }
}

TEST(GrainsInThreads, AgreeWithTheMailboxInOddModels) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) expect_agreement(odd_model(seed), 2);
  for (std::uint64_t seed = 31; seed <= 40; ++seed) expect_agreement(with_delays(odd_model(seed), seed), 2);
}

TEST(GrainsInThreads, AgreeWithTheMailboxUnderABoundOfTheNorm) {
  for (std::uint64_t seed = 41; seed <= 50; ++seed) {
    Spec spec = odd_model(seed);
    spec.training.optimizer.norm = 0.01;
    expect_agreement(spec, 2);
  }
}

/// Whoever has no more than one grain computes what it always has.
TEST(GrainsInThreads, OfOneGrainChangeNoBit) {
  const Spec spec = wide_model(40, style_of(false), CommitWhen::kEveryTick, 1);
  const RunResult usual = run_with(spec, TransportKind::kBatched);
  const RunResult grains = run_in_grains(spec, 40, TransportKind::kBatched);
  const RunResult fine = run_in_grains(spec, 8, TransportKind::kBatched);
  bool differs = false;
  for (std::size_t r = 0; r < usual.outcomes.size(); ++r) {
    EXPECT_TRUE(identical(usual.outcomes[r], grains.outcomes[r]));
    differs = differs || usual.outcomes[r].fingerprint != fine.outcomes[r].fingerprint;
  }
  EXPECT_TRUE(differs) << "grains of 8 sum in another order";
}

}  // namespace
}  // namespace locus
