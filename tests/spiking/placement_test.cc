// A chip counts the messages of spiking neurons and changes none: the bits are the same for any
// placement, and the packets are the same for both transports.
#include <gtest/gtest.h>

#include "sim/model/network_size.h"
#include "tests/support/agreement.h"
#include "tests/support/spiking_model.h"

namespace locus {
namespace {

/// Cores of three neurons each, in one row.
ChipSpec chip_of(const Spec& spec, PlacementPolicy policy) {
  constexpr std::int32_t kRoom = 3;
  const auto neurons = static_cast<std::int32_t>(locus::neurons(spec.network, PopulationKind::kRate) +
                                                 locus::neurons(spec.network, PopulationKind::kReadout));
  return {.width = (neurons + kRoom - 1) / kRoom, .height = 1, .neurons_per_core = kRoom, .policy = policy};
}

/// One delay for all projections of a kind, so that all packets of an axon leave and arrive
/// together.
Spec with_equal_delays(Spec spec) {
  for (ProjectionSpec& projection : spec.network.projections) {
    if (projection.is_bias) continue;  // which has no delay
    const auto kind = [&](std::int32_t population) {
      return spec.network.populations[static_cast<std::size_t>(population)].kind;
    };
    const bool recurrent =
        kind(projection.source) == PopulationKind::kRate && kind(projection.target) == PopulationKind::kRate;
    projection.delay = recurrent ? 3 : kind(projection.source) == PopulationKind::kInput ? 1 : 2;
  }
  return spec;
}

TEST(SpikingPlacement, ChangesNoBitAndIsCountedAlikeByBothTransports) {
  std::int64_t packets = 0;
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    const Spec plain = seed % 2 == 0 ? odd_spiking_model(seed) : with_equal_delays(odd_spiking_model(seed));
    const RunResult mailbox = run_with(plain, TransportKind::kMailbox);
    const RunResult batched = run_with(plain, TransportKind::kBatched);
    for (const PlacementPolicy policy : {PlacementPolicy::kBlock, PlacementPolicy::kRoundRobin, PlacementPolicy::kGreedy}) {
      Spec spec = plain;
      spec.chip = chip_of(spec, policy);
      const RunResult single = run_with(spec, TransportKind::kMailbox);
      const RunResult bulk = run_with(spec, TransportKind::kBatched, 3);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        ASSERT_TRUE(identical(single.outcomes[k], mailbox.outcomes[k])) << spec.rules[k].name << " of " << describe(plain);
        ASSERT_TRUE(identical(bulk.outcomes[k], batched.outcomes[k])) << spec.rules[k].name << " of " << describe(plain);
        const ChipTraffic& report = bulk.outcomes[k].chip.value().report;
        ASSERT_EQ(report.total.on_core + report.total.unicast_packets, bulk.outcomes[k].ledger.messages());
        // rounding may decide differently in later updates
        if (single.outcomes[k].ledger == bulk.outcomes[k].ledger) {
          ASSERT_EQ(report.entries, single.outcomes[k].chip.value().report.entries) << spec.rules[k].name;
        }
        packets += report.total.packets;
      }
    }
  }
  EXPECT_GT(packets, 100000) << "networks that stay on their cores show nothing";
}

}  // namespace
}  // namespace locus
