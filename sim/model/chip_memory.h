// The memory that a core of a chip has (proto/locus/v1/chip.proto).
#pragma once

#include <cstdint>
#include <optional>

namespace locus {

/// Budgets; absent: as much as comes.
struct ChipMemorySpec {
  std::optional<std::int64_t> bytes_per_core = {};
  std::optional<std::int64_t> fan_in = {};          // synapses of a neuron, without its bias
  std::optional<std::int64_t> axons_per_core = {};  // neurons elsewhere that a core hears
  std::int32_t address_bits = 32;                   // of an entry of a table of sources or axons
  friend bool operator==(const ChipMemorySpec&, const ChipMemorySpec&) = default;
};

}  // namespace locus
