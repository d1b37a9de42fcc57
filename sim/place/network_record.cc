#include "sim/place/network_record.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/check.h"
#include "sim/model/errors.h"

namespace locus {
namespace {

/// Numbers that the table of waves may hold.
constexpr std::size_t kMostKnown = std::size_t{1} << 22;
/// Packets of one wave, some 1 GB in memory.
constexpr std::int64_t kMostPackets = 25'000'000;
/// A sum with it does not overflow.
constexpr std::int64_t kMost = std::int64_t{1} << 62;

double a_trial(std::int64_t sum, const NetworkFigures& figures) {
  return figures.trials > 0 ? static_cast<double>(sum) / static_cast<double>(figures.trials) : 0;
}

/// Visits every count of the figures.
template <class Visit>
void each_count(const NetworkFigures& figures, const Visit& visit) {
  visit(figures.trials);
  for (const NetworkShare* share : {&figures.forward, &figures.learning}) {
    for (const std::int64_t count :
         {share->cycles, share->packets, share->flits, share->lost_packets, share->lost_flits, share->flit_hops,
          share->latency, share->waiting, share->largest_latency, share->blocked})
      visit(count);
  }
  for (const NetworkTick& tick : figures.ticks) {
    for (const std::int64_t count :
         {tick.forward_cycles, tick.learning_cycles, tick.most_cycles, tick.packets, tick.latency, tick.largest_latency,
          tick.lost_packets, tick.blocked, tick.peak_queue, tick.busiest_flits})
      visit(count);
  }
  for (const NetworkLink& link : figures.links) {
    visit(link.flits);
    visit(link.peak_queue);
  }
}

}  // namespace

double forward_cycles(const NetworkFigures& figures) { return a_trial(figures.forward.cycles, figures); }
double learning_cycles(const NetworkFigures& figures) { return a_trial(figures.learning.cycles, figures); }

std::size_t NetworkRecord::PatternHash::operator()(const Pattern& pattern) const {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const std::int64_t one : pattern) {
    hash = (hash ^ static_cast<std::uint64_t>(one)) * 0x9e3779b97f4a7c15ULL;
    hash ^= hash >> 32U;
  }
  return static_cast<std::size_t>(hash);
}

NetworkRecord::NetworkRecord(const ChipNetworkSpec& network, const Mesh& mesh, const Reach& reach,
                             const Selection& selection, std::int64_t sensitivities, std::vector<std::uint8_t> spikes,
                             std::int32_t ticks, std::int32_t lanes)
    : network_(network),
      mesh_(mesh),
      links_of_(mesh),
      reach_(reach),
      spikes_(std::move(spikes)),
      replay_(mesh, network),
      patterns_(static_cast<std::size_t>(lanes)),
      open_(static_cast<std::size_t>(lanes), 0),
      step_flits_(static_cast<std::size_t>(links_of_.count()), 0),
      links_(step_flits_.size()) {
  scalar_bits_.fill(*network.scalar_bits);
  for (std::size_t l = 0; l < links_.size(); ++l) links_[l].link = static_cast<std::int32_t>(l);
  for (std::int32_t t = 1; t <= ticks; ++t) figures_.ticks.emplace_back().tick = t;
  for (const StreamRow& stream : kStreamTable) {
    for (const PhaseRow& phase : kPhaseTable) {
      if (phase.stream != stream.name || !selection.selects(phase)) continue;
      const auto s = static_cast<std::size_t>(stream.stream);
      scalars_[s] = phase.scalars == kSensitivities ? sensitivities : phase.scalars;
      waves_[s] = wave_of(phase);
    }
  }
  check_size();
}

