// The traffic of a rule's messages on a chip: packets, hops, the load of every pair of cores and of
// every link; and an estimate of its costs.
//
// It is computed after the run from counts by neuron and a placement, so that another placement
// needs no other run. docs/chip.md explains the counts. Invariants (always checked): for each
// channel and lag, the messages within a core and between cores add up to those of the ledger.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/wire/ledger.h"
#include "core/wire/traffic.h"
#include "sim/place/placement.h"

namespace locus {

/// The counts of one channel and lag, or the sum over all.
struct ChipCounts {
  std::int64_t on_core = 0;          // messages between two actors on the same core
  std::int64_t packets = 0;          // multicast: one for each core that an event reaches
  std::int64_t unicast_packets = 0;  // messages between actors on different places
  std::int64_t hops = 0;             // of the packets
  std::int64_t unicast_hops = 0;     // of those messages, if each travels alone
  // of the packets, if one packet a link serves all cores behind it
  std::int64_t tree_hops = 0;
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

/// The number of times that a charge is due, in all and on the busiest core or link. Energy and
/// time are linear in these.
struct ChargeCount {
  double all = 0;
  double busiest = 0;
};

struct ChipTraffic {
  Placement placement;
  std::vector<ChipEntry> entries;  // by channel and ascending lag, as in the ledger
  ChipCounts total;
  // of forward activity, which is the same for all rules; the rest is learning
  std::int64_t forward_packets = 0;
  std::vector<Load> pairs;  // by from and to; pairs without packets are left out
  std::vector<Load> links;  // between neighbours; links without packets are left out
  std::array<ChargeCount, kCharges> charges{};
  Peak peak;                         // 0 packets if not measured (it belongs to a run)
  std::vector<TickLoad> loads = {};  // by tick of a trial; empty if not measured
};

/// `feedback`: the wires R of the rule.
ChipTraffic chip_traffic(const Topology& topology, const std::vector<Projection>& feedback, const Placement& placement,
                         const Learning& learning, const Ledger& ledger, const Traffic& traffic);

/// The load with the most packets (the first of equals); null without loads.
const Load* busiest(const std::vector<Load>& loads);

/// "core 0 -> core 1".
std::string name(const Load& load);

/// An estimate for each charge and in all.
struct Estimate {
  std::array<double, kCharges> energy{};  // [pJ]
  std::array<double, kCharges> time{};    // [ns]
  double total_energy = 0;                // [pJ]
  // with the least and with the most energy of each charge [pJ]
  double low_energy = 0;
  double high_energy = 0;
  // [ns]; cores and links work in parallel, and the charges one after the other
  double total_time = 0;
};
Estimate estimate(const ChipTraffic& traffic, const CostSpec& cost);

}  // namespace locus
