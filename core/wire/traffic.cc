#include "core/wire/traffic.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"

namespace locus {

Traffic::Traffic(std::vector<StreamKeys> streams, std::int32_t lanes, std::int32_t largest_lag)
    : streams_(std::move(streams)),
      lanes_(lanes),
      largest_lag_(largest_lag),
      total_(streams_.size()),
      step_(streams_.size()),
      has_messages_(streams_.size(), 0),
      sizes_(streams_.size()),
      packets_(static_cast<std::size_t>(lanes), 0) {
  for (std::size_t s = 0; s < streams_.size(); ++s) {
    const auto keys = static_cast<std::size_t>(streams_[s].neurons);
    total_[s].assign((streams_[s].has_lags ? static_cast<std::size_t>(largest_lag) + 1 : 1) * keys, 0);
    step_[s].assign(keys * static_cast<std::size_t>(lanes), 0);
  }
}

void Traffic::weigh(std::vector<std::vector<EventSize>> sizes, std::int32_t ticks) {
  CHECK(sizes.size() == streams_.size(), "every stream is weighed");
  for (std::size_t s = 0; s < sizes.size(); ++s)
    CHECK(std::ssize(sizes[s]) == streams_[s].neurons, "every key of a stream has the size of its event");
  sizes_ = std::move(sizes);
  loads_.assign(static_cast<std::size_t>(ticks), {});
}

std::span<const std::int64_t> Traffic::messages(Stream stream, std::int32_t lag) const {
  const auto s = static_cast<std::size_t>(stream);
  const auto keys = static_cast<std::size_t>(streams_[s].neurons);
  const std::size_t first = static_cast<std::size_t>(lag) * keys;
  if (first >= total_[s].size()) return {};
  return std::span(total_[s]).subspan(first, keys);
}

/// Moves the present step's messages of one stream to the totals and counts their packets.
void Traffic::close(std::size_t s) {
  const auto keys = static_cast<std::size_t>(streams_[s].neurons);
  const bool weighed = !sizes_[s].empty();
  std::int64_t* total = total_[s].data() + (streams_[s].has_lags ? static_cast<std::size_t>(lag_) * keys : 0);
  std::int64_t* step = step_[s].data();
  for (std::size_t key = 0; key < keys; ++key) {
    for (std::size_t lane = 0; lane < packets_.size(); ++lane) {
      const std::int64_t messages = std::exchange(*step++, 0);
      if (messages == 0) continue;
      total[key] += messages;
      if (!weighed) continue;
      const EventSize& event = sizes_[s][key];
      CHECK(event.messages > 0 && (messages == event.messages || messages % event.messages == 0),
            "a neuron sends whole events");
      const std::int64_t events = messages == event.messages ? 1 : messages / event.messages;
      packets_[lane] += events * event.packets;
      if (watch_)
        sent_.push_back({static_cast<Stream>(s), static_cast<std::int32_t>(key), static_cast<std::int32_t>(lane), events});
    }
  }
}

void Traffic::begin_step(Tick now, std::int32_t lag) {
  for (std::size_t s = 0; s < has_messages_.size(); ++s) {
    if (has_messages_[s] != 0) close(s);
    has_messages_[s] = 0;
  }
  const std::int64_t most = *std::ranges::max_element(packets_);
  if (most > peak_.packets) peak_ = {most, now_, lag_};
  if (most > 0 && now_.value >= 1 && now_.value <= std::ssize(loads_)) {
    TickLoad& load = *(loads_.begin() + (now_.value - 1));
    for (const std::int64_t packets : packets_) (lag_ == 0 ? load.packets : load.stage_packets) += packets;
    load.peak = std::max(load.peak, most);
  }
  std::ranges::fill(packets_, 0);
  if (!sent_.empty()) watch_(now_, lag_, sent_);
  sent_.clear();
  now_ = now;
  lag_ = lag;
}

Traffic::Counts Traffic::counts() {
  finish();
  return {total_, peak_, loads_};
}

bool Traffic::fits(const Counts& counts) const {
  if (counts.peak.packets < 0 || counts.peak.lag < 0 || counts.messages.size() != total_.size()) return false;
  constexpr std::int64_t kMost = std::int64_t{1} << 62;  // a sum with it does not overflow
  const auto wrong = [](std::int64_t messages) { return messages < 0 || messages > kMost; };
  for (std::size_t s = 0; s < total_.size(); ++s) {
    if (counts.messages[s].size() != total_[s].size() || std::ranges::any_of(counts.messages[s], wrong)) return false;
  }
  const auto bad_load = [&](const TickLoad& load) {
    return wrong(load.packets) || wrong(load.stage_packets) || wrong(load.peak);
  };
  const bool other_ticks = !loads_.empty() && !counts.loads.empty() && counts.loads.size() != loads_.size();
  return !other_ticks && std::ranges::none_of(counts.loads, bad_load);
}

void Traffic::restore(Counts counts) {
  CHECK(fits(counts), "counts of another network or rule");
  total_ = std::move(counts.messages);
  peak_ = counts.peak;
  loads_ = std::move(counts.loads);
}

}  // namespace locus
