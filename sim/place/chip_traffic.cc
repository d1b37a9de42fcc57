#include "sim/place/chip_traffic.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/base/check.h"
#include "sim/place/reach.h"

namespace locus {
namespace {

/// Packets and the number of scalars in them.
struct Carried {
  std::int64_t packets = 0;
  std::int64_t scalars = 0;
};
using Loads = std::map<std::pair<std::int32_t, std::int32_t>, Carried>;  // by (from, to)

/// The number of scalars in one message of a stream; of INFLUENCE under a restricted rule, whose
/// legs have their own, the mean.
std::int64_t payload(const Ledger& ledger, Channel channel) {
  for (const LedgerEntry& entry : ledger.entries()) {
    if (entry.channel == channel) return entry.tally.scalars / entry.tally.messages;
  }
  return 0;
}

class Evaluation {
 public:
  Evaluation(const Topology& topology, const std::vector<Projection>& feedback, const Placement& placement,
             const Learning& learning, const Ledger& ledger, const Traffic& traffic)
      : topology_(topology),
        placement_(placement),
        ledger_(ledger),
        traffic_(traffic),
        rule_(learning.kind),
        reach_(topology, feedback, placement, learning),
        operations_(static_cast<std::size_t>(placement.mesh.cores()), 0),
        gathers_(operations_.size(), 0) {
    if (placement.partial_sums) apart_.emplace(topology, feedback, place_apart(topology.sizes), learning);
  }

  ChipTraffic run() {
    ChipTraffic result;
    for (const StreamRow& stream : kStreamTable) {
      const std::int64_t packets = add_stream(stream);
      const bool forward = stream.channel == Channel::kAxon && !stream.has_lags;
      if (forward) result.forward_packets += packets;
    }
    for (const LedgerEntry& entry : ledger_.entries()) {
      ChipCounts& counts = counts_[{entry.channel, entry.lag}];
      if (!leaves_core(entry.channel)) counts.on_core = entry.tally.messages;
      CHECK(counts.on_core + counts.unicast_packets == entry.tally.messages,
            "messages on and across cores are the ledger's");
    }
    result.placement = placement_;
    for (const auto& [key, counts] : counts_) {
      if (counts == ChipCounts{}) continue;
      result.entries.push_back({key.first, key.second, counts});
      add(result.total, counts, 1);
    }
    for (const auto& [ends, carried] : pairs_) result.pairs.push_back({ends.first, ends.second, carried.packets});
    const Loads links = route();
    for (const auto& [ends, carried] : links) result.links.push_back({ends.first, ends.second, carried.packets});
    charge(links, result.charges);
    return result;
  }

 private:
  static void add(ChipCounts& sum, const ChipCounts& one, std::int64_t times) {
    sum.on_core += times * one.on_core;
    sum.packets += times * one.packets;
    sum.unicast_packets += times * one.unicast_packets;
    sum.hops += times * one.hops;
    sum.unicast_hops += times * one.unicast_hops;
    sum.tree_hops += times * one.tree_hops;
  }

  /// The counts of one event of a key.
  ChipCounts of_event(const StreamRow& stream, std::int32_t key) const {
    ChipCounts counts;
    const std::int32_t from = reach_.from(stream.stream, key);
    std::vector<std::int32_t> reached;
    for (const Leg& leg : reach_.legs(stream.stream, key)) {
      if (leg.to == from) {
        counts.on_core += leg.messages;
        continue;
      }
      reached.push_back(leg.to);
      const std::int64_t packets = is_summed(stream) ? 0 : stream.multicast ? 1 : leg.messages;
      const std::int64_t way = hops(placement_.mesh, from, leg.to).all();
      counts.packets += packets;
      counts.unicast_packets += leg.messages;
      counts.hops += packets * way;
      counts.unicast_hops += leg.messages * way;
    }
    counts.tree_hops = stream.multicast ? tree_links(placement_.mesh, from, reached) : counts.hops;
    return counts;
  }

  /// True if cores send sums in place of the messages of this stream.
  bool is_summed(const StreamRow& stream) const { return apart_ && stream.channel == Channel::kTransport; }

  /// Adds a stream and returns its number of packets.
  std::int64_t add_stream(const StreamRow& stream) {
    const std::int64_t scalars = payload(ledger_, stream.channel);
    std::int64_t packets = is_summed(stream) ? add_sums(stream, scalars) : 0;
    for (std::int32_t key = 0; key < reach_.keys(stream.stream); ++key) {
      const std::int64_t size = reach_.size(stream.stream, key).messages;
      const ChipCounts of_one = of_event(stream, key);
      std::int64_t events = 0;
      for (std::int32_t lag = 0; lag <= (stream.has_lags ? traffic_.largest_lag() : 0); ++lag) {
        const std::int64_t messages = traffic_.messages(stream.stream, lag)[static_cast<std::size_t>(key)];
        if (messages == 0) continue;
        CHECK(size > 0 && messages % size == 0, "a neuron sends whole events");
        add(counts_[{stream.channel, lag}], of_one, messages / size);
        events += messages / size;
      }
      if (events > 0) load(stream, key, events, scalars);
      packets += events * of_one.packets;
    }
    return packets;
  }

