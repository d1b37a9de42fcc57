// The kinds of wire that a message can take, and the one function that says which (channel, lag) is
// a violation.
//
// Why one table: names, classes and endpoints are printed, tested and counted from here and nowhere
// else. Source: the setting of Williams, Payeur, Lajoie (ICML 2026, arXiv:2606.00243): a rule is
// local in space if a synapse hears only from its two neurons (and a broadcast), local in time if
// no message revisits an earlier tick.
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
  kFeedback,   // readout neuron -> rate neuron over a fixed synapse of R
  kTransport,  // synapse -> backward agent or its presynaptic neuron: weight times error
  kAdjoint,    // backward agent -> rate neuron: delta
  kInfluence,  // rate neuron -> rate neuron along a W synapse: its sensitivities
  kGather,     // rate neuron -> a synapse that is not its own
  kNorm,       // readout neuron -> readout neuron: exp(y), over wires of their own
  // synapse -> backward agent: the square of its change; and back: the factor of all changes
  kClip,
};
inline constexpr int kChannels = 11;

/// The kinds of actor that send or receive.
enum class Party : std::uint8_t { kInput, kRate, kReadout, kSynapse, kEnvironment, kAgent };

enum class SpatialClass : std::uint8_t { kLocal, kEnvironment, kBroadcast, kNonLocal };

struct ChannelRow {
  Channel channel;
  std::string_view name;     // as printed and written: "AXON"
  std::string_view from;     // in words
  std::string_view to;       // in words
  std::string_view payload;  // in words
  SpatialClass spatial;
};

extern const std::array<ChannelRow, kChannels> kChannelTable;  // in the order of the enum

const ChannelRow& row(Channel channel);
std::string_view name(Channel channel);
std::string_view name(SpatialClass spatial);
std::optional<Channel> channel_named(std::string_view name);

struct Violation {
  bool spatial = false;   // the channel is non-local
  bool temporal = false;  // lag >= 1, whatever the channel
  bool any() const { return spatial || temporal; }
};

/// The only place that decides. `lag` is in ticks, >= 0.
Violation violation(Channel channel, int lag);

}  // namespace locus
