#include "core/wire/traffic.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"

namespace locus {

constexpr std::array<StreamRow, kStreams> kStreamTable = {{
    {Stream::kAxonB, "AXON_B", Channel::kAxon, Party::kInput, false, true},
    {Stream::kAxonW, "AXON_W", Channel::kAxon, Party::kRate, false, true},
    {Stream::kAxonA, "AXON_A", Channel::kAxon, Party::kRate, false, true},
    {Stream::kReplayB, "REPLAY_B", Channel::kAxon, Party::kInput, true, true},
    {Stream::kReplayW, "REPLAY_W", Channel::kAxon, Party::kRate, true, true},
    {Stream::kTarget, "TARGET", Channel::kTarget, Party::kReadout, false, false},
    {Stream::kFeedback, "FEEDBACK", Channel::kFeedback, Party::kReadout, false, true},
    {Stream::kTransportW, "TRANSPORT_W", Channel::kTransport, Party::kRate, true, false},
    {Stream::kTransportA, "TRANSPORT_A", Channel::kTransport, Party::kReadout, false, false},
    {Stream::kAdjoint, "ADJOINT", Channel::kAdjoint, Party::kRate, true, false},
    {Stream::kInfluence, "INFLUENCE", Channel::kInfluence, Party::kRate, false, true},
    {Stream::kGather, "GATHER", Channel::kGather, Party::kRate, false, false},
    {Stream::kNorm, "NORM", Channel::kNorm, Party::kReadout, false, true},
}};

namespace {

constexpr bool in_order_of_stream() {
  for (std::size_t i = 0; i < kStreamTable.size(); ++i) {
    if (static_cast<std::size_t>(kStreamTable[i].stream) != i) return false;
  }
  return true;
}
static_assert(in_order_of_stream(), "row(stream) looks rows up by their stream");

}  // namespace

const StreamRow& row(Stream stream) { return kStreamTable[static_cast<std::size_t>(stream)]; }

Traffic::Traffic(LayerSizes sizes, std::int32_t lanes, std::int32_t largest_lag)
    : key_sizes_(sizes), lanes_(lanes), largest_lag_(largest_lag), packets_(static_cast<std::size_t>(lanes), 0) {
  for (const StreamRow& stream : kStreamTable) {
    const auto s = static_cast<std::size_t>(stream.stream);
    keys_[s] = sizes.of(stream.key);
    const std::size_t lags = stream.has_lags ? static_cast<std::size_t>(largest_lag) + 1 : 1;
    total_[s].assign(lags * static_cast<std::size_t>(keys_[s]), 0);
    step_[s].assign(static_cast<std::size_t>(keys_[s]) * static_cast<std::size_t>(lanes), 0);
  }
}

void Traffic::weigh(std::array<std::vector<EventSize>, kStreams> sizes) {
  for (std::size_t s = 0; s < sizes.size(); ++s)
    CHECK(std::ssize(sizes[s]) == keys_[s], "every key of a stream has the size of its event");
  sizes_ = std::move(sizes);
}

std::span<const std::int64_t> Traffic::messages(Stream stream, std::int32_t lag) const {
  const auto s = static_cast<std::size_t>(stream);
  const auto keys = static_cast<std::size_t>(keys_[s]);
  const std::size_t first = static_cast<std::size_t>(lag) * keys;
  if (first >= total_[s].size()) return {};
  return std::span(total_[s]).subspan(first, keys);
}

/// Moves what the step holds of one stream to the totals, and weighs it on the way.
void Traffic::close(std::size_t s) {
  const auto keys = static_cast<std::size_t>(keys_[s]);
  const bool weighed = !sizes_[s].empty();
  std::int64_t* total = total_[s].data() + (kStreamTable[s].has_lags ? static_cast<std::size_t>(lag_) * keys : 0);
  std::int64_t* step = step_[s].data();
  for (std::size_t key = 0; key < keys; ++key) {
    for (std::int64_t& packets : packets_) {  // lane by lane
      const std::int64_t messages = std::exchange(*step++, 0);
      if (messages == 0) continue;
      total[key] += messages;
      if (!weighed) continue;
      const EventSize& event = sizes_[s][key];
      CHECK(event.messages > 0 && (messages == event.messages || messages % event.messages == 0),
            "a neuron sends whole events");
      packets += messages == event.messages ? event.packets : messages / event.messages * event.packets;
    }
  }
}

void Traffic::begin_step(Tick now, std::int32_t lag) {
  for (std::size_t s = 0; s < touched_.size(); ++s) {
    if (touched_[s]) close(s);
    touched_[s] = false;
  }
  const std::int64_t most = *std::ranges::max_element(packets_);
  if (most > peak_.packets) peak_ = {most, now_, lag_};
  std::ranges::fill(packets_, 0);
  now_ = now;
  lag_ = lag;
}

Traffic::Counts Traffic::counts() {
  finish();
  return {total_, peak_};
}

bool Traffic::fits(const Counts& counts) const {
  if (counts.peak.packets < 0 || counts.peak.lag < 0) return false;
  for (std::size_t s = 0; s < total_.size(); ++s) {
    constexpr std::int64_t kMost = std::int64_t{1} << 62;  // adding to it goes beyond no integer
    const auto wrong = [](std::int64_t messages) { return messages < 0 || messages > kMost; };
    if (counts.messages[s].size() != total_[s].size() || std::ranges::any_of(counts.messages[s], wrong)) return false;
  }
  return true;
}

void Traffic::restore(Counts counts) {
  CHECK(fits(counts), "counts of another network or rule");
  total_ = std::move(counts.messages);
  peak_ = counts.peak;
}

}  // namespace locus
