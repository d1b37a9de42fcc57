#include "sim/place/fewest_packets.h"

#include <algorithm>
#include <utility>

#include "core/protocol/stream.h"
#include "sim/place/chip_traffic.h"
#include "sim/place/reach.h"

namespace locus {
namespace {

constexpr int kMostRounds = 8;
constexpr std::int64_t kMostVisits = 300'000'000;  // of events, while exchanges are tried
// counts of receivers by event and core; beyond them nothing is exchanged
constexpr std::int64_t kMostCells = 200'000'000;

/// Messages that one neuron, or a place that never moves, sends to several neurons in each of
/// `times` steps.
struct Event {
  std::int64_t times = 0;
  std::int32_t sender = -1;  // number of a neuron; -1: the place below
  std::int32_t place = kHost;
  bool multicast = false;  // one packet a core; otherwise one a message
  std::vector<Leg> receivers;
};

/// All events of a run, neuron by neuron.
class Events {
 public:
  Events(const ChipSpec& chip, const Topology& topology, const std::vector<Projection>& feedback,
         const Learning& learning, const Traffic& traffic)
      : apart_(topology, feedback, place_apart(topology.sizes), learning), traffic_(traffic) {
    for (const StreamRow& stream : kStreamTable) {
      const PhaseRow& phase = phase_of(stream.stream, rule(learning.kind));
      // sums over all neurons are the host's, where the agent is spread
      const bool sums = stream.channel == Channel::kReduce;
      const std::int32_t agent = chip.spread_agent ? kHost : chip.agent_core.value_or(kHost);
      const bool with_agent = (phase.from == Party::kAgent || phase.to == Party::kAgent) && (sums || !chip.spread_agent);
      if (stream.channel == Channel::kTransport && chip.partial_sums) {
        add_sums(stream, with_agent, agent, topology.sizes.rate_neurons);
      } else {
        add_stream(stream, phase, with_agent, agent);
      }
    }
  }

  const std::vector<Event>& all() const { return events_; }

 private:
  std::int64_t times_of(const StreamRow& stream, std::int32_t key) const {
    std::int64_t messages = 0;
    for (std::int32_t lag = 0; lag <= (stream.has_lags ? traffic_.largest_lag() : 0); ++lag)
      messages += traffic_.messages(stream.stream, lag)[static_cast<std::size_t>(key)];
    const std::int64_t size = apart_.size(stream.stream, key).messages;
    return size > 0 ? messages / size : 0;
  }

  void add_stream(const StreamRow& stream, const PhaseRow& phase, bool with_agent, std::int32_t agent) {
    for (std::int32_t key = 0; key < apart_.keys(stream.stream); ++key) {
      const std::int64_t times = times_of(stream, key);
      if (times == 0) continue;
      Event event{times, apart_.from(stream.stream, key), kHost, stream.multicast, {}};
      const auto legs = apart_.legs(stream.stream, key);
      if (event.sender == kHost) event.sender = -1;
      if (with_agent && phase.from == Party::kAgent) {
        event.sender = -1;
        event.place = agent;
      }
      event.receivers.assign(legs.begin(), legs.end());
      if (with_agent && phase.to == Party::kAgent) {  // the neuron sends everything to one place
        std::int64_t messages = 0;
        for (const Leg& leg : legs) messages += leg.messages;
        // a receiver that stands for itself: what leaves its core for the agent
        event.receivers = {{event.sender, messages}};
        event.sender = -1;
        event.place = agent;
      }
      events_.push_back(std::move(event));
    }
  }

  /// A sum is a multicast event the other way round: from the neuron that it is about to the cores
  /// whose synapses answer.
  void add_sums(const StreamRow& stream, bool with_agent, std::int32_t agent, std::int32_t neurons) {
    std::vector<Event> about(static_cast<std::size_t>(neurons));
    for (std::int32_t key = 0; key < apart_.keys(stream.stream); ++key) {
      const std::int64_t times = times_of(stream, key);
      if (times == 0) continue;
      const std::int32_t own = stream.key == Party::kRate ? key : neurons + key;
      for (const Leg& leg : apart_.legs(stream.stream, key)) {
        Event& event = about[static_cast<std::size_t>(leg.to)];
        event.times = std::max(event.times, times);
        event.receivers.push_back({own, 1});
      }
    }
    for (std::int32_t k = 0; k < neurons; ++k) {
      Event& event = about[static_cast<std::size_t>(k)];
      if (event.times == 0) continue;
      event.sender = with_agent ? -1 : k;
      event.place = agent;
      event.multicast = true;
      events_.push_back(std::move(event));
    }
  }

