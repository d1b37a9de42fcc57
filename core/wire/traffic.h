// Traffic: the ledger's messages split by the neuron that they belong to, so that what a placement
// costs can be told without running again.
//
// Why: moving an actor changes how far its messages go, and neither which there are nor how many.
// So counts by stream, lag and neuron are all that hops, link loads and energy need
// (sim/place/chip_traffic.h). POST and DENDRITE never leave a core and stand in the ledger alone. A
// stream is what one kind of sender says over one block of projections (B, W, A or R); its key is
// the neuron whose messages of a tick go together. A step is a tick, or a stage of a sweep for
// which the clock stands still (lag 1 or more): what a network on chip must carry in one go. Filled
// beside the door by both transports, and only where a run asks. Cost: one addition an active
// neuron, stream and step; memory keys x lags, no more than the history that a sweep keeps. Thread
// safety: called by the thread that conducts.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/id.h"

namespace locus {

/// A stream of messages, by its number; which there are, the protocol says
/// (core/protocol/stream.h).
enum class Stream : std::uint8_t {};

/// What a stream is counted by.
struct StreamKeys {
  std::int32_t neurons = 0;
  bool has_lags = false;  // sent by sweeps, so of lags beyond 0
};

/// What one event of a neuron is: so many messages, of which the network on chip carries so many
/// packets.
struct EventSize {
  std::int64_t messages = 0;
  std::int64_t packets = 0;
};

/// The step with most packets, of one replica.
struct Peak {
  std::int64_t packets = 0;
  Tick tick;             // of its trial
  std::int32_t lag = 0;  // of the stage; 0: the tick itself
  friend bool operator==(const Peak&, const Peak&) = default;
};

class Traffic {
 public:
  /// Of all streams, in their order. Lags 0..largest_lag; lanes are the replicas of a batch.
  Traffic(std::vector<StreamKeys> streams, std::int32_t lanes, std::int32_t largest_lag);

  /// From now on steps are weighed: sizes[stream][key] is one event of a key.
  void weigh(std::vector<std::vector<EventSize>> sizes);

  /// A tick begins. Stages of a sweep begin by their first message.
  void tick(Tick now) { begin_step(now, 0); }
  void add(Stream stream, std::int32_t lag, std::int32_t key, std::int32_t lane, std::int64_t messages) {
    if (lag != lag_) begin_step(now_, lag);
    const auto s = static_cast<std::size_t>(stream);
    touched_[s] = 1;
    step_[s][static_cast<std::size_t>(key) * static_cast<std::size_t>(lanes_) + static_cast<std::size_t>(lane)] += messages;
  }
  /// Ends the last step; messages and peak are complete then.
  void finish() { begin_step(now_, 0); }

  /// Messages by key, over all replicas; empty for a lag that the stream does not have.
  std::span<const std::int64_t> messages(Stream stream, std::int32_t lag) const;
  /// All that the steps have left: what a later run of the program goes on from.
  struct Counts {
    std::vector<std::vector<std::int64_t>> messages;  // by stream (lags x keys)
    Peak peak;
  };
  /// Ends the last step, which changes nothing of what is counted later.
  Counts counts();
  /// Whether counts are of these sizes, and none is negative or beyond what can be added to.
  bool fits(const Counts& counts) const;
  void restore(Counts counts);
  std::int32_t largest_lag() const { return largest_lag_; }
  /// 0 packets where steps have not been weighed.
  Peak peak() const { return peak_; }

 private:
  void begin_step(Tick now, std::int32_t lag);
  void close(std::size_t stream);

  std::vector<StreamKeys> streams_;
  std::int32_t lanes_;
  std::int32_t largest_lag_;
  // By stream:
  std::vector<std::vector<std::int64_t>> total_;  // (lags x keys)
  std::vector<std::vector<std::int64_t>> step_;   // of the present step (keys x lanes)
  std::vector<std::uint8_t> touched_;             // step_ holds something
  std::vector<std::vector<EventSize>> sizes_;     // (keys), empty where steps are not weighed
  std::vector<std::int64_t> packets_;             // of the present step (lanes)
  Tick now_{};
  std::int32_t lag_ = 0;
  Peak peak_;
};

}  // namespace locus
