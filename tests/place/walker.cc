#include "tests/place/walker.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <tuple>

#include "core/protocol/declaration.h"
#include "core/transport/mailbox/mailbox.h"
#include "sim/model/build.h"
#include "sim/model/learning.h"
#include "sim/model/wire.h"
#include "sim/place/learning_on_chip.h"
#include "sim/place/place.h"
#include "sim/run/trial.h"
#include "sim/task/task.h"

namespace locus {

ChipSpec random_chip(const Spec& spec, Dice& dice) {
  ChipSpec chip;
  chip.width = dice.between(1, 4);
  chip.height = dice.between(1, 3);
  chip.policy = PlacementPolicy::kExplicit;
  const Topology topology = topology_of(spec);
  chip.neurons_per_core = topology.sizes.rate_neurons + topology.sizes.readouts;
  for (int k = 0; k < chip.neurons_per_core; ++k) chip.cores.push_back(dice.between(0, chip.width * chip.height - 1));
  if (dice.chance(40)) chip.agent_core = dice.between(0, chip.width * chip.height - 1);
  return chip;
}

namespace {

/// Counts every message of a run by itself. Messages of one event have the same sender, step, lane,
/// delivered block and destination.
class Walker {
 public:
  Walker(const ChipSpec& chip, const Network<double>& network) : chip_(chip), network_(network) {}

  void see(const Passing& m) {
    const int from = place(m.ends.sender, m);
    const int to = place(m.ends.receiver, m);
    ChipCounts& counts = brute_.counts[{m.channel, m.lag}];
    const bool same_step = m.tick == tick_ && m.lag == lag_;
    if (!same_step) end_step();
    tick_ = m.tick;
    lag_ = m.lag;
    // UORO: the second message of a source over the same synapse in a step is its factor
    const auto over = std::tuple(m.channel, m.lane.value, m.ends.receiver.projection, m.ends.receiver.index);
    const bool again = m.channel == Channel::kAxon && !m.replayed && !heard_.insert(over).second;
    if (from == to) {
      ++counts.on_core;
      return;
    }
    ++counts.unicast_packets;
    counts.unicast_hops += distance(from, to);
    const bool multicast =
        m.channel == Channel::kAxon || m.channel == Channel::kFeedback || m.channel == Channel::kInfluence;
    if (multicast) {
      const auto event = std::tuple(m.channel, m.replayed || again, onto_readout(m), m.lane.value, m.ends.sender.party,
                                    m.ends.sender.index, to);
      if (!sent_.insert(event).second) return;
      auto tree = event;
      std::get<6>(tree) = kHost - 1;  // to all
      counts.tree_hops += new_links(from, to, links_[tree]);
    } else if (chip_.partial_sums && m.channel == Channel::kTransport) {
      if (!sums_.insert({m.channel, m.lane.value, onto_readout_of(m.ends.sender), from, about(m)}).second) return;
      counts.tree_hops += distance(from, to);
    } else {
      counts.tree_hops += distance(from, to);
    }
    ++counts.packets;
    counts.hops += distance(from, to);
    ++brute_.pairs[{from, to}];
    ++step_[m.lane.value];
    const bool by_synapse = m.ends.sender.party == Party::kSynapse;
    brute_.packets.push_back({.update = update_,
                              .tick = m.tick.value,
                              .lag = m.lag,
                              .lane = m.lane.value,
                              .channel = m.channel,
                              .replayed = m.replayed,
                              .onto_readout = onto_readout(m),
                              .over_a = by_synapse && onto_readout_of(m.ends.sender),
                              .key = key(m),
                              .from_rate = m.ends.sender.party == Party::kRate,
                              .from = from,
                              .to = to,
                              .scalars = m.scalars});
  }

  /// The ticks of the next trial are different steps.
  void begin_trial(std::int64_t update) {
    end_step();
    update_ = update;
  }

  const Brute& done() {
    end_step();
    return brute_;
  }

