// Placements that `locus place` offers beyond a model's: partial sums, an agent that is spread over
// the cores, and the fewest packets of a rule.
#include "sim/place/fewest_packets.h"

#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

#include "sim/model/wire.h"
#include "sim/run/run.h"
#include "tests/place/walker.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

/// Counted by the walker: what cores send if they add up TRANSPORT and have their own parts of the
/// agent. Where no gain and no error is 0, all synapses of a neuron answer in the same steps, and
/// the counts by neuron say all.
TEST(ChipTraffic, OfPartialSumsAndASpreadAgentIsThatOfEveryMessage) {
  std::int64_t saved = 0;
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    const bool smooth = seed % 2 == 0;
    const Style style{.activation = Activation::kTanh, .leak = 0.75, .loss = Loss::kSequence};
    Spec spec = smooth ? small_model({2, 6, 3, 4}, style, seed) : odd_model(seed);
    Dice dice(seed + 77);
    ChipSpec chip = random_chip(spec, dice);
    spec.chip = chip;
    const RunResult result = run_with(spec, TransportKind::kBatched);
    chip.spread_agent = dice.chance(50);
    chip.partial_sums = !chip.spread_agent || dice.chance(50);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      spec.chip = chip;
      const Brute brute = walk(spec, spec.rules[k]);
      const Outcome& outcome = result.outcomes[k];
      const ChipTraffic found = chip_traffic(result.topology, outcome.chip->feedback, place_on_chip(chip, result.topology),
                                             learning_of(outcome), outcome.ledger, outcome.chip->traffic);
      for (const ChipEntry& entry : found.entries) {
        const ChipCounts& expected = brute.counts.at({entry.channel, entry.lag});
        if (smooth || entry.channel != Channel::kTransport || !chip.partial_sums) {
          ASSERT_EQ(entry.counts, expected) << name(entry.channel) << " of lag " << entry.lag << ", "
                                            << spec.rules[k].name << " of " << describe(spec);
        }
        EXPECT_LE(entry.counts.packets, expected.packets);
        EXPECT_EQ(entry.counts.unicast_packets, expected.unicast_packets);
        EXPECT_TRUE(!chip.spread_agent || entry.channel != Channel::kAdjoint || entry.counts.packets == 0);
      }
      saved += outcome.chip->report.total.packets - found.total.packets;
    }
  }
  EXPECT_GT(saved, 1000);
}

TEST(FewestPackets, IsNeverWorseThanBlocksAndGreedyOnItsRule) {
  std::int64_t better = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Spec spec = odd_model(seed);
    Dice dice(seed + 5);
    const Topology topology = topology_of(spec);
    const std::int32_t neurons = topology.sizes.rate_neurons + topology.sizes.readouts;
    ChipSpec chip;
    chip.width = 2;
    chip.height = 2;
    chip.neurons_per_core = (neurons + 3) / 4 + dice.between(0, 1);
    if (dice.chance(40)) chip.agent_core = 3;
    spec.chip = chip;
    const RunResult result = run_with(spec, TransportKind::kBatched);
    chip.partial_sums = dice.chance(30);
    chip.spread_agent = dice.chance(30);
    for (const Outcome& outcome : result.outcomes) {
      const auto packets = [&](PlacementPolicy policy, std::vector<std::int32_t> cores) {
        ChipSpec placed = chip;
        placed.policy = policy;
        placed.cores = std::move(cores);
        EXPECT_FALSE(lack_of_room(placed, result.topology, "").has_value());
        return chip_traffic(result.topology, outcome.chip->feedback, place_on_chip(placed, result.topology),
                            learning_of(outcome), outcome.ledger, outcome.chip->traffic)
            .total.packets;
      };
      const std::vector<std::int32_t> cores = place_fewest_packets(
          chip, result.topology, outcome.chip->feedback, learning_of(outcome), outcome.ledger, outcome.chip->traffic);
      const std::int64_t fewest = packets(PlacementPolicy::kExplicit, cores);
      const std::int64_t others = std::min(packets(PlacementPolicy::kBlock, {}), packets(PlacementPolicy::kGreedy, {}));
      EXPECT_LE(fewest, others) << outcome.rule << " of " << describe(spec);
      better += fewest < others ? 1 : 0;
    }
  }
  EXPECT_GT(better, 50);
}

/// On few neurons every placement can be tried.
TEST(FewestPackets, IsNearTheBestOfAll) {
  Spec spec = odd_model(3);
  for (std::uint64_t seed = 3; topology_of(spec).sizes.rate_neurons + topology_of(spec).sizes.readouts != 6; ++seed)
    spec = odd_model(seed);
  ChipSpec chip;
  chip.width = 2;
  chip.neurons_per_core = 4;
  spec.chip = chip;
  const RunResult result = run_with(spec, TransportKind::kBatched);
  for (const Outcome& outcome : result.outcomes) {
    const auto packets = [&](const std::vector<std::int32_t>& cores) {
      ChipSpec placed = chip;
      placed.policy = PlacementPolicy::kExplicit;
      placed.cores = cores;
      return chip_traffic(result.topology, outcome.chip->feedback, place_on_chip(placed, result.topology),
                          learning_of(outcome), outcome.ledger, outcome.chip->traffic)
          .total.packets;
    };
    std::int64_t best = std::numeric_limits<std::int64_t>::max();
    for (unsigned bits = 0; bits < 64; ++bits) {
      std::vector<std::int32_t> cores;
      for (unsigned k = 0; k < 6; ++k) cores.push_back(static_cast<std::int32_t>((bits >> k) & 1U));
      const auto on_one = std::ranges::count(cores, 1);
      if (on_one <= 4 && on_one >= 2) best = std::min(best, packets(cores));
    }
    const std::int64_t found = packets(place_fewest_packets(
        chip, result.topology, outcome.chip->feedback, learning_of(outcome), outcome.ledger, outcome.chip->traffic));
    EXPECT_GE(found, best);
    EXPECT_LE(static_cast<double>(found), 1.1 * static_cast<double>(best)) << outcome.rule;
  }
}

}  // namespace
}  // namespace locus
