// Symbol: the names that an expression may use without declaring them, each with its one owner.
//
// The owner is the type of a name: an expression at a synapse may use what the synapse has, what
// its source sends it (AXON) and what its target neuron tells it (POST). Everything else has no
// name. If somebody writes one that would have to be such a thing, `foreign` says which channel
// would carry it and what that would violate.
// Cost: a constant table.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace locus {

/// The owners of values, as bits: an expression has the owners of all its parts. No bit: a
/// constant, which everybody has.
enum Owner : std::uint8_t { kEverybody = 0, kSourceNeuron = 1, kTargetNeuron = 2, kSynapseItself = 4 };

enum class Symbol : std::uint8_t {
  kPre,
  kActivity,
  kCurrent,
  kGain,
  kSignal,
  kOwnWeight,
  kVoltage,
  kSpike,
  kNoise,
  kReward,
  kTaught,  // of changes on ERROR; it has no name
  kWeight,
  kLeak,
  kDecay,
  kDrive,
  kDt,
  kTicks,
};
inline constexpr int kSymbols = 17;

struct SymbolRow {
  Symbol symbol;
  std::string_view name;
  Owner owner;
  std::string_view meaning;
  bool only_spiking = false;  // of spiking neurons only
  bool only_rate = false;     // of rate neurons only
};

extern const std::array<SymbolRow, kSymbols> kSymbolTable;

const SymbolRow& row(Symbol symbol);
std::optional<Symbol> symbol_named(std::string_view name);

/// "the synapse", "its source neuron", "its target neuron", "everybody".
std::string_view words(Owner owner);

/// Why there is no such name: what would carry it, and what that would violate. Empty if the name
/// is just unknown.
std::string_view foreign(std::string_view name);

}  // namespace locus
