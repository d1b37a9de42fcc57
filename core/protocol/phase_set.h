// PhaseSet: some phases of the table: those that a run selects, or those of one delivery.
//
// A delivery (core/transport/phases.h) names the rows of the table that it stands for. The
// conductor delivers it if the run selects one of them, and the door opens to it by their channels.
// Cost: one integer.
#pragma once

#include <array>
#include <cstdint>

#include "core/protocol/phase_table.h"

namespace locus {

class PhaseSet {
 public:
  constexpr PhaseSet() = default;
  template <std::size_t kSize>
  constexpr explicit PhaseSet(const std::array<Phase, kSize>& phases) {
    for (const Phase phase : phases) add(phase);
  }

  constexpr void add(Phase phase) { bits_ |= bit(phase); }
  constexpr bool holds(Phase phase) const { return (bits_ & bit(phase)) != 0; }
  /// True if some phase is in both sets.
  constexpr bool meets(PhaseSet other) const { return (bits_ & other.bits_) != 0; }
  friend constexpr bool operator==(PhaseSet, PhaseSet) = default;

 private:
  static_assert(kPhases <= 64);
  static constexpr std::uint64_t bit(Phase phase) { return std::uint64_t{1} << static_cast<unsigned>(phase); }

  std::uint64_t bits_ = 0;
};

constexpr PhaseSet selected_phases(const Selection& selection) {
  PhaseSet phases;
  for (const PhaseRow& row : kPhaseTable) {
    if (selection.selects(row)) phases.add(row.phase);
  }
  return phases;
}

/// True if the run selects some row of a delivery.
template <class Delivery>
constexpr bool selects(PhaseSet selected) {
  constexpr PhaseSet kRows(Delivery::rows);
  return selected.meets(kRows);
}

}  // namespace locus
