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

std::int32_t Traffic::Sizes::of(Party party) const {
  if (party == Party::kInput) return inputs;
  return party == Party::kRate ? rate_neurons : readouts;
}

Traffic::Traffic(Sizes sizes, std::int32_t lanes, std::int32_t largest_lag)
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

void Traffic::weigh_step() {
  std::ranges::fill(packets_, 0);
  for (std::size_t s = 0; s < touched_.size(); ++s) {
    if (!touched_[s]) continue;
    for (std::size_t cell = 0; cell < step_[s].size(); ++cell) {
      if (step_[s][cell] == 0) continue;
      const EventSize& event = sizes_[s][cell / packets_.size()];
      CHECK(event.messages > 0 && step_[s][cell] % event.messages == 0, "a neuron sends whole events");
      packets_[cell % packets_.size()] += step_[s][cell] / event.messages * event.packets;
    }
  }
  const std::int64_t most = *std::ranges::max_element(packets_);
  if (most > peak_.packets) peak_ = {most, now_, lag_};
}

void Traffic::begin_step(Tick now, std::int32_t lag) {
  if (!sizes_.front().empty()) weigh_step();
  for (std::size_t s = 0; s < touched_.size(); ++s) {
    if (!touched_[s]) continue;
    touched_[s] = false;
    const std::size_t first =
        kStreamTable[s].has_lags ? static_cast<std::size_t>(lag_) * static_cast<std::size_t>(keys_[s]) : 0;
    for (std::size_t cell = 0; cell < step_[s].size(); ++cell)
      total_[s][first + cell / static_cast<std::size_t>(lanes_)] += std::exchange(step_[s][cell], 0);
  }
  now_ = now;
  lag_ = lag;
}

}  // namespace locus
