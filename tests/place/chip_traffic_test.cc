// Packets and hops against a count over every message of the mailbox: each single message, with its
// way from a separate formula.
#include "sim/place/chip_traffic.h"

#include <gtest/gtest.h>

#include "sim/model/wire.h"
#include "sim/run/run.h"
#include "tests/place/walker.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

void expect_brute(const Outcome& outcome, const Brute& brute, const std::string& what) {
  const ChipTraffic& report = outcome.chip.value().report;
  ASSERT_EQ(report.entries.size(), brute.counts.size()) << what;
  for (const ChipEntry& entry : report.entries) {
    const ChipCounts& found = entry.counts;
    const ChipCounts& expected = brute.counts.at({entry.channel, entry.lag});
    ASSERT_EQ(found, expected) << name(entry.channel) << " of lag " << entry.lag << ": on core " << found.on_core
                               << " / " << expected.on_core << ", packets " << found.packets << " / " << expected.packets
                               << ", unicast " << found.unicast_packets << " / " << expected.unicast_packets
                               << ", hops " << found.hops << " / " << expected.hops << ", unicast hops "
                               << found.unicast_hops << " / " << expected.unicast_hops << ", " << what;
  }
  ASSERT_EQ(report.pairs.size(), brute.pairs.size()) << what;
  std::int64_t over_links = 0;
  for (const Load& load : report.pairs)
    ASSERT_EQ(load.packets, brute.pairs.at({load.from, load.to})) << name(load) << what;
  for (const Load& link : report.links) {
    ASSERT_EQ(hops(report.placement.mesh, link.from, link.to).all(), 1) << name(link);
    over_links += link.packets;
  }
  ASSERT_EQ(over_links, report.total.hops) << "every hop is over one link, " << what;
  ASSERT_EQ(report.peak.packets, brute.peak) << what;
  std::int64_t peak = 0, packets = 0;
  for (std::size_t t = 0; t < report.loads.size(); ++t) {
    const auto found = brute.loads.find(static_cast<std::int32_t>(t) + 1);
    const std::array<std::int64_t, 3> none = {};
    const std::array<std::int64_t, 3>& load = found == brute.loads.end() ? none : found->second;
    ASSERT_EQ(report.loads[t], (TickLoad{load[0], load[1], load[2]})) << "tick " << t + 1 << ", " << what;
    peak = std::max(peak, load[2]);
    packets += load[0] + load[1];
  }
  ASSERT_EQ(peak, report.peak.packets) << what;
  ASSERT_EQ(packets, report.total.packets) << what;
}

TEST(ChipTraffic, IsThatOfEveryMessageWalkedAlone) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Spec spec = odd_model(seed);
    Dice dice(seed + 1000);
    spec.chip = random_chip(spec, dice);
    spec.rules.push_back(rule_spec(RuleKind::kRtrlCore));
    const RunResult mailbox = run_with(spec, TransportKind::kMailbox);
    const RunResult batched = run_with(spec, TransportKind::kBatched);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      const Brute brute = walk(spec, spec.rules[k]);
      expect_brute(batched.outcomes[k], brute, "batched, " + spec.rules[k].name + " of " + describe(spec));
      expect_brute(mailbox.outcomes[k], brute, "mailbox, " + spec.rules[k].name + " of " + describe(spec));
      if (HasFatalFailure()) return;
    }
  }
}

TEST(ChipTraffic, ConservesMessagesAndPacketsAreNoMore) {
  for (std::uint64_t seed = 100; seed <= 130; ++seed) {
    Spec spec = odd_model(seed);
    Dice dice(seed);
    const std::string plain = run_with(spec, TransportKind::kBatched).outcomes.front().fingerprint;
    spec.chip = random_chip(spec, dice);
    const RunResult result = run_with(spec, TransportKind::kBatched);
    EXPECT_EQ(result.outcomes.front().fingerprint, plain) << "a chip changes nothing that is learnt or sent";
    for (const Outcome& outcome : result.outcomes) {
      const auto entries = outcome.ledger.entries();
      const auto& on_chip = outcome.chip.value().report.entries;
      ASSERT_EQ(on_chip.size(), entries.size());
      for (std::size_t e = 0; e < entries.size(); ++e) {
        const ChipCounts& counts = on_chip[e].counts;
        EXPECT_EQ(on_chip[e].channel, entries[e].channel);
        EXPECT_EQ(on_chip[e].lag, entries[e].lag);
        EXPECT_EQ(counts.on_core + counts.unicast_packets, entries[e].tally.messages);
        EXPECT_LE(counts.packets, counts.unicast_packets);
        EXPECT_LE(counts.hops, counts.unicast_hops);
        const bool own_payload = entries[e].channel != Channel::kAxon && entries[e].channel != Channel::kFeedback &&
                                 entries[e].channel != Channel::kInfluence;
        EXPECT_TRUE(!own_payload || counts.packets == counts.unicast_packets) << name(entries[e].channel);
        const bool stays = entries[e].channel == Channel::kPost || entries[e].channel == Channel::kDendrite;
        EXPECT_TRUE(!stays || counts.unicast_packets == 0) << name(entries[e].channel);
      }
    }
  }
}

