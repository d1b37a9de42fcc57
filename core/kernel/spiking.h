// Spiking neurons of every kind through a tick or a stage of a sweep: with a synaptic current, any
// reset, a resting voltage, constants that differ by neuron. The handlers are those of
// core/actor/lif_neuron.h.
//
// The surrogate, the kind of neuron, whether constants stand in columns, and whether a rule needs a
// slope are dispatched once a population, so that no loop has a branch. A cell is a neuron and
// lane, cells [first, last) of a layer's columns; they begin and end with all lanes of a neuron.
// Cost: one pass over the columns that the kind has.
#pragma once

#include "core/actor/integer_state.h"
#include "core/kernel/neurons.h"

namespace locus {

/// The neurons of a population, as loops take them.
template <class R>
struct SpikingKind {
  LifParameters lif;     // whose kinds are those of all neurons
  bool is_plain = true;  // of all neurons
  LifClocks<R> clocks;
  std::size_t lanes = 1;

  /// True if all neurons of both are of one kind and have the same constants.
  bool is_alike(const SpikingKind& other) const {
    return !clocks.differ() && !other.clocks.differ() && lif == other.lif && is_plain == other.is_plain;
  }
};

/// A tick. `learns`: false if no rule needs the surrogate.
template <class R>
void step_spiking_kind(const SpikingCells<R>& cells, std::size_t first, std::size_t last, const SpikingKind<R>& kind,
                       bool learns);

/// The same of a population whose voltages are whole numbers; cells are those of its layer.
template <class R>
void step_integer_kind(const SpikingCells<R>& cells, std::size_t first, std::size_t last, const SpikingKind<R>& kind,
                       const LeakTick& tick);

/// What neurons recall of a revisited tick: psi (cells of the layer), v before its reset (the same)
/// and z. The last two are null where no reset needs them.
template <class R>
struct RecalledCells {
  const R* gain = nullptr;
  const R* voltage = nullptr;  // null: not kept
  const R* spike = nullptr;    // z of cell c at spike[c / lanes * by_neuron + c % lanes]
  std::ptrdiff_t by_neuron = 0;
};

/// A stage of a sweep after its ADJOINT, for neurons of every kind; errors (cells of the layer)
/// gets gain times signal of each neuron's POST.
template <class R>
void revisit_spiking_kind(const SpikingCells<R>& cells, std::size_t first, std::size_t last, const SpikingKind<R>& kind,
                          const RecalledCells<R>& past, R* errors);

}  // namespace locus
