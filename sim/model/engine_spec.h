// EngineSpec: the learning engine of a chip as plain values; what an engine file means once it is
// checked (proto/locus/v1/engine.proto says what each is for).
//
// Invariants, held by the loader (engine.h): names are unique, exactly one variable is "weight",
// bits are in range.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/wire/channel.h"

namespace locus {

enum class NeuronKind : std::uint8_t { kRate, kLif, kAlif };
inline constexpr int kNeuronKinds = 3;

enum class EngineRounding : std::uint8_t { kNearest, kStochastic, kDown };

/// The variable that fills an access.
enum class AccessSource : std::uint8_t { kSpikes, kValue, kGain, kSignal };

/// A number of a neuron that all of its synapses can read.
struct EngineAccess {
  std::string name;
  std::vector<AccessSource> sources;  // at least one
  int bits = 0;                       // without the sign
  bool is_signed = false;
  std::optional<int> levels = {};  // of its values; empty: 2^bits
  EngineRounding rounding = EngineRounding::kNearest;

  bool takes(AccessSource source) const { return std::ranges::find(sources, source) != sources.end(); }
  friend bool operator==(const EngineAccess&, const EngineAccess&) = default;
};

struct EngineEnd {
  bool spike = false;  // it can be the condition of a product
  std::vector<EngineAccess> accesses;
  friend bool operator==(const EngineEnd&, const EngineEnd&) = default;
};

/// A number that each synapse keeps.
struct EngineVariable {
  std::string name;
  int bits = 0;  // without the sign
  bool is_signed = false;
  bool is_delay = false;
  friend bool operator==(const EngineVariable&, const EngineVariable&) = default;
};

struct EngineUpdate {
  bool every_tick = false;
  std::optional<std::int64_t> products = {};  // of all sums together
  std::optional<std::int64_t> factors = {};   // of a product
  bool offsets = false;
  int mantissa_bits = 0;  // with the sign
  int least_exponent = 0;
  int largest_exponent = 0;
  int sum_bits = 0;  // without the sign
  EngineRounding rounding = EngineRounding::kNearest;
  friend bool operator==(const EngineUpdate&, const EngineUpdate&) = default;
};

struct EngineRoom {
  std::optional<std::int64_t> cores = {};
  std::optional<std::int64_t> neurons = {};
  std::optional<std::int64_t> inputs = {};
  std::optional<std::int64_t> readouts = {};
  std::optional<std::int64_t> axons = {};
  std::optional<std::int64_t> synapse_bytes = {};
  friend bool operator==(const EngineRoom&, const EngineRoom&) = default;
};

struct EngineSpec {
  std::string name;
  std::vector<NeuronKind> neurons;
  EngineEnd source;
  EngineEnd target;
  bool reward = false;
  std::vector<EngineVariable> variables;
  EngineUpdate update;
  ChannelSet channels;  // at lag 0, beside those that every network needs
  bool no_autapses = false;
  EngineRoom room;

  const EngineVariable& weight() const { return *std::ranges::find(variables, "weight", &EngineVariable::name); }
  bool has(NeuronKind kind) const { return std::ranges::find(neurons, kind) != neurons.end(); }
  friend bool operator==(const EngineSpec&, const EngineSpec&) = default;
};

}  // namespace locus