void NetworkRecord::check_size() const {
  std::array<std::int64_t, kWaves> packets{};
  for (const StreamRow& stream : kStreamTable) {
    const auto s = static_cast<std::size_t>(stream.stream);
    if (scalars_[s] == 0) continue;  // the rule does not send it
    for (std::int32_t key = 0; key < reach_.keys(stream.stream); ++key)
      packets[static_cast<std::size_t>(waves_[s])] += reach_.size(stream.stream, key).packets;
  }
  const std::int64_t most = *std::ranges::max_element(packets);
  if (most <= kMostPackets) return;
  Fault fault;
  fault.field = "chip.network";
  fault.what = fmt::format("replays up to {} packets of one step at once", most);
  fault.allowed = fmt::format("must have at most {}; without it, packets are counted only", kMostPackets);
  throw ModelError({fault});
}

void NetworkRecord::begin_update(std::int64_t update) {
  active_ = update % network_.every == 0;
  if (active_) figures_.trials += std::ssize(patterns_);
  now_ = Tick{};
}

/// The flits of one packet of a neuron with so many scalars.
std::int64_t NetworkRecord::flits(Stream stream, std::int32_t key, std::int64_t scalars) const {
  const StreamRow& of = row(stream);
  const bool spike = of.channel == Channel::kAxon && of.key == Party::kRate && spikes_[static_cast<std::size_t>(key)] != 0;
  const std::int64_t scalar = spike ? 1 : scalar_bits_[static_cast<std::size_t>(of.channel)];
  const std::int64_t bits = network_.header_bits + scalars * scalar;
  return std::max<std::int64_t>(1, (bits + network_.flit_bits - 1) / network_.flit_bits);
}

/// Adds the packets of a neuron's events.
void NetworkRecord::add_packets(Stream stream, std::int32_t key, std::int64_t events) {
  const std::int32_t from = reach_.from(stream, key);
  const std::int64_t usual = flits(stream, key, scalars_[static_cast<std::size_t>(stream)]);
  for (const Leg& leg : reach_.legs(stream, key)) {
    if (leg.to == from) continue;
    const std::int64_t packets = events * (row(stream).multicast ? 1 : leg.messages);
    const std::int64_t each = leg.packet_scalars > 0 ? flits(stream, key, leg.packet_scalars) : usual;
    packets_.insert(packets_.end(), static_cast<std::size_t>(packets), Packet{from, leg.to, each, 0});
  }
}

/// The figures of a wave: those of the last one with the same events, or of a replay.
const ReplayFigures& NetworkRecord::replayed(const Pattern& pattern) {
  const auto found = known_.find(pattern);
  if (found != known_.end()) return found->second;
  packets_.clear();
  for (std::size_t k = 0; k < pattern.size(); k += 3)
    add_packets(static_cast<Stream>(pattern[k]), static_cast<std::int32_t>(pattern[k + 1]), pattern[k + 2]);
  ReplayFigures figures = replay_.run(packets_);
  known_size_ += pattern.size() + 3 * figures.links.size();
  if (known_size_ > kMostKnown) {
    known_.clear();
    known_size_ = pattern.size() + 3 * figures.links.size();
  }
  return known_.emplace(pattern, std::move(figures)).first->second;
}

void NetworkRecord::add(const ReplayFigures& wave, bool forward, NetworkTick& tick) {
  NetworkShare& share = forward ? figures_.forward : figures_.learning;
  share.cycles += wave.cycles;
  share.packets += wave.packets;
  share.flits += wave.flits;
  share.lost_packets += wave.lost_packets;
  share.lost_flits += wave.lost_flits;
  share.flit_hops += wave.flit_hops;
  share.latency += wave.latency;
  share.waiting += wave.waiting;
  share.largest_latency = std::max(share.largest_latency, wave.largest_latency);
  share.blocked += wave.blocked;
  (forward ? tick.forward_cycles : tick.learning_cycles) += wave.cycles;
  tick.packets += wave.packets;
  tick.latency += wave.latency;
  tick.largest_latency = std::max(tick.largest_latency, wave.largest_latency);
  tick.lost_packets += wave.lost_packets;
  tick.blocked += wave.blocked;
  for (const LinkLoad& load : wave.links) {
    const auto l = static_cast<std::size_t>(load.link);
    links_[l].flits += load.flits;
    links_[l].peak_queue = std::max(links_[l].peak_queue, load.peak_queue);
    if (step_flits_[l] == 0) step_links_.push_back(load.link);
    step_flits_[l] += load.flits;
    if (load.peak_queue > tick.peak_queue) {
      tick.peak_queue = load.peak_queue;
      tick.peak_link = ends(load.link);
    }
  }
}

