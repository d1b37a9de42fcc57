// The ledger: numbers of messages by channel and lag, as integers, so that sums are exact in any
// order.
//
// Counts saturate at the largest 64-bit integer instead of overflowing, because the closed form of
// a hostile model may exceed it. Only the door (door.h) fills a ledger of a run. Derived numbers
// (violations, mean lag, bytes) are computed on reading.
// Source: docs/locality.md has the definitions.
#pragma once

#include <array>
#include <cstdint>
#include <iosfwd>
#include <limits>
#include <vector>

#include "core/wire/channel.h"

namespace locus {

struct Tally {
  std::int64_t messages = 0;
  std::int64_t scalars = 0;  // scalars of the payloads, summed over the messages
  std::int64_t spikes = 0;   // those of the scalars that are spikes, of one bit
  friend bool operator==(const Tally&, const Tally&) = default;
};

struct LedgerEntry {
  Channel channel;
  std::int32_t lag;  // ticks
  Tally tally;
  friend bool operator==(const LedgerEntry&, const LedgerEntry&) = default;
};

/// a * b and a + b for counts >= 0, limited to the largest std::int64_t.
inline std::int64_t count_times(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<std::int64_t>::max() : product;
}
inline std::int64_t count_plus(std::int64_t a, std::int64_t b) {
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const std::uint64_t sum = static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b);
  return static_cast<std::int64_t>(sum > kMost ? kMost : sum);
}
/// The bytes that so many bits take.
inline std::int64_t whole_bytes(std::int64_t bits) { return bits / 8 + (bits % 8 != 0 ? 1 : 0); }

class Ledger {
 public:
  explicit Ledger(int scalar_bytes = 8) : scalar_bytes_(scalar_bytes) { scalar_bits_.fill(8 * scalar_bytes); }

  /// Makes room for lags 0..max_lag, so that counting in a trial allocates nothing.
  void reserve(std::int32_t max_lag);
  void add(Channel channel, std::int32_t lag, Tally tally) { add_each(channel, lag, 1, tally); }
  /// Adds the same tally at each of `lags` lags from `lag` on.
  void add_each(Channel channel, std::int32_t lag, std::int32_t lags, Tally each) {
    auto& by_lag = tallies_[static_cast<std::size_t>(channel)];
    const auto first = static_cast<std::size_t>(lag);
    const std::size_t end = first + static_cast<std::size_t>(lags);
    if (end > by_lag.size()) [[unlikely]]
      reserve(lag + lags - 1);
    for (std::size_t index = first; index < end; ++index) {
      by_lag[index].messages = count_plus(by_lag[index].messages, each.messages);
      by_lag[index].scalars = count_plus(by_lag[index].scalars, each.scalars);
      by_lag[index].spikes = count_plus(by_lag[index].spikes, each.spikes);
    }
  }
  /// Says that the messages of these channels stay on the core of a chip where they arise.
  void keep_on_cores(ChannelSet channels) { core_local_ = channels; }
  /// Says that the wires of a channel carry scalars of so many bits.
  void set_scalar_bits(Channel channel, int bits) { scalar_bits_[static_cast<std::size_t>(channel)] = bits; }
  /// Bits of a scalar over a channel, if it is no spike.
  int scalar_bits(Channel channel) const { return scalar_bits_[static_cast<std::size_t>(channel)]; }
  bool is_core_local(Channel channel) const { return core_local_.holds(channel); }
  void add_trials(std::int64_t trials, std::int64_t ticks_each);
  void add_stalled_ticks(std::int64_t ticks) { stalled_ticks_ += ticks; }
  void set_memory(std::int64_t history_bytes, std::int64_t trace_bytes);

  Tally at(Channel channel, std::int32_t lag) const;
  // by channel and ascending lag; only entries with a message
  std::vector<LedgerEntry> entries() const;

  std::int64_t messages() const;
  std::int64_t messages(Channel channel) const;
  std::int64_t scalars() const;
  std::int64_t spatial_violations() const;
  std::int64_t core_local() const;  // over a non-local channel, within cores
  std::int64_t temporal_violations() const;
  std::int64_t violations() const;  // spatial or temporal
  std::int32_t max_lag() const;
  double mean_lag() const;  // over all messages, ticks; 0 without messages

  std::int64_t trials() const { return trials_; }
  std::int64_t ticks() const { return ticks_; }  // trials x T
  std::int64_t stalled_ticks() const { return stalled_ticks_; }
  std::int64_t history_bytes() const { return history_bytes_; }  // of one replica
  std::int64_t trace_bytes() const { return trace_bytes_; }      // of one replica
  int scalar_bytes() const { return scalar_bytes_; }             // 8 for float64, 4 for float32
  /// Bytes of the payloads of an entry: a spike is a bit, another scalar has those of its wires;
  /// rounded up.
  std::int64_t bytes(const LedgerEntry& entry) const;

  friend bool operator==(const Ledger&, const Ledger&) = default;

 private:
  std::array<std::vector<Tally>, kChannels> tallies_;  // by lag
  ChannelSet core_local_;
  std::int64_t trials_ = 0;
  std::int64_t ticks_ = 0;
  std::int64_t stalled_ticks_ = 0;
  std::int64_t history_bytes_ = 0;
  std::int64_t trace_bytes_ = 0;
  int scalar_bytes_ = 8;
  std::array<int, kChannels> scalar_bits_{};  // by channel
};

/// A line an entry, channel by channel: its lag in ticks, messages, scalars and which locality it
/// breaks, or that it stays on a core; then the sums. For people: programs read entries().
std::ostream& operator<<(std::ostream& out, const Ledger& ledger);

}  // namespace locus
