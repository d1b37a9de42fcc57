// The spiking models of models/ against the figures of NEST 3.10's published e-prop tests: losses,
// weights, every spike, and the counts of the first trial.
#include "tests/spiking/fixtures.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "tests/support/agreement.h"
#include "tests/support/random_model.h"

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

/// The messages of BPTT and tBPTT for the same trial, from its spikes: X, Z, Z_l = 5053, 3999, 8
/// and 999 (readout, tick) pairs with an error.
TEST(Counts, OfSweepsOverPatternGenerationAreTheirFormulas) {
  constexpr std::int64_t kTicks = 1000, kNeurons = 100, kInputs = 100, kErrors = 999, kSynapses = 9900;
  constexpr std::int64_t kReplayed = 5053 * kNeurons + (3999 - 8) * (kNeurons - 1);
  Spec spec = spec_of(pattern_generation());
  spec.training.updates = 1;
  spec.rules = {rule_spec(RuleKind::kBptt), truncated(3, 1)};
  const RunResult result = run_with(spec, TransportKind::kBatched, 1);
  const Ledger& bptt = result.outcomes[0].ledger;
  EXPECT_EQ(bptt.messages(Channel::kTransport), kNeurons * kErrors + (kTicks - 1) * kSynapses);
  EXPECT_EQ(bptt.messages(Channel::kAdjoint), kTicks * kNeurons);
  EXPECT_EQ(bptt.messages(Channel::kPost), kTicks * (kInputs * kNeurons + kSynapses) + kNeurons * kErrors);
  EXPECT_EQ(bptt.messages(Channel::kAxon), 904408 + kReplayed);
  EXPECT_EQ(kReplayed, 900409);
  EXPECT_EQ(bptt.max_lag(), kTicks - 1);
  // a spike is a bit; inputs, gains and the agent's sums are numbers
  EXPECT_EQ(bptt.history_bytes(), 8 * kTicks * (kInputs + kNeurons) + kTicks * kNeurons / 8 + 8 * kNeurons * (kTicks - 1));
  std::int64_t spikes = 0;
  std::int64_t bits = 0;
  for (const LedgerEntry& entry : bptt.entries()) {
    spikes += entry.tally.spikes;
    if (entry.channel == Channel::kAxon) bits += 8 * bptt.bytes(entry);
  }
  EXPECT_EQ(spikes, 904408 + kReplayed - 2 * 5053 * kNeurons) << "all but what inputs send and repeat";
  EXPECT_NEAR(static_cast<double>(bits), 64.0 * 2 * 5053 * kNeurons + static_cast<double>(spikes), 8.0 * kTicks)
      << "each lag is rounded up to bytes";
  const Ledger& truncated_to_3 = result.outcomes[1].ledger;
  const std::int64_t visits = 1 + 2 + (kTicks - 2) * 3;  // sum of min(3, t)
  EXPECT_EQ(truncated_to_3.messages(Channel::kAdjoint), kNeurons * visits);
  EXPECT_EQ(truncated_to_3.messages(Channel::kPost), (kInputs * kNeurons + kSynapses) * visits + kNeurons * kErrors);
  EXPECT_EQ(truncated_to_3.messages(Channel::kTransport), kNeurons * kErrors + kSynapses * (visits - kTicks));
  EXPECT_EQ(truncated_to_3.max_lag(), 2);
}

/// The event-driven archive form of the same rule (docs/locality.md): at the first spike of its
/// source in the next trial a synapse reads its neuron's past, tick by tick, from the synapse's own
/// first spike on. Spikes of inputs arrive in their tick, those of neurons in the next one.
TEST(Archive, ReadsThePastAsOftenAsTheDocsSay) {
  const Fixture fixture = pattern_generation();
  const Spec spec = spec_of(fixture);
  constexpr std::int64_t kTicks = 1000, kNeurons = 100;
  std::int64_t reads = 0, sum = 0, least = kTicks, most = 0;
  const auto synapses = [&](std::int64_t first, std::int64_t next, std::int64_t fan_out) {
    for (std::int64_t tick = first; tick <= kTicks; ++tick) {
      const std::int64_t lag = kTicks + next - tick;
      reads += fan_out;
      sum += fan_out * lag;
      least = std::min(least, lag);
      most = std::max(most, lag);
    }
  };
  // 0: no spike
  std::vector<std::int64_t> input(kNeurons, 0), first(kNeurons, 0), next(kNeurons, 0);
  const auto& frozen = std::get<SparseMatrix>(std::get<RecordedTask>(spec.task).trials.at(0).input);
  for (std::size_t k = frozen.row.size(); k-- > 0;) {
    std::int64_t& tick = input[static_cast<std::size_t>(frozen.col[k])];
    if (tick == 0 || frozen.row[k] + 1 < tick) tick = frozen.row[k] + 1;
  }
  for (const auto& [trial, ticks] : {std::pair{0U, &first}, {1U, &next}}) {
    for (const auto& [tick, neuron] : fixture.spikes[trial]) {
      if ((*ticks)[static_cast<std::size_t>(neuron)] == 0) (*ticks)[static_cast<std::size_t>(neuron)] = tick + 1;
    }
  }
  for (std::size_t j = 0; j < kNeurons; ++j) {
    if (input[j] > 0) synapses(input[j], input[j], kNeurons);
    if (first[j] > 0) synapses(first[j], next[j], kNeurons - 1);
  }
  EXPECT_EQ(reads, 16846647);
  EXPECT_EQ(least, 2);
  EXPECT_EQ(most, 1268);
  EXPECT_NEAR(static_cast<double>(sum) / static_cast<double>(reads), 520, 0.5);
}

/// The largest error of any of the figures in the tests above, in units of its tolerance: losses
/// and weights after five updates, or, in less than half the time, the first two losses.
double noticed(const Fixture& fixture, Spec spec, Mutation mutation, std::int64_t updates = 5) {
  spec.training.updates = updates;
  const oracle::Answer answer = spiking::solve(spec, spec.rules[0], mutation);
  double off = updates == 5 ? miss(spec, answer.weights, fixture.weights) / 1e-9 : 0;
  for (std::size_t k = 0; k < answer.losses.size(); ++k)
    off = std::max(off, std::abs(answer.losses[k] - fixture.losses[k]) / (1e-10 * std::max(1.0, fixture.losses[k])));
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

/// Each of the mistakes that are easy to make, made in the oracle: some figure reveals it, by at
/// least ten times its tolerance.
TEST(Mutations, AreNoticedByTheFigures) {
  const Fixture fixtures[] = {pattern_generation(), evidence()};
  const Spec specs[] = {spec_of(fixtures[0]), spec_of(fixtures[1])};
  for (const Mutation mutation : spiking::mutations()) {
    double most = 0;
    // the other model has what pattern generation lacks: adaptation, Adam, classes
    for (const std::int64_t updates : {2, 5}) {
      for (std::size_t k = 0; k < 2 && most < 10; ++k) most = noticed(fixtures[k], specs[k], mutation, updates);
    }
    EXPECT_GT(most, 10) << spiking::name(mutation);
  }
}

}  // namespace
}  // namespace locus