/// Replays the waves of one replica's step, in order.
void NetworkRecord::close_lane(std::size_t lane, NetworkTick& tick) {
  std::int64_t& open = open_[lane];
  for (std::size_t wave = 0; wave < kWaves; ++wave) {
    Pattern& pattern = patterns_[lane][wave];
    if (pattern.empty()) continue;
    const ReplayFigures& figures = replayed(pattern);
    add(figures, wave < kForwardWaves, tick);
    open += figures.cycles;
    pattern.clear();
  }
  tick.most_cycles = std::max(tick.most_cycles, open);
  std::ranges::sort(step_links_);
  for (const std::int32_t link : step_links_) {
    const std::int64_t flits = std::exchange(step_flits_[static_cast<std::size_t>(link)], 0);
    if (flits <= tick.busiest_flits) continue;
    tick.busiest_flits = flits;
    tick.busiest_link = ends(link);
  }
  step_links_.clear();
}

void NetworkRecord::step(Tick now, std::span<const Traffic::Sent> sent) {
  if (!active_) return;
  if (now != now_) std::ranges::fill(open_, 0);
  now_ = now;
  for (const Traffic::Sent& one : sent) {
    const int wave = waves_[static_cast<std::size_t>(one.stream)];
    Pattern& pattern = patterns_[static_cast<std::size_t>(one.lane)][static_cast<std::size_t>(wave)];
    pattern.insert(pattern.end(), {static_cast<std::int64_t>(one.stream), one.key, one.events});
  }
  NetworkTick& tick = *(figures_.ticks.begin() + (now.value - 1));
  for (std::size_t lane = 0; lane < patterns_.size(); ++lane) close_lane(lane, tick);
}

NetworkFigures NetworkRecord::figures() const {
  NetworkFigures all = figures_;
  std::erase_if(all.ticks, [](const NetworkTick& tick) { return tick.packets == 0 && tick.lost_packets == 0; });
  for (const LinkLoad& link : links_) {
    if (link.flits > 0) all.links.push_back({ends(link.link), link.flits, link.peak_queue});
  }
  return all;
}

bool fits(const NetworkFigures& figures, const Mesh& mesh, std::int32_t ticks) {
  bool good = true;
  each_count(figures, [&](std::int64_t count) { good = good && count >= 0 && count <= kMost; });
  const auto is_place = [&](std::int32_t place) { return place >= kHost && place < mesh.cores(); };
  const auto is_link = [&](const LinkEnds& ends) {
    return is_place(ends.from) && is_place(ends.to) && hops(mesh, ends.from, ends.to).all() == 1;
  };
  for (const NetworkLink& link : figures.links) good = good && is_link(link.ends);
  for (const NetworkTick& tick : figures.ticks) {
    good = good && tick.tick >= 1 && tick.tick <= ticks && (tick.peak_queue == 0 || is_link(tick.peak_link)) &&
           (tick.busiest_flits == 0 || is_link(tick.busiest_link));
  }
  return good;
}

void NetworkRecord::restore(const NetworkFigures& figures) {
  CHECK(fits(figures, mesh_, static_cast<std::int32_t>(figures_.ticks.size())), "figures of another trial or mesh");
  figures_.trials = figures.trials;
  figures_.forward = figures.forward;
  figures_.learning = figures.learning;
  for (const NetworkTick& tick : figures.ticks) figures_.ticks[static_cast<std::size_t>(tick.tick - 1)] = tick;
  for (const NetworkLink& link : figures.links) {
    const std::int32_t number = links_of_.towards(link.ends.from, link.ends.to);
    links_[static_cast<std::size_t>(number)] = {number, link.flits, link.peak_queue};
  }
}

}  // namespace locus