/// A rule that its budget ends has sent whole events until then, and they are those of the ledger.
TEST(ChipTraffic, OfARunThatItsBudgetEndedAddsUp) {
  int broken = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Spec spec = odd_model(seed);
    Dice dice(seed);
    spec.chip = random_chip(spec, dice);
    for (const Locality budget : {Locality::kSpatial, Locality::kTemporal, Locality::kStrict}) {
      spec.training.locality = budget;
      const RunResult batched = run_with(spec, TransportKind::kBatched);
      const RunResult mailbox = run_with(spec, TransportKind::kMailbox);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        broken += batched.outcomes[k].status == Status::kLocalityBroken ? 1 : 0;
        const ChipTraffic& report = batched.outcomes[k].chip.value().report;
        ASSERT_EQ(report.total.on_core + report.total.unicast_packets, batched.outcomes[k].ledger.messages());
        ASSERT_EQ(report.entries, mailbox.outcomes[k].chip.value().report.entries);
        ASSERT_EQ(report.peak, mailbox.outcomes[k].chip.value().report.peak);
        ASSERT_EQ(report.loads, mailbox.outcomes[k].chip.value().report.loads);
      }
    }
  }
  EXPECT_GT(broken, 100);
}

/// On one core only the messages of the host leave it: inputs, targets, and those of the agent.
TEST(ChipTraffic, OfOneCoreIsTheHostsAlone) {
  Style style;
  style.activation = Activation::kTanh;
  style.loss = Loss::kSequence;
  Spec spec = small_model({2, 3, 2, 4}, style, 5);
  spec.chip = ChipSpec{};
  spec.chip->neurons_per_core = 5;
  for (const Outcome& outcome : run_with(spec, TransportKind::kBatched).outcomes) {
    for (const Load& load : outcome.chip.value().report.pairs)
      EXPECT_TRUE(load.from == kHost || load.to == kHost) << name(load);
  }
  spec.chip->agent_core = 0;
  for (const Outcome& outcome : run_with(spec, TransportKind::kBatched).outcomes) {
    for (const ChipEntry& entry : outcome.chip.value().report.entries) {
      const bool from_host = entry.channel == Channel::kAxon || entry.channel == Channel::kTarget;
      EXPECT_EQ(entry.counts.packets > 0, from_host) << outcome.rule << " " << name(entry.channel);
      EXPECT_EQ(entry.counts.hops, entry.counts.packets);
    }
  }
}

/// By hand: BPTT, one tick. 2 inputs, 2 rate neurons on cores 0 and 1, 1 readout on core 1; mesh 2
/// x 1, agent at the host.
TEST(ChipTraffic, ByHand) {
  const Spec spec = model_on_two_cores();
  const Outcome outcome = run_with(spec, TransportKind::kBatched).outcomes.front();
  const ChipTraffic& report = outcome.chip.value().report;
  const auto counts = [&](Channel channel) {
    for (const ChipEntry& entry : report.entries) {
      if (entry.channel == channel && entry.lag == 0) return entry.counts;
    }
    return ChipCounts{};
  };
  // B: each of 2 inputs to cores 0 (1 hop) and 1 (2 hops), forward and replayed: 8 packets, 12
  // hops; a tree shares the link to core 0. A: neuron 0 to core 1: 1; neuron 1 stays on its core.
  EXPECT_EQ(counts(Channel::kAxon), (ChipCounts{1, 9, 9, 13, 13, 9}));
  EXPECT_EQ(counts(Channel::kTarget), (ChipCounts{0, 1, 1, 2, 2, 2}));
  // A's two synapses on core 1 send to the agent: 2 hops each. ADJOINT: to cores 0 and 1.
  EXPECT_EQ(counts(Channel::kTransport), (ChipCounts{0, 2, 2, 4, 4, 4}));
  EXPECT_EQ(counts(Channel::kAdjoint), (ChipCounts{0, 2, 2, 3, 3, 3}));
  EXPECT_EQ(report.peak, (Peak{14, Tick{1}, 0}));
  ASSERT_NE(busiest(report.links), nullptr);
  EXPECT_EQ(name(*busiest(report.links)), "host -> core 0");  // 8 + 1 + 2
  EXPECT_EQ(busiest(report.links)->packets, 11);
}

