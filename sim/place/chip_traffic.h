// What a rule's messages are on a chip: packets, hops, the load of every pair of cores and of every
// link; and what is charged for them.
//
// Computed from counts by neuron and a placement, after the run: another placement needs no other
// run. docs/chip.md says what counts as what. Invariants (checked always): for each channel and
// lag, messages within a core and across cores add up to the ledger's.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/wire/ledger.h"
#include "core/wire/traffic.h"
#include "sim/place/reach.h"

namespace locus {

/// Of one channel and lag, or summed over all.
struct ChipCounts {
  std::int64_t on_core = 0;          // messages whose two actors sit on one core
  std::int64_t packets = 0;          // multicast: one for each core that an event reaches
  std::int64_t unicast_packets = 0;  // messages whose actors sit on different places
  std::int64_t hops = 0;             // of the packets
  std::int64_t unicast_hops = 0;     // of those messages, each alone
  friend bool operator==(const ChipCounts&, const ChipCounts&) = default;
};

struct ChipEntry {
  Channel channel = Channel::kAxon;
  std::int32_t lag = 0;
  ChipCounts counts;
  friend bool operator==(const ChipEntry&, const ChipEntry&) = default;
};

/// Packets between two places; either may be the host.
struct Load {
  std::int32_t from = kHost;
  std::int32_t to = kHost;
  std::int64_t packets = 0;
  friend bool operator==(const Load&, const Load&) = default;
};

/// How often a charge is due, in all and where it is due most (on one core, over one link): what
/// energy and time are linear in.
struct ChargeCount {
  double all = 0;
  double busiest = 0;
};

struct ChipTraffic {
  Placement placement;
  std::vector<ChipEntry> entries;  // channel by channel, lag ascending, as the ledger's
  ChipCounts total;
  // of activity on its way forward, which no rule changes; the rest is learning's
  std::int64_t forward_packets = 0;
  std::vector<Load> pairs;  // by from, to; only those with a packet
  std::vector<Load> links;  // of neighbours; only those with a packet
  std::array<ChargeCount, kCharges> charges{};
  Peak peak;  // 0 packets where it was not measured: it belongs to the placement of the run
};

/// feedback: the rule's own wires R.
ChipTraffic chip_traffic(const Topology& topology, const std::vector<Projection>& feedback, const Placement& placement,
                         RuleKind rule, const Ledger& ledger, const Traffic& traffic);

/// The load with most packets (the first of equals); none where there is none.
const Load* busiest(const std::vector<Load>& loads);

/// "core 0 -> core 1".
std::string name(const Load& load);

/// An estimate, by charge and in all.
struct Estimate {
  std::array<double, kCharges> energy{};  // [pJ]
  std::array<double, kCharges> time{};    // [ns]
  double total_energy = 0;                // [pJ]
  // [ns]: cores and links work side by side, what is charged for comes one after the other
  double total_time = 0;
};
Estimate estimate(const ChipTraffic& traffic, const CostSpec& cost);

}  // namespace locus
