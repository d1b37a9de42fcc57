#include "core/wire/channel.h"

#include "core/wire/budget.h"

namespace locus {

namespace {

constexpr bool in_order_of_channel() {
  for (std::size_t i = 0; i < kChannelTable.size(); ++i) {
    if (static_cast<std::size_t>(kChannelTable[i].channel) != i) return false;
  }
  return true;
}
static_assert(in_order_of_channel(), "row(channel) looks rows up by their channel");

}  // namespace

std::string_view name(Channel channel) { return row(channel).name; }

std::string_view name(SpatialClass spatial) {
  switch (spatial) {
    case SpatialClass::kLocal: return "local";
    case SpatialClass::kEnvironment: return "environment";
    case SpatialClass::kBroadcast: return "broadcast";
    case SpatialClass::kNonLocal: return "non-local";
  }
  return "";
}

std::optional<Channel> channel_named(std::string_view name) {
  for (const ChannelRow& candidate : kChannelTable) {
    if (candidate.name == name) return candidate.channel;
  }
  return std::nullopt;
}

Violation violation(Channel channel, int lag, bool core_local) {
  return {row(channel).spatial == SpatialClass::kNonLocal && !core_local, lag >= 1};
}

}  // namespace locus
