// The replay of a run's packets against its messages: each packet of the mailbox, sorted into
// steps, replicas and waves by the test itself, on the mesh that is walked flit by flit
// (slow_mesh.h).
#include <gtest/gtest.h>

#include "sim/model/wire.h"
#include "sim/place/learning_on_chip.h"
#include "sim/place/network_record.h"
#include "tests/place/slow_mesh.h"
#include "tests/place/walker.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

/// The wave of a packet and the order of its stream within the wave.
std::pair<int, int> wave_of(const BrutePacket& packet) {
  switch (packet.channel) {
    case Channel::kAxon:
      if (packet.replayed) return {5, packet.from_rate ? 1 : 0};
      return packet.onto_readout ? std::pair(1, 0) : std::pair(0, packet.from_rate ? 1 : 0);
    case Channel::kInfluence: return {2, 0};
    case Channel::kTarget: return {3, 0};
    case Channel::kReward: return {4, 1};
    case Channel::kNorm: return {3, 1};
    case Channel::kFeedback: return {4, 0};
    case Channel::kTransport: return {packet.over_a ? 4 : 6, 0};
    case Channel::kAdjoint: return {5, 2};
    case Channel::kGather: return {5, 3};
    case Channel::kReduce: return {packet.from_rate ? 5 : 6, 0};
    default: ADD_FAILURE() << "a packet of " << name(packet.channel); return {9, 9};
  }
}

struct Expected {
  NetworkFigures figures;
  std::map<std::pair<int, int>, NetworkLink> links;
};

void add(const SlowMesh::Found& found, bool forward, NetworkTick& tick, Expected& expected) {
  NetworkShare& share = forward ? expected.figures.forward : expected.figures.learning;
  share.cycles += found.cycles;
  share.packets += found.arrived;
  share.flits += found.arrived_flits;
  share.lost_packets += found.lost;
  share.lost_flits += found.lost_flits;
  share.flit_hops += found.flit_hops;
  share.latency += found.latency;
  share.waiting += found.latency - found.empty_latency;
  share.largest_latency = std::max(share.largest_latency, found.largest_latency);
  share.blocked += found.blocked;
  (forward ? tick.forward_cycles : tick.learning_cycles) += found.cycles;
  tick.packets += found.arrived;
  tick.latency += found.latency;
  tick.largest_latency = std::max(tick.largest_latency, found.largest_latency);
  tick.lost_packets += found.lost;
  tick.blocked += found.blocked;
  for (const auto& [ends, load] : found.links) {
    NetworkLink& link = expected.links[ends];
    link.flits += load.first;
    link.peak_queue = std::max(link.peak_queue, load.second);
    tick.peak_queue = std::max(tick.peak_queue, load.second);
  }
}

/// The scalars of a packet. Restricted sensitivities of one packet are those that any of its
/// receivers needs; Reach counts them, and chip_traffic_test.cc holds it.
std::int64_t scalars_of(const BrutePacket& packet, const Reach& reach) {
  if (packet.channel != Channel::kInfluence) return packet.scalars;
  for (const Leg& leg : reach.legs(stream_of(Phase::kInfluence), static_cast<std::int32_t>(packet.key))) {
    if (leg.to == packet.to && leg.packet_scalars > 0) return leg.packet_scalars;
  }
  return packet.scalars;
}

Expected expected_of(const Spec& spec, const RuleSpec& rule, const Brute& brute, const Topology& topology) {
  const Reach reach(topology, {}, place_on_chip(*spec.chip, topology), learning_of(spec, topology, rule));
  const ChipNetworkSpec& network = *spec.chip->network;
  using Step = std::tuple<std::int64_t, int, int, int>;  // update, tick, lane, lag
  std::map<Step, std::map<int, std::vector<std::tuple<int, std::int64_t, int, std::size_t>>>> steps;
  for (std::size_t k = 0; k < brute.packets.size(); ++k) {
    const BrutePacket& one = brute.packets[k];
    if (one.update % network.every != 0) continue;
    const auto [wave, order] = wave_of(one);
    steps[{one.update, one.tick, one.lane, one.lag}][wave].emplace_back(order, one.key, one.to, k);
  }
  Expected expected;
  std::map<int, NetworkTick> ticks;
  std::map<std::tuple<std::int64_t, int, int>, std::int64_t> cycles;  // of a tick of one trial
  for (auto& [step, waves] : steps) {
    const auto [update, t, lane, lag] = step;
    NetworkTick& tick = ticks[t];
    tick.tick = t;
    std::map<std::pair<int, int>, std::int64_t> over;
    for (auto& [wave, sorted] : waves) {
      std::ranges::sort(sorted);
      std::vector<Packet> packets;
      for (const auto& entry : sorted) {
        const BrutePacket& one = brute.packets[std::get<3>(entry)];
        bool spikes = false;
        for (const Population& population : topology.populations) {
          const bool own = population.layer == Layer::kRate && one.key >= population.begin &&
                           one.key < population.begin + population.size;
          spikes = spikes || (one.channel == Channel::kAxon && one.from_rate && own && population.spiking);
        }
        const std::int64_t bits =
            network.header_bits + scalars_of(one, reach) * (spikes ? 1 : network.scalar_bits.value_or(64));
        const std::int64_t flits = std::max<std::int64_t>(1, (bits + network.flit_bits - 1) / network.flit_bits);
        packets.push_back({one.from, one.to, flits, 0});
      }
      const SlowMesh::Found found = SlowMesh(spec.chip->width, spec.chip->height, network).run(packets);
      add(found, wave < 2, tick, expected);
      cycles[{update, t, lane}] += found.cycles;
      for (const auto& [ends, load] : found.links) over[ends] += load.first;
    }
    tick.most_cycles = std::max(tick.most_cycles, cycles[{update, t, lane}]);
    for (const auto& [ends, flits] : over) tick.busiest_flits = std::max(tick.busiest_flits, flits);
  }
  for (const auto& [t, tick] : ticks) expected.figures.ticks.push_back(tick);
  expected.figures.trials = (spec.training.updates + network.every - 1) / network.every * spec.training.batch;
  return expected;
}