  Reach apart_;
  const Traffic& traffic_;
  std::vector<Event> events_;
};

/// The packets of a placement, kept up to date while neurons move.
class Packets {
 public:
  Packets(const std::vector<Event>& events, std::vector<std::int32_t> core_of, std::int32_t cores)
      : events_(events), core_of_(std::move(core_of)), cores_(static_cast<std::size_t>(cores)) {
    counts_.assign(events.size() * cores_, 0);
    of_.resize(core_of_.size());
    for (std::size_t e = 0; e < events.size(); ++e) {
      for (const Leg& leg : events[e].receivers) {
        counts_[cell(e, core_of_[static_cast<std::size_t>(leg.to)])] += leg.messages;
        of_[static_cast<std::size_t>(leg.to)].push_back({e, leg.messages});
      }
      if (events[e].sender < 0) continue;
      std::vector<Part>& own = of_[static_cast<std::size_t>(events[e].sender)];
      if (own.empty() || own.back().event != e) own.push_back({e, 0});  // otherwise it hears itself
    }
    for (std::size_t e = 0; e < events.size(); ++e) total_ += packets(e);
  }

  std::int64_t total() const { return total_; }
  std::int64_t visits() const { return visits_; }
  const std::vector<std::int32_t>& core_of() const { return core_of_; }

  void move(std::int32_t neuron, std::int32_t to) {
    std::int32_t& core = core_of_[static_cast<std::size_t>(neuron)];
    const std::int32_t from = core;
    const auto& own = of_[static_cast<std::size_t>(neuron)];
    visits_ += std::ssize(own);
    for (const Part& part : own) total_ -= affected(part.event, from, to);
    core = to;
    for (const Part& part : own) {
      counts_[cell(part.event, from)] -= part.messages;
      counts_[cell(part.event, to)] += part.messages;
    }
    for (const Part& part : own) total_ += affected(part.event, from, to);
  }

 private:
  /// An event of a neuron, as receiver of so many messages or, of 0, as sender.
  struct Part {
    std::size_t event;
    std::int64_t messages;
  };

  std::size_t cell(std::size_t event, std::int32_t core) const {
    return event * cores_ + static_cast<std::size_t>(core);
  }
  std::int32_t place_of(const Event& event) const {
    return event.sender >= 0 ? core_of_[static_cast<std::size_t>(event.sender)] : event.place;
  }
  /// The packets that the receivers on one core take.
  std::int64_t packets(std::size_t e, std::int32_t core) const {
    const Event& event = events_[e];
    const std::int64_t messages = counts_[cell(e, core)];
    if (messages == 0 || core == place_of(event)) return 0;
    return event.times * (event.multicast ? 1 : messages);
  }
  std::int64_t packets(std::size_t e) const {
    std::int64_t sum = 0;
    for (std::int32_t core = 0; core < static_cast<std::int32_t>(cores_); ++core) sum += packets(e, core);
    return sum;
  }
  /// The packets of an event on the two cores between which a neuron moves: those on others stay.
  std::int64_t affected(std::size_t e, std::int32_t from, std::int32_t to) const {
    return packets(e, from) + packets(e, to);
  }

  const std::vector<Event>& events_;
  std::vector<std::int32_t> core_of_;
  std::size_t cores_;
  std::vector<std::int64_t> counts_;   // messages by event and core
  std::vector<std::vector<Part>> of_;  // by neuron
  std::int64_t total_ = 0;
  std::int64_t visits_ = 0;
};

/// Exchanges and moves of neurons, as long as the chip has room and packets become fewer.
class Search {
 public:
  Search(const ChipSpec& chip, const Topology& topology, Packets packets)
      : chip_(chip), packets_(std::move(packets)), synapses_(packets_.core_of().size(), 0) {
    for (const Projection& projection : topology.projections) {
      std::int32_t target = number_of(topology, projection.target_layer, projection.target_begin);
      for (const std::int64_t fan_in : projection.fan_in()) synapses_[static_cast<std::size_t>(target++)] += fan_in;
    }
    const auto cores = static_cast<std::size_t>(chip.width) * static_cast<std::size_t>(chip.height);
    held_.assign(cores, 0);
    held_synapses_.assign(cores, 0);
    for (std::int32_t k = 0; k < std::ssize(synapses_); ++k) hold(k, core_of(k), 1);
  }

  const std::vector<std::int32_t>& run() {
    for (int pass = 0; pass < kMostRounds && improve(); ++pass) {
    }
    return packets_.core_of();
  }