  /// Adds the packets of sums: in each step one from a core for each neuron to which, or about
  /// which, any of its own neurons' synapses answer. Counts by neuron do not say which of them
  /// answered in the same step: of two of a core the one that answered more often did whenever the
  /// other one did. Returns the number of packets.
  std::int64_t add_sums(const StreamRow& stream, std::int64_t scalars) {
    const bool to_agent = phase_of(stream.stream, rule(rule_)).to == Party::kAgent && !placement_.spread_agent;
    std::vector<std::vector<std::int32_t>> keys(operations_.size());  // by core
    for (std::int32_t key = 0; key < reach_.keys(stream.stream); ++key)
      keys[static_cast<std::size_t>(placement_.core_of(stream.key == Party::kRate ? Layer::kRate : Layer::kReadout, key))]
          .push_back(key);
    std::vector<std::int64_t> steps(static_cast<std::size_t>(topology_.sizes.rate_neurons), 0);
    std::vector<std::int32_t> receivers;  // with steps
    std::int64_t all = 0;
    for (std::int32_t lag = 0; lag <= (stream.has_lags ? traffic_.largest_lag() : 0); ++lag) {
      for (std::size_t core = 0; core < keys.size(); ++core) {
        for (const std::int32_t key : keys[core]) {
          const std::int64_t messages = traffic_.messages(stream.stream, lag)[static_cast<std::size_t>(key)];
          if (messages == 0) continue;
          const std::int64_t events = messages / apart_->size(stream.stream, key).messages;
          for (const Leg& leg : apart_->legs(stream.stream, key)) {
            std::int64_t& most = steps[static_cast<std::size_t>(leg.to)];
            if (most == 0) receivers.push_back(leg.to);
            most = std::max(most, events);
          }
        }
        const auto from = static_cast<std::int32_t>(core);
        for (const std::int32_t receiver : receivers) {
          const std::int64_t packets = std::exchange(steps[static_cast<std::size_t>(receiver)], 0);
          const std::int32_t to = to_agent ? placement_.agent : placement_.core_of(Layer::kRate, receiver);
          if (to == from) continue;
          const std::int64_t way = packets * hops(placement_.mesh, from, to).all();
          ChipCounts& counts = counts_[{stream.channel, lag}];
          counts.packets += packets;
          counts.hops += way;
          counts.tree_hops += way;
          all += packets;
          carry(from, to, packets, scalars);
        }
        receivers.clear();
      }
    }
    return all;
  }

  void carry(std::int32_t from, std::int32_t to, std::int64_t packets, std::int64_t scalars) {
    Carried& carried = pairs_[{from, to}];
    carried.packets += packets;
    carried.scalars += packets * scalars;
  }

  void load(const StreamRow& stream, std::int32_t key, std::int64_t events, std::int64_t scalars) {
    const std::int32_t from = reach_.from(stream.stream, key);
    for (const Leg& leg : reach_.legs(stream.stream, key)) {
      const std::int64_t messages = events * leg.messages;
      switch (stream.channel) {  // charges of synapses for the channel
        case Channel::kAxon:
        case Channel::kFeedback: operations_[static_cast<std::size_t>(leg.to)] += messages; break;
        case Channel::kInfluence:
          operations_[static_cast<std::size_t>(leg.to)] += leg.scalars > 0 ? events * leg.scalars : messages * scalars;
          break;
        case Channel::kTransport: operations_[static_cast<std::size_t>(from)] += messages; break;
        case Channel::kGather: gathers_[static_cast<std::size_t>(leg.to)] += messages; break;
        default: break;
      }
      if (leg.to == from || is_summed(stream)) continue;
      carry(from, leg.to, events * (stream.multicast ? 1 : leg.messages),
            leg.packet_scalars > 0 ? leg.packet_scalars : scalars);
    }
  }

  Loads route() const {
    Loads links;
    for (const auto& [ends, carried] : pairs_) {
      for (std::int32_t at = ends.first; at != ends.second;) {
        const std::int32_t next = next_on_way(placement_.mesh, at, ends.second);
        Carried& link = links[{at, next}];
        link.packets += carried.packets;
        link.scalars += carried.scalars;
        at = next;
      }
    }
    return links;
  }

