#include "core/wire/channel.h"

#include "core/wire/budget.h"

namespace locus {

constexpr std::array<ChannelRow, kChannels> kChannelTable = {{
    {Channel::kAxon, "AXON", "neuron", "its outgoing synapse", "1: activity", SpatialClass::kLocal},
    {Channel::kDendrite, "DENDRITE", "synapse", "its own postsynaptic neuron",
     "1: current (RTRL onto rate neurons 2: and the activity behind it)", SpatialClass::kLocal},
    {Channel::kPost, "POST", "neuron", "its incoming synapse",
     "2: gain and signal (e-prop onto rate neurons 3: and the decay; a firing-rate error 1)", SpatialClass::kLocal},
    {Channel::kTarget, "TARGET", "environment", "readout neuron", "1: target", SpatialClass::kEnvironment},
    {Channel::kFeedback, "FEEDBACK", "readout neuron", "rate neuron, over a fixed synapse of R", "1: R_ki times error",
     SpatialClass::kBroadcast},
    {Channel::kTransport, "TRANSPORT", "synapse", "backward agent, or its presynaptic neuron", "1: weight times error",
     SpatialClass::kNonLocal},
    {Channel::kAdjoint, "ADJOINT", "backward agent", "rate neuron", "1: delta", SpatialClass::kNonLocal},
    {Channel::kInfluence, "INFLUENCE", "rate neuron", "rate neuron, along a synapse of W", "N: its sensitivities",
     SpatialClass::kNonLocal},
    {Channel::kGather, "GATHER", "rate neuron", "a synapse that is not its own", "1: signal times sensitivity",
     SpatialClass::kNonLocal},
    {Channel::kNorm, "NORM", "readout neuron", "every other readout neuron (cross-entropy)", "1: exp of its output",
     SpatialClass::kBroadcast},
    {Channel::kClip, "CLIP", "synapse, or backward agent", "backward agent, or synapse",
     "1: the square of its change, or the factor of all changes", SpatialClass::kNonLocal},
}};

namespace {

constexpr bool in_order_of_channel() {
  for (std::size_t i = 0; i < kChannelTable.size(); ++i) {
    if (static_cast<std::size_t>(kChannelTable[i].channel) != i) return false;
  }
  return true;
}
static_assert(in_order_of_channel(), "row(channel) looks rows up by their channel");

}  // namespace

const ChannelRow& row(Channel channel) { return kChannelTable[static_cast<std::size_t>(channel)]; }

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

Violation violation(Channel channel, int lag) { return {row(channel).spatial == SpatialClass::kNonLocal, lag >= 1}; }

}  // namespace locus
