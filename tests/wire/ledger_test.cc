// The ledger's sums and the door's three duties: declaration, budget, count.
#include "core/wire/ledger.h"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "core/wire/door.h"

namespace locus {
namespace {

TEST(Ledger, HasTheBytesOfRealBits) {
  Ledger ledger(8);
  ledger.set_scalar_bits(Channel::kFeedback, 4);
  ledger.add(Channel::kAxon, 0, {100, 100, 90});
  ledger.add(Channel::kFeedback, 0, {7, 7});
  ledger.add(Channel::kPost, 0, {3, 6});
  const std::vector<LedgerEntry> entries = ledger.entries();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(ledger.bytes(entries[0]), (10 * 64 + 90 + 7) / 8) << "AXON, of which 90 are spikes";
  EXPECT_EQ(ledger.bytes(entries[1]), 8 * 6) << "POST";
  EXPECT_EQ(ledger.bytes(entries[2]), (7 * 4 + 7) / 8) << "FEEDBACK over wires of 4 bits";
}

TEST(Ledger, IsEmptyAtFirst) {
  const Ledger ledger;
  EXPECT_EQ(ledger.messages(), 0);
  EXPECT_EQ(ledger.max_lag(), 0);
  EXPECT_EQ(ledger.mean_lag(), 0);
  EXPECT_TRUE(ledger.entries().empty());
  EXPECT_EQ(ledger.at(Channel::kGather, 1000), Tally{});
}

TEST(Ledger, SumsByChannelAndLag) {
  Ledger ledger(4);
  ledger.add(Channel::kPost, 2, {3, 6});
  ledger.add(Channel::kPost, 0, {5, 15});
  ledger.add(Channel::kAxon, 0, {2, 2});
  ledger.add(Channel::kTransport, 0, {4, 4});
  ledger.add(Channel::kTransport, 1, {1, 1});
  ledger.add(Channel::kPost, 2, {1, 2});
  EXPECT_EQ(ledger.at(Channel::kPost, 2), (Tally{4, 8}));
  EXPECT_EQ(ledger.messages(), 16);
  EXPECT_EQ(ledger.messages(Channel::kPost), 9);
  EXPECT_EQ(ledger.scalars(), 30);
  EXPECT_EQ(ledger.spatial_violations(), 5);
  EXPECT_EQ(ledger.temporal_violations(), 5);
  EXPECT_EQ(ledger.violations(), 9);  // the TRANSPORT of lag 1 is both, and counted once
  EXPECT_EQ(ledger.max_lag(), 2);
  EXPECT_DOUBLE_EQ(ledger.mean_lag(), (4 * 2 + 1) / 16.0);
  EXPECT_EQ(ledger.scalar_bytes(), 4);
  const std::vector<LedgerEntry> expected = {{Channel::kAxon, 0, {2, 2}},
                                             {Channel::kPost, 0, {5, 15}},
                                             {Channel::kPost, 2, {4, 8}},
                                             {Channel::kTransport, 0, {4, 4}},
                                             {Channel::kTransport, 1, {1, 1}}};
  EXPECT_EQ(ledger.entries(), expected);
}

/// What stays on a core is counted apart and is no spatial violation; its lag may be one in time.
TEST(Ledger, CountsCoreLocalMessagesApart) {
  Ledger ledger;
  ledger.add(Channel::kAxon, 0, {2, 2});
  ledger.add(Channel::kTransport, 0, {4, 4});
  ledger.add(Channel::kInfluence, 0, {7, 70});
  ledger.add(Channel::kGather, 1, {5, 5});
  EXPECT_EQ(ledger.core_local(), 0);
  EXPECT_EQ(ledger.spatial_violations(), 16);
  ChannelSet stay;
  stay.add(Channel::kInfluence);
  stay.add(Channel::kGather);
  ledger.keep_on_cores(stay);
  EXPECT_TRUE(ledger.is_core_local(Channel::kGather));
  EXPECT_FALSE(ledger.is_core_local(Channel::kTransport));
  EXPECT_EQ(ledger.core_local(), 12);
  EXPECT_EQ(ledger.spatial_violations(), 4);
  EXPECT_EQ(ledger.temporal_violations(), 5);
  EXPECT_EQ(ledger.violations(), 9);
  EXPECT_EQ(ledger.messages(), 18);
}

TEST(Ledger, SaturatesRatherThanOverflows) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(count_times(std::int64_t{1} << 40, std::int64_t{1} << 40), kMost);
  EXPECT_EQ(count_times(3, 7), 21);
  EXPECT_EQ(count_plus(kMost, 1), kMost);
  EXPECT_EQ(count_plus(2, 3), 5);
  Ledger ledger;
  ledger.add(Channel::kAxon, 0, {kMost, kMost});
  ledger.add(Channel::kPost, 0, {1, 1});
  EXPECT_EQ(ledger.messages(), kMost);
  EXPECT_EQ(ledger.scalars(), kMost);
}

TEST(Ledger, CountsTrialsAndTicks) {
  Ledger ledger;
  ledger.add_trials(3, 7);
  ledger.add_trials(1, 7);
  ledger.add_stalled_ticks(2);
  ledger.add_stalled_ticks(5);
  ledger.set_memory(11, 13);
  EXPECT_EQ(ledger.trials(), 4);
  EXPECT_EQ(ledger.ticks(), 28);
  EXPECT_EQ(ledger.stalled_ticks(), 7);
  EXPECT_EQ(ledger.history_bytes(), 11);
  EXPECT_EQ(ledger.trace_bytes(), 13);
}

/// A door of a rule that declares POST and TRANSPORT up to lag 2, and GATHER of lag 0.
Door door(Locality budget) {
  Permit permit{.budget = budget};
  permit.declare(Channel::kPost, 3);
  permit.declare(Channel::kTransport, 3);
  permit.declare(Channel::kGather, 1);
  return Door(permit, 8);
}

void pass_feedback(Door& door) {
  door.pass<Channel::kFeedback, Party::kReadout, Party::kRate>(0, 1, 1, [] { return Endpoints{}; });
}

/// A POST of a rate neuron, a TRANSPORT to the agent and a GATHER at the door.
void pass_post(Door& door, int lag, std::int64_t messages, int scalars, Endpoints (*ends)()) {
  door.pass<Channel::kPost, Party::kRate, Party::kSynapse>(lag, messages, scalars, ends);
}
void pass_transport(Door& door, int lag, std::int64_t messages, Endpoints (*ends)()) {
  door.pass<Channel::kTransport, Party::kSynapse, Party::kAgent>(lag, messages, 1, ends);
}
void pass_gather(Door& door, int lag, std::int64_t messages, Endpoints (*ends)()) {
  door.pass<Channel::kGather, Party::kRate, Party::kSynapse>(lag, messages, 1, ends);
}

Endpoints ends() { return {{Party::kSynapse, 3, 14}, {Party::kAgent, 0, 0}}; }

Endpoints must_not_be_asked() {
  ADD_FAILURE() << "the ends of a message are asked for only where it breaks the budget";
  return {};
}

TEST(Door, CountsAWholeDeliveryAtOnce) {
  Door passing = door(Locality::kAny);
  pass_post(passing, 1, 10, 2, must_not_be_asked);
  pass_post(passing, 1, 5, 3, must_not_be_asked);
  pass_transport(passing, 0, 1, must_not_be_asked);
  EXPECT_EQ(passing.ledger().at(Channel::kPost, 1), (Tally{15, 35}));
  EXPECT_EQ(passing.ledger().messages(), 16);
}

TEST(Door, RefusesWhatTheRuleHasNotDeclared) {
  Door passing = door(Locality::kAny);
  EXPECT_THROW(pass_feedback(passing), CheckFailure);
  pass_gather(passing, 0, 1, must_not_be_asked);
  EXPECT_THROW(pass_gather(passing, 1, 1, must_not_be_asked), CheckFailure) << "another channel's lag";
  EXPECT_THROW(pass_post(passing, 3, 1, 1, must_not_be_asked), CheckFailure);
  EXPECT_THROW(pass_post(passing, -1, 1, 1, must_not_be_asked), CheckFailure);
  EXPECT_EQ(passing.ledger().messages(), 1);
}

TEST(Door, LetsNoMessagesPassUnseen) {
  Door passing = door(Locality::kStrict);
  pass_gather(passing, 7, 0, must_not_be_asked);
  pass_transport(passing, 0, 0, must_not_be_asked);
  EXPECT_TRUE(passing.ledger().entries().empty());
}

TEST(Door, NamesTheFirstMessageThatBreaksTheBudget) {
  Door passing = door(Locality::kSpatial);
  passing.tick(Tick{5});
  pass_post(passing, 2, 4, 2, must_not_be_asked);  // temporal: allowed under kSpatial
  try {
    pass_transport(passing, 2, 9, ends);
    FAIL() << "a non-local message passed";
  } catch (const LocalityBroken& broken) {
    EXPECT_EQ(broken.offence().tick, Tick{5});
    EXPECT_EQ(broken.offence().channel, Channel::kTransport);
    EXPECT_EQ(broken.offence().lag, 2);
    EXPECT_EQ(broken.offence().ends.sender, (Endpoint{Party::kSynapse, 3, 14}));
    EXPECT_EQ(broken.offence().ends.receiver, (Endpoint{Party::kAgent, 0, 0}));
  }
  EXPECT_EQ(passing.ledger().messages(), 4);
}

TEST(Door, KeepsEachBudget) {
  for (const Locality budget : {Locality::kAny, Locality::kSpatial, Locality::kTemporal, Locality::kStrict}) {
    for (const Channel channel : {Channel::kPost, Channel::kTransport}) {
      for (const int lag : {0, 1, 2}) {
        Door passing = door(budget);
        const auto pass = [&](Endpoints (*named)()) {
          if (channel == Channel::kPost) return pass_post(passing, lag, 1, 1, named);
          pass_transport(passing, lag, 1, named);
        };
        if (breaks(budget, channel, lag)) {
          EXPECT_THROW(pass(ends), LocalityBroken);
        } else {
          EXPECT_NO_THROW(pass(must_not_be_asked));
        }
      }
    }
  }
}

}  // namespace
}  // namespace locus
