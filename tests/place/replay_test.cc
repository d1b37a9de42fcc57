// The replay against the same mesh flit by flit and cycle by cycle (slow_mesh.h), and against what
// theory says of it.
#include "sim/place/replay.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/place/slow_mesh.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

std::vector<Packet> random_packets(const Mesh& mesh, std::int64_t longest, Dice& dice) {
  std::vector<Packet> packets;
  const int count = dice.between(1, 150);
  const int spread = dice.between(0, 1) == 0 ? 0 : dice.between(1, 200);
  const int hot = dice.between(-1, mesh.cores() - 1);  // a place to which many go
  std::vector<std::int64_t> last(static_cast<std::size_t>(mesh.cores()) + 1, 0);
  while (std::ssize(packets) < count) {
    Packet packet;
    packet.from = dice.between(-1, mesh.cores() - 1);
    packet.to = dice.between(0, 2) == 0 ? hot : dice.between(-1, mesh.cores() - 1);
    if (packet.from == packet.to) continue;
    packet.flits = dice.between(1, static_cast<int>(longest));
    std::int64_t& offered = last[static_cast<std::size_t>(packet.from + 1)];
    if (spread > 0) offered += dice.between(0, spread) / 10;
    packet.offered = offered;
    packets.push_back(packet);
  }
  return packets;
}

ChipNetworkSpec random_network(Dice& dice, std::int64_t longest) {
  ChipNetworkSpec network;
  network.cycles_per_hop = dice.between(1, 4);
  if (dice.between(0, 3) > 0) network.queue_flits = dice.between(1, static_cast<int>(longest) + 5);
  if (dice.between(0, 1) == 1) network.policy = QueuePolicy::kDrop;
  return network;
}

TEST(Replay, IsThatOfEveryFlitInEveryCycle) {
  int stalls = 0;
  int losses = 0;
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    Dice dice(seed);
    const Mesh mesh{dice.between(1, 5), dice.between(1, 4)};
    const std::int64_t longest = dice.between(1, 5);
    const ChipNetworkSpec network = random_network(dice, longest);
    const std::vector<Packet> packets = random_packets(mesh, longest, dice);
    MeshReplay replay(mesh, network);
    replay.run(random_packets(mesh, longest, dice));  // what went before leaves nothing behind
    const ReplayFigures fast = replay.run(packets);
    const SlowMesh::Found slow = SlowMesh(mesh.width, mesh.height, network).run(packets);
    ASSERT_EQ(fast.packets, slow.arrived) << seed;
    ASSERT_EQ(fast.flits, slow.arrived_flits) << seed;
    ASSERT_EQ(fast.lost_packets, slow.lost) << seed;
    ASSERT_EQ(fast.lost_flits, slow.lost_flits) << seed;
    ASSERT_EQ(fast.packets + fast.lost_packets, std::ssize(packets)) << seed;
    ASSERT_EQ(fast.cycles, slow.cycles) << seed;
    ASSERT_EQ(fast.latency, slow.latency) << seed;
    ASSERT_EQ(fast.largest_latency, slow.largest_latency) << seed;
    ASSERT_EQ(fast.latency - fast.waiting, slow.empty_latency) << seed;
    ASSERT_EQ(fast.blocked, slow.blocked) << seed;
    ASSERT_EQ(fast.flit_hops, slow.flit_hops) << seed;
    ASSERT_EQ(fast.links.size(), slow.links.size()) << seed;
    const MeshLinks links(mesh);
    std::int64_t sum = 0;
    for (const LinkLoad& load : fast.links) {
      const auto [flits, peak] = slow.links.at({links.begin(load.link), links.end(load.link)});
      ASSERT_EQ(load.flits, flits) << seed;
      ASSERT_EQ(load.peak_queue, peak) << seed;
      ASSERT_LE(load.peak_queue, std::max(network.queue_flits.value_or(INT64_MAX), longest));
      sum += load.flits;
    }
    ASSERT_EQ(sum, fast.flit_hops) << "flits are conserved";
    stalls += fast.blocked > 0 ? 1 : 0;
    losses += fast.lost_packets > 0 ? 1 : 0;
  }
  EXPECT_GT(stalls, 60);
  EXPECT_GT(losses, 60);
}