/// Which of several equally loaded links is named is the record's choice; it must be one of them.
void expect_same(NetworkFigures found, const Expected& expected, const std::string& what) {
  ASSERT_EQ(found.trials, expected.figures.trials) << what;
  ASSERT_EQ(found.forward, expected.figures.forward) << what;
  ASSERT_EQ(found.learning, expected.figures.learning) << what;
  ASSERT_EQ(found.links.size(), expected.links.size()) << what;
  for (const NetworkLink& link : found.links) {
    const NetworkLink& own = expected.links.at({link.ends.from, link.ends.to});
    ASSERT_EQ(link.flits, own.flits) << what;
    ASSERT_EQ(link.peak_queue, own.peak_queue) << what;
  }
  for (NetworkTick& tick : found.ticks) {
    ASSERT_TRUE(expected.links.contains({tick.peak_link.from, tick.peak_link.to})) << what;
    ASSERT_GE(expected.links.at({tick.peak_link.from, tick.peak_link.to}).peak_queue, tick.peak_queue) << what;
    ASSERT_TRUE(expected.links.contains({tick.busiest_link.from, tick.busiest_link.to})) << what;
    tick.peak_link = {};
    tick.busiest_link = {};
  }
  ASSERT_EQ(found.ticks, expected.figures.ticks) << what;
}

ChipNetworkSpec random_network(Dice& dice) {
  ChipNetworkSpec network;
  network.flit_bits = dice.between(8, 80);
  network.header_bits = dice.between(0, 40);
  if (dice.chance(50)) network.scalar_bits = dice.between(1, 64);
  network.cycles_per_hop = dice.between(1, 3);
  if (dice.chance(60)) network.queue_flits = dice.between(1, 12);
  if (network.queue_flits && dice.chance(50)) network.policy = QueuePolicy::kDrop;
  network.every = dice.between(1, 2);
  return network;
}

TEST(NetworkRecord, ReplaysThePacketsOfEveryMessage) {
  int lossy = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Spec spec = odd_model(seed);
    Dice dice(seed + 2000);
    spec.chip = random_chip(spec, dice);
    const RunResult plain = run_with(spec, TransportKind::kBatched);
    spec.chip->network = random_network(dice);
    const RunResult mailbox = run_with(spec, TransportKind::kMailbox, 2);
    const RunResult batched = run_with(spec, TransportKind::kBatched);
    const Topology topology = topology_of(spec);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      const Outcome& one = batched.outcomes[k];
      ASSERT_EQ(one.fingerprint, plain.outcomes[k].fingerprint) << "a replay changes nothing";
      ASSERT_EQ(one.chip.value().report.entries, plain.outcomes[k].chip.value().report.entries);
      ASSERT_EQ(one.chip->network, mailbox.outcomes[k].chip.value().network) << describe(spec);
      if (one.status != Status::kCompleted) continue;
      const Expected expected = expected_of(spec, spec.rules[k], walk(spec, spec.rules[k]), topology);
      expect_same(one.chip->network.value(), expected, spec.rules[k].name + " of " + describe(spec));
      if (HasFatalFailure()) return;
      lossy += one.chip->network->forward.lost_packets + one.chip->network->learning.lost_packets > 0 ? 1 : 0;
    }
  }
  EXPECT_GT(lossy, 5);
}

TEST(NetworkRecord, HasTheFiguresOfTheChipsCountsWhereNothingIsLost) {
  for (std::uint64_t seed = 50; seed <= 70; ++seed) {
    Spec spec = odd_model(seed);
    Dice dice(seed);
    spec.chip = random_chip(spec, dice);
    spec.chip->network.emplace().flit_bits = 65536;  // a packet is a flit
    for (const Outcome& outcome : run_with(spec, TransportKind::kBatched).outcomes) {
      const ChipTraffic& report = outcome.chip.value().report;
      const NetworkFigures& figures = outcome.chip->network.value();
      EXPECT_EQ(figures.forward.packets, report.forward_packets);
      EXPECT_EQ(figures.forward.packets + figures.learning.packets, report.total.packets);
      EXPECT_EQ(figures.forward.flit_hops + figures.learning.flit_hops, report.total.hops);
      ASSERT_EQ(figures.links.size(), report.links.size());
      for (const Load& load : report.links) {
        const auto same = [&](const NetworkLink& link) { return link.ends == LinkEnds{load.from, load.to}; };
        EXPECT_EQ(std::ranges::find_if(figures.links, same)->flits, load.packets);
      }
    }
  }
}

TEST(NetworkRecord, RefusesFiguresOfAnotherMesh) {
  NetworkFigures figures;
  figures.trials = 1;
  figures.links.push_back({{0, 1}, 5, 2});
  figures.ticks.emplace_back().tick = 3;
  EXPECT_TRUE(fits(figures, {2, 1}, 3));
  EXPECT_FALSE(fits(figures, {1, 2}, 2));
  EXPECT_FALSE(fits(figures, {1, 1}, 3));
  figures.links[0].flits = -1;
  EXPECT_FALSE(fits(figures, {2, 1}, 3));
  figures.links[0] = {{0, 0}, 5, 2};
  EXPECT_FALSE(fits(figures, {2, 1}, 3));
}

}  // namespace
}  // namespace locus
