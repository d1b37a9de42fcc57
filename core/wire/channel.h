// The kinds of wire for messages, and the one function that says which (channel, lag) is a
// violation.
//
// All names, classes and endpoints of channels stand in this one table; printing, tests and counts
// read it here.
// Source: the setting of Williams, Payeur, Lajoie (ICML 2026, arXiv:2606.00243): a rule is local in
// space if a synapse receives messages only from its two neurons (and a broadcast), and local in
// time if no message revisits an earlier tick.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace locus {

enum class Channel : std::uint8_t {
  kAxon,       // neuron -> its outgoing synapse: activity
  kDendrite,   // synapse -> its own postsynaptic neuron: current
  kPost,       // neuron -> its incoming synapse: gain and signal
  kTarget,     // environment -> readout neuron
  kFeedback,   // readout neuron -> rate neuron over a synapse of R
  kTransport,  // synapse -> backward agent or its presynaptic neuron: weight times error
  kAdjoint,    // backward agent -> rate neuron: delta
  kInfluence,  // rate neuron -> rate neuron along a synapse of W: its sensitivities
  kGather,     // rate neuron -> a synapse of another neuron
  kNorm,       // readout neuron -> readout neuron: y, over separate wires
  // synapse -> backward agent: the square of its change; agent -> synapse: the factor of all
  // changes
  kClip,
  kReward,  // environment -> rate neuron: a reward, the same for all
  // rate neuron -> agent: parts of sums over all; agent -> rate neuron: what follows from them
  kReduce,
};
inline constexpr int kChannels = 13;

/// The kinds of actor that send or receive messages.
enum class Party : std::uint8_t { kInput, kRate, kReadout, kSynapse, kEnvironment, kAgent };

enum class SpatialClass : std::uint8_t { kLocal, kEnvironment, kBroadcast, kNonLocal };

/// A sender and a receiver of a channel.
struct Between {
  Party from;
  Party to;
};

struct ChannelRow {
  Channel channel;
  std::string_view name;     // in output and files: "AXON"
  std::string_view from;     // in words
  std::string_view to;       // in words
  std::string_view payload;  // in words
  SpatialClass spatial;
  std::array<Between, 2> ends;  // both the same if there is only one pair
};

constexpr std::array<Between, 2> between(Party from, Party to) { return {{{from, to}, {from, to}}}; }

inline constexpr std::array<ChannelRow, kChannels> kChannelTable = {{
    {Channel::kAxon,
     "AXON",
     "neuron",
     "its outgoing synapse",
     "1: activity",
     SpatialClass::kLocal,
     {{{Party::kInput, Party::kSynapse}, {Party::kRate, Party::kSynapse}}}},
    {Channel::kDendrite,
     "DENDRITE",
     "synapse",
     "its own postsynaptic neuron",
     "1: current (RTRL and UORO onto rate neurons 2: and the activity behind it)",
     SpatialClass::kLocal,
     {{{Party::kSynapse, Party::kRate}, {Party::kSynapse, Party::kReadout}}}},
    {Channel::kPost,
     "POST",
     "neuron",
     "its incoming synapse",
     "2: gain and signal (e-prop onto rate neurons 3: and the decay; a firing-rate error, or an activity to learned feedback, 1)",
     SpatialClass::kLocal,
     {{{Party::kRate, Party::kSynapse}, {Party::kReadout, Party::kSynapse}}}},
    {Channel::kTarget, "TARGET", "environment", "readout neuron", "1: target", SpatialClass::kEnvironment,
     between(Party::kEnvironment, Party::kReadout)},
    {Channel::kFeedback, "FEEDBACK", "readout neuron", "rate neuron, over a synapse of R", "1: R_ki times error",
     SpatialClass::kBroadcast, between(Party::kReadout, Party::kRate)},
    {Channel::kTransport,
     "TRANSPORT",
     "synapse",
     "backward agent, or its presynaptic neuron",
     "1: weight times error",
     SpatialClass::kNonLocal,
     {{{Party::kSynapse, Party::kAgent}, {Party::kSynapse, Party::kRate}}}},
    {Channel::kAdjoint, "ADJOINT", "backward agent", "rate neuron", "1: delta", SpatialClass::kNonLocal,
     between(Party::kAgent, Party::kRate)},
    {Channel::kInfluence, "INFLUENCE", "rate neuron", "rate neuron, along a synapse of W", "N: its sensitivities",
     SpatialClass::kNonLocal, between(Party::kRate, Party::kRate)},
    {Channel::kGather, "GATHER", "rate neuron", "a synapse that is not its own", "1: signal times sensitivity",
     SpatialClass::kNonLocal, between(Party::kRate, Party::kSynapse)},
    {Channel::kNorm, "NORM", "readout neuron", "every other readout neuron (cross-entropy)", "1: its output",
     SpatialClass::kBroadcast, between(Party::kReadout, Party::kReadout)},
    {Channel::kClip,
     "CLIP",
     "synapse, or backward agent",
     "backward agent, or synapse",
     "1: the square of its change, or the factor of all changes",
     SpatialClass::kNonLocal,
     {{{Party::kSynapse, Party::kAgent}, {Party::kAgent, Party::kSynapse}}}},
    {Channel::kReward, "REWARD", "environment", "every rate neuron", "1: the reward, the same for all",
     SpatialClass::kBroadcast, between(Party::kEnvironment, Party::kRate)},
    {Channel::kReduce,
     "REDUCE",
     "rate neuron, or an agent that adds up",
     "the agent, or every rate neuron",
     "5: its parts of sums over all neurons, or 3: what follows from the sums, the same for all",
     SpatialClass::kBroadcast,
     {{{Party::kRate, Party::kAgent}, {Party::kAgent, Party::kRate}}}},
}};

constexpr const ChannelRow& row(Channel channel) { return kChannelTable[static_cast<std::size_t>(channel)]; }

/// True if this sender and this receiver have a wire of this channel.
constexpr bool is_wire(Channel channel, Party from, Party to) {
  for (const Between& ends : row(channel).ends) {
    if (ends.from == from && ends.to == to) return true;
  }
  return false;
}

std::string_view name(Channel channel);
std::string_view name(SpatialClass spatial);
std::optional<Channel> channel_named(std::string_view name);

/// Some channels.
class ChannelSet {
 public:
  constexpr void add(Channel channel) { bits_ |= 1U << static_cast<unsigned>(channel); }
  constexpr bool holds(Channel channel) const { return ((bits_ >> static_cast<unsigned>(channel)) & 1U) != 0; }
  friend constexpr bool operator==(ChannelSet, ChannelSet) = default;

 private:
  std::uint32_t bits_ = 0;
};

struct Violation {
  bool spatial = false;   // the channel is non-local, and the message may leave its core
  bool temporal = false;  // lag >= 1, over any channel
  bool any() const { return spatial || temporal; }
};

/// The only definition of a violation. `lag` is in ticks, >= 0. core_local: the rule sends messages
/// of this channel only between actors on the same core of a chip, which is a class of its own
/// beside spatial violations.
Violation violation(Channel channel, int lag, bool core_local = false);

}  // namespace locus
