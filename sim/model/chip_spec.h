// ChipSpec: the chip of a model as plain values, and what it charges for.
//
// Part of a Spec (spec.h), which has the invariants.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace locus {

/// What a chip charges for; each in pJ of energy and ns of time. An estimate's terms, always apart
/// from the counts.
enum class Charge {
  kPacket,         // a scalar that enters the network on chip
  kHopEastWest,    // a scalar over a link of a row
  kHopNorthSouth,  // a scalar over a link of a column
  kHopHost,        // a scalar over the host's link
  // a weight times something that arrives (AXON, FEEDBACK, TRANSPORT; INFLUENCE: each scalar)
  kSynapticOperation,
  kSynapticUpdate,  // a synapse that learns from a message (POST, GATHER)
  kNeuronUpdate,    // a neuron's tick
  kBarrier,         // a step of the whole mesh
};
inline constexpr int kCharges = 8;

struct CostSpec {
  std::string name;                       // of the chip, as the file says
  std::array<double, kCharges> energy{};  // [pJ], by Charge
  std::array<double, kCharges> time{};    // [ns], by Charge
  friend bool operator==(const CostSpec&, const CostSpec&) = default;
};

enum class PlacementPolicy { kBlock, kRoundRobin, kGreedy, kExplicit };

/// Cores are numbered row by row from 0.
struct ChipSpec {
  std::int32_t width = 1;             // cores in a row
  std::int32_t height = 1;            // rows
  std::int32_t neurons_per_core = 1;  // room
  PlacementPolicy policy = PlacementPolicy::kBlock;
  // explicit only: of each rate neuron, then readout
  std::vector<std::int32_t> cores;
  std::optional<std::int64_t> synapses_per_core;  // room; absent: as many as come
  std::optional<std::int32_t> agent_core;         // absent: the host
  std::optional<CostSpec> cost;
  // Of `locus place`, not of a model file:
  bool spread_agent = false;  // each core has the part of the backward agent for its own neurons
  bool partial_sums = false;  // a core adds up its TRANSPORT to one neuron before it sends it
  friend bool operator==(const ChipSpec&, const ChipSpec&) = default;
};

}  // namespace locus
