// Traffic: the messages of the ledger split by the neuron to which they belong, so that the cost of
// a placement can be computed without a new run.
//
// Moving an actor changes the distance of its messages, but not their number or kind. Counts by
// stream, lag and neuron are therefore enough for hops, link loads and energy
// (sim/place/chip_traffic.h). POST and DENDRITE never leave a core and stand in the ledger only. A
// stream is the messages of one kind of sender over one block of projections (B, W, A or R). Its
// key is the neuron whose messages of a tick go together. A step is a tick, or a stage of a sweep
// during which the clock stands still (lag 1 or more): the messages that a network on chip must
// carry together. Both transports fill it beside the door, only in runs that need it.
// Cost: one addition for each active neuron, stream and step; memory keys x lags, not more than the
// history of a sweep, and three numbers for each tick of a trial.
// Thread safety: only the thread that conducts may call it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "core/base/id.h"

namespace locus {

/// A stream of messages, by its number; core/protocol/stream.h has the list.
enum class Stream : std::uint8_t {};

/// The keys of a stream.
struct StreamKeys {
  std::int32_t neurons = 0;
  bool has_lags = false;  // true: sent by sweeps, and therefore with lags beyond 0
};

/// The size of one event of a neuron: its messages, and the packets that carry them on chip.
struct EventSize {
  std::int64_t messages = 0;
  std::int64_t packets = 0;
};

/// The step with the most packets, in one replica.
struct Peak {
  std::int64_t packets = 0;
  Tick tick;             // of its trial
  std::int32_t lag = 0;  // of the stage; 0 for the tick itself
  friend bool operator==(const Peak&, const Peak&) = default;
};

/// Packets at one tick of a trial.
struct TickLoad {
  std::int64_t packets = 0;        // of the tick itself, over all trials
  std::int64_t stage_packets = 0;  // of the stages of sweeps while the clock stands there, likewise
  std::int64_t peak = 0;           // the most of one step, in one replica
  friend bool operator==(const TickLoad&, const TickLoad&) = default;
};

class Traffic {
 public:
  /// `streams`: all streams in their order. Lags 0..largest_lag; lanes are the replicas of a batch.
  Traffic(std::vector<StreamKeys> streams, std::int32_t lanes, std::int32_t largest_lag);

  /// Sets the sizes of events, with which later steps count packets: sizes[stream][key] is one
  /// event of a key. `ticks`: of a trial, for the loads by tick.
  void weigh(std::vector<std::vector<EventSize>> sizes, std::int32_t ticks);

  /// The events of one neuron in one step, of one replica.
  struct Sent {
    Stream stream{};
    std::int32_t key = 0;
    std::int32_t lane = 0;
    std::int64_t events = 0;
  };
  /// Hears all events of a step at its end: the tick of its trial, the lag of its stage, and the
  /// events by stream, key and lane.
  using Watch = std::function<void(Tick, std::int32_t, std::span<const Sent>)>;
  /// Calls `watch` at the end of every later step with messages; needs the sizes of `weigh`. An
  /// empty one ends this.
  void watch(Watch watch) { watch_ = std::move(watch); }

  /// Begins a tick. The first message of a stage of a sweep begins that stage.
  void tick(Tick now) { begin_step(now, 0); }
  void add(Stream stream, std::int32_t lag, std::int32_t key, std::int32_t lane, std::int64_t messages) {
    if (lag != lag_) begin_step(now_, lag);
    const auto s = static_cast<std::size_t>(stream);
    has_messages_[s] = 1;
    step_[s][static_cast<std::size_t>(key) * static_cast<std::size_t>(lanes_) + static_cast<std::size_t>(lane)] += messages;
  }
  /// Ends the last step, which completes messages and peak.
  void finish() { begin_step(now_, 0); }

  /// Messages by key, over all replicas; empty for a lag that the stream does not have.
  std::span<const std::int64_t> messages(Stream stream, std::int32_t lag) const;
  /// The state between two steps, for the continuation of a run.
  struct Counts {
    std::vector<std::vector<std::int64_t>> messages;  // by stream (lags x keys)
    Peak peak;
    std::vector<TickLoad> loads = {};  // by tick of a trial, from the first; empty if not measured
  };
  /// Ends the last step; this does not change later counts.
  Counts counts();
  /// True if the counts have these sizes, and none is negative or too large for additions.
  bool fits(const Counts& counts) const;
  void restore(Counts counts);
  std::int32_t largest_lag() const { return largest_lag_; }
  /// 0 packets unless `weigh` has been called.
  Peak peak() const { return peak_; }
  /// By tick of a trial, from the first; empty unless `weigh` has been called, and after counts
  /// without loads were restored.
  const std::vector<TickLoad>& loads() const { return loads_; }

 private:
  void begin_step(Tick now, std::int32_t lag);
  void close(std::size_t stream);

  std::vector<StreamKeys> streams_;
  std::int32_t lanes_;
  std::int32_t largest_lag_;
  // By stream:
  std::vector<std::vector<std::int64_t>> total_;  // (lags x keys)
  std::vector<std::vector<std::int64_t>> step_;   // of the present step (keys x lanes)
  std::vector<std::uint8_t> has_messages_;        // 1: step_ is not empty
  std::vector<std::vector<EventSize>> sizes_;     // (keys), empty unless `weigh` has been called
  std::vector<std::int64_t> packets_;             // of the present step (lanes)
  Tick now_{};
  std::int32_t lag_ = 0;
  Peak peak_;
  std::vector<TickLoad> loads_;  // (ticks)
  Watch watch_;
  std::vector<Sent> sent_;  // in the present step, for watch_
};

}  // namespace locus