TEST(Replay, OfAPacketAloneTakesItsHops) {
  for (const std::int32_t cycles : {1, 3}) {
    for (const std::int64_t flits : {1, 7}) {
      const Mesh mesh{5, 3};
      MeshReplay replay(mesh, {.cycles_per_hop = cycles, .queue_flits = flits});
      for (std::int32_t from = kHost; from < mesh.cores(); ++from) {
        for (std::int32_t to = kHost; to < mesh.cores(); ++to) {
          if (from == to) continue;
          const Packet packet{from, to, flits, 1000000};
          const ReplayFigures figures = replay.run({&packet, 1});
          const std::int64_t expected = hops(mesh, from, to).all() * cycles + flits - 1;
          ASSERT_EQ(figures.latency, expected);
          ASSERT_EQ(figures.waiting, 0);
          ASSERT_EQ(figures.cycles, 1000000 + expected);
          ASSERT_EQ(figures.flit_hops, flits * hops(mesh, from, to).all());
          for (const LinkLoad& load : figures.links) ASSERT_EQ(load.peak_queue, flits);
        }
      }
    }
  }
}

/// Links and the ways of mesh.h agree.
TEST(Replay, LinksLeadToNeighbours) {
  const Mesh mesh{4, 3};
  const MeshLinks links(mesh);
  for (std::int32_t from = kHost; from < mesh.cores(); ++from) {
    for (std::int32_t to = kHost; to < mesh.cores(); ++to) {
      if (from == to) continue;
      const std::int32_t link = links.towards(from, to);
      ASSERT_GE(link, 0);
      ASSERT_LT(link, links.count());
      EXPECT_EQ(links.begin(link), from);
      EXPECT_EQ(links.end(link), next_on_way(mesh, from, to));
    }
  }
}

/// M/D/1: packets that come at random times to one server with a constant time of service S wait
/// rho S / (2 (1 - rho)) in the mean (Pollaczek-Khinchine). Cycles are 1/200 of S. The seed is
/// fixed; over other seeds the mean of so many packets deviates by 2 % (rho = 0.8) or less in 19
/// runs of 20.
TEST(Replay, WaitsAsAQueueWithConstantServiceDoes) {
  constexpr std::int64_t kService = 200;
  for (const double load : {0.2, 0.5, 0.8}) {
    Dice dice(static_cast<std::uint64_t>(100 * load));
    std::vector<Packet> packets;
    double time = 0;
    for (int k = 0; k < 200000; ++k) {
      time -= std::log(1 - static_cast<double>(dice.bits() >> 11) * 0x1p-53) * static_cast<double>(kService) / load;
      packets.push_back({0, 1, kService, static_cast<std::int64_t>(time)});
    }
    const ReplayFigures figures = MeshReplay({2, 1}, {.cycles_per_hop = 1}).run(packets);
    const double waiting = static_cast<double>(figures.waiting) / static_cast<double>(packets.size());
    const double expected = load * static_cast<double>(kService) / (2 * (1 - load));
    EXPECT_NEAR(waiting / expected, 1, 0.03) << "load " << load;
  }
}

/// Two streams onto one link: a third waits for neither of them, and the link is never idle.
TEST(Replay, OfAFullLinkTakesItsFlits) {
  std::vector<Packet> packets;
  for (int k = 0; k < 1000; ++k) {
    packets.push_back({0, 2, 3, 0});
    packets.push_back({1, 2, 3, 0});
  }
  const ReplayFigures figures = MeshReplay({3, 1}, {.cycles_per_hop = 1}).run(packets);
  EXPECT_EQ(figures.cycles, 2000 * 3);  // core 1 begins at once
  const ReplayFigures stalled = MeshReplay({3, 1}, {.cycles_per_hop = 1, .queue_flits = 6}).run(packets);
  EXPECT_EQ(stalled.cycles, figures.cycles);
  EXPECT_GT(stalled.blocked, 0);
  EXPECT_EQ(stalled.lost_packets, 0);
  const ReplayFigures lossy =
      MeshReplay({3, 1}, {.cycles_per_hop = 1, .queue_flits = 6, .policy = QueuePolicy::kDrop}).run(packets);
  EXPECT_GT(lossy.lost_packets, 0);
  EXPECT_EQ(lossy.packets + lossy.lost_packets, 2000);
}

}  // namespace
}  // namespace locus