  /// The number of messages, by core, from which synapses learn. No neuron has counts of POST, so
  /// that they are divided in proportion to the plastic synapses.
  std::vector<double> updates() const {
    std::vector<double> on_core(operations_.size(), 0);
    double plastic = 0;
    for (const Projection& projection : topology_.projections) {
      if (!projection.plastic || projection.is_bias) continue;
      plastic += static_cast<double>(projection.size());
      std::int32_t target = projection.target_begin;
      for (const std::int64_t synapses : projection.fan_in())
        on_core[static_cast<std::size_t>(placement_.core_of(projection.target_layer, target++))] +=
            static_cast<double>(synapses);
    }
    const double share = plastic > 0 ? static_cast<double>(ledger_.messages(Channel::kPost)) / plastic : 0;
    for (std::size_t c = 0; c < on_core.size(); ++c) on_core[c] = on_core[c] * share + static_cast<double>(gathers_[c]);
    return on_core;
  }

  void charge(const Loads& links, std::array<ChargeCount, kCharges>& charges) const {
    const auto of = [&](Charge charge) -> ChargeCount& { return charges[static_cast<std::size_t>(charge)]; };
    const auto due = [&](Charge charge, double times) {
      of(charge).all += times;
      of(charge).busiest = std::max(of(charge).busiest, times);
    };
    std::map<std::int32_t, std::int64_t> sent;
    for (const auto& [ends, carried] : pairs_) sent[ends.first] += carried.scalars;
    for (const auto& [from, scalars] : sent) due(Charge::kPacket, static_cast<double>(scalars));
    for (const auto& [ends, carried] : links) {
      const Hops link = hops(placement_.mesh, ends.first, ends.second);
      const Charge kind = link.host > 0        ? Charge::kHopHost
                          : link.east_west > 0 ? Charge::kHopEastWest
                                               : Charge::kHopNorthSouth;
      due(kind, static_cast<double>(carried.scalars));
    }
    for (const std::int64_t operations : operations_) due(Charge::kSynapticOperation, static_cast<double>(operations));
    for (const double on_core : updates()) due(Charge::kSynapticUpdate, on_core);
    std::vector<std::int64_t> neurons(operations_.size(), 0);
    for (const std::int32_t core : placement_.rate) ++neurons[static_cast<std::size_t>(core)];
    for (const std::int32_t core : placement_.readout) ++neurons[static_cast<std::size_t>(core)];
    for (const std::int64_t held : neurons) due(Charge::kNeuronUpdate, static_cast<double>(held * ledger_.ticks()));
    due(Charge::kBarrier, static_cast<double>(ledger_.ticks() + ledger_.stalled_ticks()));
    const auto kept = static_cast<double>(ledger_.history_bytes()) + static_cast<double>(ledger_.trace_bytes());
    of(Charge::kKeptByte).all = kept * static_cast<double>(ledger_.ticks());
  }

  const Topology& topology_;
  const Placement& placement_;
  const Ledger& ledger_;
  const Traffic& traffic_;
  RuleKind rule_;
  Reach reach_;
  std::optional<Reach> apart_;  // neuron by neuron; only with partial sums
  std::map<std::pair<Channel, std::int32_t>, ChipCounts> counts_;
  Loads pairs_;
  std::vector<std::int64_t> operations_;  // synaptic operations by core
  std::vector<std::int64_t> gathers_;     // GATHER by core
};

}  // namespace

ChipTraffic chip_traffic(const Topology& topology, const std::vector<Projection>& feedback, const Placement& placement,
                         const Learning& learning, const Ledger& ledger, const Traffic& traffic) {
  return Evaluation(topology, feedback, placement, learning, ledger, traffic).run();
}

const Load* busiest(const std::vector<Load>& loads) {
  const auto found = std::ranges::max_element(loads, {}, &Load::packets);
  return found == loads.end() ? nullptr : &*found;
}

std::string name(const Load& load) { return fmt::format("{} -> {}", place_name(load.from), place_name(load.to)); }

Estimate estimate(const ChipTraffic& traffic, const CostSpec& cost) {
  Estimate result;
  for (std::size_t c = 0; c < kCharges; ++c) {
    result.energy[c] = traffic.charges[c].all * cost.energy[c];
    result.time[c] = traffic.charges[c].busiest * cost.time[c];
    result.total_energy += result.energy[c];
    result.low_energy += traffic.charges[c].all * cost.low[c].value_or(cost.energy[c]);
    result.high_energy += traffic.charges[c].all * cost.high[c].value_or(cost.energy[c]);
    result.total_time += result.time[c];
  }
  return result;
}

}  // namespace locus