 private:
  std::int32_t core_of(std::int32_t neuron) const { return packets_.core_of()[static_cast<std::size_t>(neuron)]; }
  void hold(std::int32_t neuron, std::int32_t core, std::int32_t sign) {
    held_[static_cast<std::size_t>(core)] += sign;
    held_synapses_[static_cast<std::size_t>(core)] += sign * synapses_[static_cast<std::size_t>(neuron)];
  }
  void move(std::int32_t neuron, std::int32_t core) {
    hold(neuron, core_of(neuron), -1);
    hold(neuron, core, 1);
    packets_.move(neuron, core);
  }
  bool has_room(std::int32_t core) const {
    const auto c = static_cast<std::size_t>(core);
    return held_[c] <= chip_.neurons_per_core &&
           (!chip_.synapses_per_core || held_synapses_[c] <= *chip_.synapses_per_core);
  }

  bool try_move(std::int32_t neuron, std::int32_t core) {
    const std::int32_t before = core_of(neuron);
    const std::int64_t packets = packets_.total();
    move(neuron, core);
    if (packets_.total() < packets && has_room(core)) return true;
    move(neuron, before);
    return false;
  }
  bool try_exchange(std::int32_t a, std::int32_t b) {
    const std::int32_t at_a = core_of(a);
    const std::int32_t at_b = core_of(b);
    const std::int64_t packets = packets_.total();
    move(a, at_b);
    move(b, at_a);
    if (packets_.total() < packets && has_room(at_a) && has_room(at_b)) return true;
    move(b, at_b);
    move(a, at_a);
    return false;
  }

  /// Does one pass over all neurons; returns true if any has moved.
  bool improve() {
    bool improved = false;
    const auto neurons = static_cast<std::int32_t>(synapses_.size());
    for (std::int32_t a = 0; a < neurons; ++a) {
      for (std::int32_t core = 0; core < std::ssize(held_) && packets_.visits() < kMostVisits; ++core) {
        const bool is_free = core != core_of(a) && held_[static_cast<std::size_t>(core)] < chip_.neurons_per_core;
        if (is_free) improved = try_move(a, core) || improved;
      }
      for (std::int32_t b = a + 1; b < neurons && packets_.visits() < kMostVisits; ++b) {
        if (core_of(a) != core_of(b)) improved = try_exchange(a, b) || improved;
      }
    }
    return improved && packets_.visits() < kMostVisits;
  }

  const ChipSpec& chip_;
  Packets packets_;
  std::vector<std::int64_t> synapses_;  // onto each neuron
  std::vector<std::int64_t> held_;      // neurons by core
  std::vector<std::int64_t> held_synapses_;
};

}  // namespace

std::vector<std::int32_t> place_fewest_packets(const ChipSpec& chip, const Topology& topology,
                                               const std::vector<Projection>& feedback, const Learning& learning,
                                               const Ledger& ledger, const Traffic& traffic) {
  const auto packets_of = [&](const std::vector<std::int32_t>& core_of) {
    ChipSpec placed = chip;
    placed.policy = PlacementPolicy::kExplicit;
    placed.cores = core_of;
    return chip_traffic(topology, feedback, place_on_chip(placed, topology), learning, ledger, traffic).total.packets;
  };
  const auto is_held = [&](const std::vector<std::int32_t>& core_of) {
    ChipSpec placed = chip;
    placed.policy = PlacementPolicy::kExplicit;
    placed.cores = core_of;
    return !lack_of_room(placed, topology, "");
  };
  std::vector<std::int32_t> best =
      place_block(topology.sizes.rate_neurons + topology.sizes.readouts, chip.neurons_per_core);
  std::vector<std::int32_t> greedy = place_greedy(topology, chip.neurons_per_core);
  std::int64_t fewest = packets_of(best);
  const auto take = [&](std::vector<std::int32_t> core_of) {
    const std::int64_t packets = packets_of(core_of);
    const bool first_that_fits = !is_held(best) && is_held(core_of);
    if (!first_that_fits && (packets >= fewest || !is_held(core_of))) return;
    fewest = packets;
    best = std::move(core_of);
  };
  take(std::move(greedy));
  const Events events(chip, topology, feedback, learning, traffic);
  const std::int64_t cores = std::int64_t{chip.width} * chip.height;
  if (std::ssize(events.all()) * cores > kMostCells) return best;
  take(Search(chip, topology, Packets(events.all(), best, static_cast<std::int32_t>(cores))).run());
  return best;
}

}  // namespace locus
