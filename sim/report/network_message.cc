#include "sim/report/network_message.h"

namespace locus {
namespace {

void fill(const LinkEnds& from, v1::ChipRun::Network::Ends& to) {
  to.set_from(from.from);
  to.set_to(from.to);
}

LinkEnds ends_of(const v1::ChipRun::Network::Ends& from) { return {from.from(), from.to()}; }

void fill(const NetworkShare& from, v1::ChipRun::Network::Share& to) {
  to.set_cycles(from.cycles);
  to.set_packets(from.packets);
  to.set_flits(from.flits);
  to.set_lost_packets(from.lost_packets);
  to.set_lost_flits(from.lost_flits);
  to.set_flit_hops(from.flit_hops);
  to.set_latency(from.latency);
  to.set_waiting(from.waiting);
  to.set_largest_latency(from.largest_latency);
  to.set_blocked(from.blocked);
}

NetworkShare share_of(const v1::ChipRun::Network::Share& from) {
  return {.cycles = from.cycles(),
          .packets = from.packets(),
          .flits = from.flits(),
          .lost_packets = from.lost_packets(),
          .lost_flits = from.lost_flits(),
          .flit_hops = from.flit_hops(),
          .latency = from.latency(),
          .waiting = from.waiting(),
          .largest_latency = from.largest_latency(),
          .blocked = from.blocked()};
}

void fill(const NetworkTick& from, v1::ChipRun::Network::Tick& to) {
  to.set_tick(from.tick);
  to.set_forward_cycles(from.forward_cycles);
  to.set_learning_cycles(from.learning_cycles);
  to.set_most_cycles(from.most_cycles);
  to.set_packets(from.packets);
  to.set_latency(from.latency);
  to.set_largest_latency(from.largest_latency);
  to.set_lost_packets(from.lost_packets);
  to.set_blocked(from.blocked);
  to.set_peak_queue(from.peak_queue);
  fill(from.peak_link, *to.mutable_peak_link());
  to.set_busiest_flits(from.busiest_flits);
  fill(from.busiest_link, *to.mutable_busiest_link());
}

}  // namespace

void fill(const ChipNetworkSpec& from, v1::Chip::Network& to) {
  to.set_flit_bits(from.flit_bits);
  to.set_header_bits(from.header_bits);
  if (from.scalar_bits) to.set_scalar_bits(*from.scalar_bits);
  to.set_cycles_per_hop(from.cycles_per_hop);
  if (from.queue_flits) {
    to.set_queue_flits(*from.queue_flits);
    to.set_policy(from.policy == QueuePolicy::kDrop ? v1::Chip::Network::DROP : v1::Chip::Network::STALL);
  }
  to.set_every(from.every);
}

void fill(const ChipMemorySpec& from, v1::Chip::Memory& to) {
  if (from.bytes_per_core) to.set_bytes_per_core(*from.bytes_per_core);
  if (from.fan_in) to.set_fan_in(*from.fan_in);
  if (from.axons_per_core) to.set_axons_per_core(*from.axons_per_core);
  to.set_address_bits(from.address_bits);
}

void fill(const NetworkFigures& from, v1::ChipRun::Network& to) {
  to.set_trials(from.trials);
  fill(from.forward, *to.mutable_forward());
  fill(from.learning, *to.mutable_learning());
  for (const NetworkTick& tick : from.ticks) fill(tick, *to.add_ticks());
  for (const NetworkLink& link : from.links) {
    v1::ChipRun::Network::Link& written = *to.add_links();
    fill(link.ends, *written.mutable_ends());
    written.set_flits(link.flits);
    written.set_peak_queue(link.peak_queue);
  }
}

NetworkFigures figures_of(const v1::ChipRun::Network& from) {
  NetworkFigures to{.trials = from.trials(),
                    .forward = share_of(from.forward()),
                    .learning = share_of(from.learning()),
                    .ticks = {},
                    .links = {}};
  for (const v1::ChipRun::Network::Tick& tick : from.ticks()) {
    to.ticks.push_back({.tick = tick.tick(),
                        .forward_cycles = tick.forward_cycles(),
                        .learning_cycles = tick.learning_cycles(),
                        .most_cycles = tick.most_cycles(),
                        .packets = tick.packets(),
                        .latency = tick.latency(),
                        .largest_latency = tick.largest_latency(),
                        .lost_packets = tick.lost_packets(),
                        .blocked = tick.blocked(),
                        .peak_queue = tick.peak_queue(),
                        .peak_link = ends_of(tick.peak_link()),
                        .busiest_flits = tick.busiest_flits(),
                        .busiest_link = ends_of(tick.busiest_link())});
  }
  for (const v1::ChipRun::Network::Link& link : from.links())
    to.links.push_back({ends_of(link.ends()), link.flits(), link.peak_queue()});
  return to;
}

}  // namespace locus
