// The shipped spiking models against the figures of NEST 3.10's published e-prop tests: losses, weights, every spike, and the counts of the first
// trial.
#include "tests/spiking/fixtures.h"

#include <gtest/gtest.h>

namespace locus {
namespace {

using spiking::Mutation;

void expect_figures(const Fixture& fixture, const Watched& watched) {
  ASSERT_EQ(watched.losses.size(), 5U);
  for (std::size_t k = 0; k < 5; ++k)
    EXPECT_NEAR(watched.losses[k], fixture.losses[k], 1e-10 * std::max(1.0, fixture.losses[k])) << "update " << k;
  EXPECT_LT(miss(spec_of(fixture), watched.weights, fixture.weights), 1e-9);
  ASSERT_EQ(watched.spikes.size(), 5U);
  for (std::size_t k = 0; k < 5; ++k) EXPECT_EQ(watched.spikes[k], fixture.spikes[k]) << "trial " << k;
}

class Figures : public testing::TestWithParam<TransportKind> {};

TEST_P(Figures, OfPatternGenerationAreNests) {
  const Fixture fixture = pattern_generation();
  const Watched watched = train(fixture, GetParam());
  expect_figures(fixture, watched);
  const Ledger& ledger = watched.first_trial;
  EXPECT_EQ(ledger.messages(Channel::kAxon), 505300 + 395109 + 3999);
  EXPECT_EQ(ledger.messages(Channel::kDendrite), 904408);
  EXPECT_EQ(ledger.messages(Channel::kTarget), 1000);
  EXPECT_EQ(ledger.messages(Channel::kFeedback), 99900);
  EXPECT_EQ(ledger.at(Channel::kPost, 0), (Tally{99900 + 19880100 + 19900, 2 * (99900 + 19880100) + 19900}));
  EXPECT_EQ(ledger.messages(), 2 * 904408 + 1000 + 99900 + 99900 + 19880100 + 19900);
  EXPECT_EQ(ledger.violations(), 0);
}

TEST_P(Figures, OfEvidenceAreNests) {
  const Fixture fixture = evidence();
  const Watched watched = train(fixture, GetParam());
  expect_figures(fixture, watched);
  const Ledger& ledger = watched.first_trial;
  EXPECT_EQ(ledger.messages(Channel::kAxon), 59700 + 321849 + 6502);
  EXPECT_EQ(ledger.messages(Channel::kDendrite), 388051);
  EXPECT_EQ(ledger.messages(Channel::kTarget), 300);
  EXPECT_EQ(ledger.messages(Channel::kNorm), 300);
  EXPECT_EQ(ledger.messages(Channel::kFeedback), 30000);
  EXPECT_EQ(ledger.at(Channel::kPost, 0), (Tally{30000 + 10512987 + 13900, 2 * (30000 + 10512987) + 13900}));
  EXPECT_EQ(ledger.violations(), 0);
}

INSTANTIATE_TEST_SUITE_P(Transports, Figures, testing::Values(TransportKind::kMailbox, TransportKind::kBatched),
                         [](const testing::TestParamInfo<TransportKind>& instance) {
                           return instance.param == TransportKind::kMailbox ? "mailbox" : "batched";
                         });

/// The most that any of the figures that the tests above hold is off by, in units of what they allow.
double noticed(const Fixture& fixture, const Spec& spec, Mutation mutation) {
  const oracle::Answer answer = spiking::solve(spec, spec.rules[0], mutation);
  double off = miss(spec, answer.weights, fixture.weights) / 1e-9;
  for (std::size_t k = 0; k < 5; ++k)
    off = std::max(off, std::abs(answer.losses.at(k) - fixture.losses[k]) / (1e-10 * std::max(1.0, fixture.losses[k])));
  return std::isnan(off) ? std::numeric_limits<double>::infinity() : off;
}

TEST(Oracle, HasTheFiguresItself) {
  for (const Fixture& fixture : {pattern_generation(), evidence()}) {
    const Spec spec = spec_of(fixture);
    EXPECT_LT(noticed(fixture, spec, Mutation::kNone), 1) << fixture.model;
    spiking::Spikes spikes;
    spiking::solve(spec, spec.rules[0], Mutation::kNone, &spikes);
    EXPECT_EQ(spikes, fixture.spikes) << fixture.model;
  }
}

/// Each mistake that is easily made, made in the oracle: some figure would tell, by ten times what is allowed at least.
TEST(Mutations, AreNoticedByTheFigures) {
  const Fixture fixtures[] = {pattern_generation(), evidence()};
  const Spec specs[] = {spec_of(fixtures[0]), spec_of(fixtures[1])};
  for (const Mutation mutation : spiking::mutations()) {
    double most = noticed(fixtures[0], specs[0], mutation);
    if (most < 10)
      most = noticed(fixtures[1], specs[1], mutation);  // what pattern generation has not: adaptation, Adam, classes
    EXPECT_GT(most, 10) << spiking::name(mutation);
  }
}

}  // namespace
}  // namespace locus