CostSpec cost_of(Dice& dice) {
  CostSpec cost;
  for (double& energy : cost.energy) energy = dice.between(0, 100) / 8.0;
  for (double& time : cost.time) time = dice.between(0, 100) / 8.0;
  return cost;
}

TEST(Estimate, IsLinearInTheCostFile) {
  Dice dice(9);
  Spec spec = odd_model(7);
  spec.chip = random_chip(spec, dice);
  const CostSpec one = cost_of(dice);
  const CostSpec other = cost_of(dice);
  CostSpec both;
  for (std::size_t c = 0; c < kCharges; ++c) {
    both.energy[c] = 2 * one.energy[c] + 3 * other.energy[c];
    both.time[c] = 2 * one.time[c] + 3 * other.time[c];
  }
  for (const Outcome& outcome : run_with(spec, TransportKind::kBatched).outcomes) {
    const ChipTraffic& report = outcome.chip.value().report;
    const Estimate a = estimate(report, one), b = estimate(report, other), sum = estimate(report, both);
    EXPECT_NEAR(sum.total_energy, 2 * a.total_energy + 3 * b.total_energy, 1e-9 * sum.total_energy);
    EXPECT_NEAR(sum.total_time, 2 * a.total_time + 3 * b.total_time, 1e-9 * sum.total_time);
    EXPECT_EQ(estimate(report, CostSpec{}).total_energy, 0);
  }
}

TEST(Estimate, HasTheRangeOfItsCharges) {
  Dice dice(9);
  Spec spec = odd_model(7);
  spec.chip = random_chip(spec, dice);
  CostSpec cost = cost_of(dice);
  const auto neuron = static_cast<std::size_t>(Charge::kNeuronUpdate);
  const auto packet = static_cast<std::size_t>(Charge::kPacket);
  EXPECT_FALSE(cost.has_range());
  cost.low[neuron] = cost.energy[neuron] / 4;
  cost.high[packet] = cost.energy[packet] + 2;
  EXPECT_TRUE(cost.has_range());
  for (const Outcome& outcome : run_with(spec, TransportKind::kBatched).outcomes) {
    const ChipTraffic& report = outcome.chip.value().report;
    const Estimate found = estimate(report, cost);
    const double saved = 0.75 * cost.energy[neuron] * report.charges[neuron].all;
    EXPECT_NEAR(found.low_energy, found.total_energy - saved, 1e-9 * found.total_energy);
    EXPECT_NEAR(found.high_energy, found.total_energy + 2 * report.charges[packet].all, 1e-9 * found.total_energy);
  }
}

/// The charges one by one, against the ledger and the loads.
TEST(Estimate, ChargesWhatTheLedgerCounts) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Spec spec = odd_model(seed);
    Dice dice(seed);
    spec.chip = random_chip(spec, dice);
    for (const Outcome& outcome : run_with(spec, TransportKind::kBatched).outcomes) {
      const ChipTraffic& report = outcome.chip.value().report;
      const Ledger& ledger = outcome.ledger;
      const auto charged = [&](Charge charge) { return report.charges[static_cast<std::size_t>(charge)].all; };
      const std::int64_t influence = ledger.at(Channel::kInfluence, 0).scalars;
      EXPECT_EQ(charged(Charge::kSynapticOperation),
                static_cast<double>(ledger.messages(Channel::kAxon) + ledger.messages(Channel::kFeedback) +
                                    ledger.messages(Channel::kTransport) + influence));
      const auto updates = static_cast<double>(ledger.messages(Channel::kPost) + ledger.messages(Channel::kGather));
      bool plastic = false;
      for (const ProjectionSpec& projection : spec.network.projections) plastic = plastic || projection.plastic;
      EXPECT_NEAR(charged(Charge::kSynapticUpdate), plastic ? updates : 0, 1e-9 * updates);
      const double neurons = static_cast<double>(report.placement.rate.size() + report.placement.readout.size());
      EXPECT_EQ(charged(Charge::kNeuronUpdate), neurons * static_cast<double>(ledger.ticks()));
      EXPECT_EQ(charged(Charge::kBarrier), static_cast<double>(ledger.ticks() + ledger.stalled_ticks()));
      EXPECT_EQ(charged(Charge::kKeptByte),
                static_cast<double>((ledger.history_bytes() + ledger.trace_bytes()) * ledger.ticks()));
      // all other packets have one scalar
      if (influence == 0 && ledger.messages(Channel::kReduce) == 0) {
        EXPECT_EQ(charged(Charge::kPacket), static_cast<double>(report.total.packets));
        EXPECT_EQ(charged(Charge::kHopEastWest) + charged(Charge::kHopNorthSouth) + charged(Charge::kHopHost),
                  static_cast<double>(report.total.hops));
      }
    }
  }
}

}  // namespace
}  // namespace locus
