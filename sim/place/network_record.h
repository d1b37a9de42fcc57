// NetworkRecord: replays the packets of a run, step by step, while it runs (replay.h).
//
// It watches the counts by neuron (core/wire/traffic.h). Each replica of a batch is a trial on a
// chip of its own. The packets of a step enter in waves (waves.h), all of a wave in the same cycle,
// ordered by stream, key and destination; the arithmetic of cores takes no cycles. A stage of a
// sweep for which the clock stands is a step of its own, and counts for the tick of the sweep.
// Cost: O(hops) for each packet; a wave that was replayed before is looked up (networks of rate
// neurons send the same packets in most ticks). Memory: O(links + ticks).
// Invariants: it changes nothing that is learnt or counted; its figures do not depend on threads or
// transport.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/protocol/declaration.h"
#include "core/wire/traffic.h"
#include "sim/place/network_figures.h"
#include "sim/place/reach.h"
#include "sim/place/replay.h"
#include "sim/place/waves.h"

namespace locus {

class NetworkRecord {
 public:
  /// `network` has scalar_bits. `reach` is of the same placement, and outlives this. `spikes`: 1
  /// for each rate neuron that sends spikes (n). `lanes`: the replicas of a batch.
  NetworkRecord(const ChipNetworkSpec& network, const Mesh& mesh, const Reach& reach, const Selection& selection,
                std::int64_t sensitivities, std::vector<std::uint8_t> spikes, std::int32_t ticks, std::int32_t lanes);

  /// Scalars over a channel have so many bits, if they are no spikes; before the first step.
  void set_scalar_bits(Channel channel, std::int32_t bits) { scalar_bits_[static_cast<std::size_t>(channel)] = bits; }
  /// Begins update `update` (from 0), whose trials are replayed or not.
  void begin_update(std::int64_t update);
  /// The events of one step, as Traffic::Watch has them.
  void step(Tick now, std::span<const Traffic::Sent> sent);

  NetworkFigures figures() const;
  /// Goes on from figures that fit.
  void restore(const NetworkFigures& figures);

 private:
  /// One event list of a wave, by which its figures are found again.
  using Pattern = std::vector<std::int64_t>;
  struct PatternHash {
    std::size_t operator()(const Pattern& pattern) const;
  };

  /// Throws ModelError if a wave may have more packets than fit into memory.
  void check_size() const;
  const ReplayFigures& replayed(const Pattern& pattern);
  void add_packets(Stream stream, std::int32_t key, std::int64_t events);
  std::int64_t flits(Stream stream, std::int32_t key, std::int64_t scalars) const;
  void add(const ReplayFigures& wave, bool forward, NetworkTick& tick);
  void close_lane(std::size_t lane, NetworkTick& tick);
  LinkEnds ends(std::int32_t link) const { return {links_of_.begin(link), links_of_.end(link)}; }

  ChipNetworkSpec network_;
  Mesh mesh_;
  MeshLinks links_of_;
  const Reach& reach_;
  std::vector<std::uint8_t> spikes_;
  std::array<std::int64_t, kStreams> scalars_{};  // of a packet
  std::array<std::int32_t, kChannels> scalar_bits_{};
  std::array<int, kStreams> waves_{};
  bool active_ = true;
  MeshReplay replay_;
  std::vector<Packet> packets_;
  std::vector<std::array<Pattern, kWaves>> patterns_;  // of the present step (lanes)
  std::unordered_map<Pattern, ReplayFigures, PatternHash> known_;
  std::size_t known_size_ = 0;  // numbers in known_
  Tick now_{};
  std::vector<std::int64_t> open_;        // cycles of the present tick by lane
  std::vector<std::int64_t> step_flits_;  // of the present step and lane, by link
  std::vector<std::int32_t> step_links_;  // those with flits
  std::vector<LinkLoad> links_;           // all, by number
  NetworkFigures figures_;                // of all ticks, and without links
};

}  // namespace locus