 private:
  /// Of a rate neuron, whose blocks W and A hear it in different ticks; an input has one block.
  bool onto_readout(const Passing& m) const {
    return m.channel == Channel::kAxon && m.ends.sender.party == Party::kRate &&
           network_.projections()[static_cast<std::size_t>(m.ends.receiver.projection)].target_layer == Layer::kReadout;
  }
  /// The neuron that sends or on which a sending synapse ends; else the one that hears.
  std::int64_t key(const Passing& m) const {
    const Endpoint& sender = m.ends.sender;
    if (sender.party == Party::kEnvironment || sender.party == Party::kAgent) return m.ends.receiver.index;
    if (sender.party != Party::kSynapse) return sender.index;
    const auto& projection = network_.projections()[static_cast<std::size_t>(sender.projection)];
    return projection.target_begin + projection.target_of(sender.index);
  }
  int core(std::int64_t number) const { return chip_.cores[static_cast<std::size_t>(number)]; }
  /// The rate neuron that a message to or from the agent, or a TRANSPORT, is about.
  std::int64_t about(const Passing& m) const {
    const Endpoint& other = m.ends.sender.party == Party::kAgent ? m.ends.receiver : m.ends.sender;
    if (other.party == Party::kRate) return other.index;
    const auto& projection = network_.projections()[static_cast<std::size_t>(other.projection)];
    return projection.source_begin + projection.source_of(other.index);
  }
  bool onto_readout_of(const Endpoint& synapse) const {
    return network_.projections()[static_cast<std::size_t>(synapse.projection)].target_layer == Layer::kReadout;
  }
  /// Adds the links on the way, row first, and returns how many are new.
  std::int64_t new_links(int from, int to, std::set<std::pair<int, int>>& links) const {
    const std::size_t before = links.size();
    int at = from;
    const auto go = [&](int next) {
      links.insert({at, next});
      at = next;
    };
    if (at == kHost) go(0);
    const int core = std::max(to, 0);
    while (at % chip_.width != core % chip_.width) go(at % chip_.width < core % chip_.width ? at + 1 : at - 1);
    while (at != core) go(at < core ? at + chip_.width : at - chip_.width);
    if (to == kHost) go(kHost);
    return static_cast<std::int64_t>(links.size() - before);
  }
  int place(const Endpoint& end, const Passing& m) const {
    switch (end.party) {
      case Party::kRate: return core(end.index);
      case Party::kReadout: return core(network_.rate.size + end.index);
      case Party::kAgent:
        if (chip_.spread_agent && m.channel == Channel::kReduce) return kHost;  // sums over all
        return chip_.spread_agent ? core(about(m)) : chip_.agent_core.value_or(kHost);
      case Party::kInput:
      case Party::kEnvironment: return kHost;
      case Party::kSynapse: break;
    }
    const auto& projection = network_.projections()[static_cast<std::size_t>(end.projection)];
    const int target = projection.target_begin + projection.target_of(end.index);
    return core(projection.target_layer == Layer::kRate ? target : network_.rate.size + target);
  }
  int distance(int from, int to) const {
    const int a = std::max(from, 0), b = std::max(to, 0);
    return std::abs(a % chip_.width - b % chip_.width) + std::abs(a / chip_.width - b / chip_.width) +
           (from == kHost || to == kHost ? 1 : 0);
  }
  void end_step() {
    for (const auto& [lane, packets] : step_) {
      brute_.peak = std::max(brute_.peak, packets);
      std::array<std::int64_t, 3>& load = brute_.loads[tick_.value];
      load[lag_ == 0 ? 0 : 1] += packets;
      load[2] = std::max(load[2], packets);
    }
    step_.clear();
    sent_.clear();
    heard_.clear();
    links_.clear();
    sums_.clear();
  }

  const ChipSpec& chip_;
  const Network<double>& network_;
  Brute brute_;
  std::int64_t update_ = 0;
  Tick tick_{};
  std::int32_t lag_ = 0;
  using Event = std::tuple<Channel, bool, bool, std::int32_t, Party, std::int64_t, int>;
  std::set<Event> sent_;
  std::set<std::tuple<Channel, std::int32_t, std::int32_t, std::int64_t>> heard_;
  std::map<Event, std::set<std::pair<int, int>>> links_;                       // of trees
  std::set<std::tuple<Channel, std::int32_t, bool, int, std::int64_t>> sums_;  // of cores
  std::map<std::int32_t, std::int64_t> step_;                                  // packets by lane
};

}  // namespace

Brute walk(const Spec& spec, const RuleSpec& rule_spec) {
  const Topology topology = topology_of(spec);
  const Learning learning = learning_of(spec, topology, rule_spec);
  Network<double> network = build<double>(spec, topology, rule_spec, spec.training.batch);
  Permit permit;
  permit.lags.fill(declared_lag(learning) + 1);
  Door door(permit, sizeof(double));
  Mailbox<double> transport(network, learning, place(topology, 1), Executor{}, door);
  Walker walker(*spec.chip, network);
  transport.watch([&](const Passing& m) { walker.see(m); });
  Task task(spec);
  Batch<double> batch =
      make_batch<double>(spec.training.ticks, network.inputs.size, network.readouts.size, spec.training.batch);
  Trial<double, Mailbox<double>> trial(transport, learning, trial_shape_of(spec), spec.training);
  task.prepare(batch);
  for (std::int64_t update = 0; update < spec.training.updates; ++update) {
    task.fill(update, batch);
    walker.begin_trial(update);
    trial.run(batch);
    trial.commit_batch();
  }
  return walker.done();
}

}  // namespace locus
