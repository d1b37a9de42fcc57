#include "core/kernel/spiking.h"

namespace locus {
namespace {

template <class Psi, class K, class R>
void step_cells(SpikingCells<R> cells, std::size_t first, std::size_t last, const SpikingKind<R>& kind) {
  const std::size_t lanes = kind.lanes;
  const LifClocks<R> clocks = kind.clocks;
  if (!clocks.differ()) {
    const Lif<R> clock = clocks.common;
#pragma GCC ivdep
    for (std::size_t cell = first; cell < last; ++cell) step<Psi, K>(cells[cell], clock);
    return;
  }
  if (lanes == 1) {
#pragma GCC ivdep
    for (std::size_t cell = first; cell < last; ++cell) step<Psi, K>(cells[cell], clocks.own(cell));
    return;
  }
  for (std::size_t cell = first; cell < last; ++cell) step<Psi, K>(cells[cell], clocks.own(cell / lanes));
}

/// The same without a rule: no slope is needed, nor a state that stays as it is or that nothing
/// reads. These are the loop's own, and cost no memory.
template <class K, bool kAdapts, bool kRests, class R>
void step_unlearning(const SpikingCells<R>& cells, std::size_t first, std::size_t last, const SpikingKind<R>& kind) {
  const LifClocks<R>& clocks = kind.clocks;
  const auto step_cell = [&](std::size_t cell, const Lif<R>& clock) __attribute__((always_inline)) {
    R none[4] = {};
    step<NoSurrogate, K>(
        LifNeuron<R>{cells.rate.current[cell], cells.rate.activity[cell], none[0], none[1], cells.voltage[cell],
                     kAdapts ? cells.adaptation[cell] : none[2], kRests ? cells.refractory[cell] : none[3],
                     cells.count[cell], none[1], none[1], K::kHasCurrent ? cells.synaptic[cell] : none[1], none[1]},
        clock);
  };
  if (!clocks.differ()) {
    const Lif<R> clock = clocks.common;
#pragma GCC ivdep
    for (std::size_t cell = first; cell < last; ++cell) step_cell(cell, clock);
    return;
  }
  if (kind.lanes == 1) {
#pragma GCC ivdep
    for (std::size_t cell = first; cell < last; ++cell) step_cell(cell, clocks.own(cell));
    return;
  }
  for (std::size_t cell = first; cell < last; ++cell) step_cell(cell, clocks.own(cell / kind.lanes));
}

template <class K, class R>
void step_unlearning(const SpikingCells<R>& cells, std::size_t first, std::size_t last, const SpikingKind<R>& kind) {
  const bool adapts = kind.lif.adapts() || kind.clocks.differ();  // one of those that differ may
  const bool rests = kind.lif.refractory > 0;
  if (adapts && rests) return step_unlearning<K, true, true>(cells, first, last, kind);
  if (adapts) return step_unlearning<K, true, false>(cells, first, last, kind);
  if (rests) return step_unlearning<K, false, true>(cells, first, last, kind);
  step_unlearning<K, false, false>(cells, first, last, kind);
}

template <class K, class R>
void revisit_cells(const SpikingCells<R>& cells, std::size_t first, std::size_t last, const SpikingKind<R>& kind,
                   const RecalledCells<R>& past, R* errors) {
  const std::size_t lanes = kind.lanes;
  for (std::size_t cell = first; cell < last; ++cell) {
    const std::size_t neuron = cell / lanes;
    const Lif<R> clock = kind.clocks.of(neuron);
    const LifNeuron<R> self = cells[cell];
    self.gain = past.gain[cell];  // it recalls its psi
    Recalled<R> recalled{};
    if constexpr (recalls_voltage(K::kReset)) {
      if (past.voltage != nullptr) recalled.voltage = past.voltage[cell];
      recalled.spike =
          past.spike[static_cast<std::ptrdiff_t>(neuron) * past.by_neuron + static_cast<std::ptrdiff_t>(cell % lanes)];
    }
    revisit<K>(self, clock, recalled);
    const Post<R> message = post_back<K>(self, clock);
    errors[cell] = message.gain * message.signal;
  }
}

}  // namespace

template <class R>
void step_spiking_kind(const SpikingCells<R>& cells, std::size_t first, std::size_t last, const SpikingKind<R>& kind,
                       bool learns) {
  dispatch_kind(kind.lif, kind.is_plain, [&]<class K>(K) {
    if (!learns) return step_unlearning<K>(cells, first, last, kind);
    dispatch(kind.lif.surrogate, [&]<class Psi>(Psi) { step_cells<Psi, K>(cells, first, last, kind); });
  });
}

template <class R>
void step_integer_kind(const SpikingCells<R>& cells, std::size_t first, std::size_t last, const SpikingKind<R>& kind,
                       const LeakTick& tick) {
  dispatch_kind(kind.lif, kind.is_plain, [&]<class K>(K) {
    dispatch(kind.lif.surrogate, [&]<class Psi>(Psi) {
      for (std::size_t cell = first; cell < last; ++cell) {
        const std::size_t neuron = cell / kind.lanes;
        const auto draw = tick.draw(static_cast<std::int32_t>(neuron), static_cast<std::int32_t>(cell % kind.lanes));
        step_integer<Psi, K>(cells[cell], kind.clocks.of(neuron), tick.state(), draw);
      }
    });
  });
}

template <class R>
void revisit_spiking_kind(const SpikingCells<R>& cells, std::size_t first, std::size_t last, const SpikingKind<R>& kind,
                          const RecalledCells<R>& past, R* errors) {
  dispatch_kind(kind.lif, kind.is_plain, [&]<class K>(K) { revisit_cells<K>(cells, first, last, kind, past, errors); });
}

template void step_spiking_kind(const SpikingCells<double>&, std::size_t, std::size_t, const SpikingKind<double>&, bool);
template void step_spiking_kind(const SpikingCells<float>&, std::size_t, std::size_t, const SpikingKind<float>&, bool);
template void step_integer_kind(const SpikingCells<double>&, std::size_t, std::size_t, const SpikingKind<double>&,
                                const LeakTick&);
template void step_integer_kind(const SpikingCells<float>&, std::size_t, std::size_t, const SpikingKind<float>&,
                                const LeakTick&);
template void revisit_spiking_kind(const SpikingCells<double>&, std::size_t, std::size_t, const SpikingKind<double>&,
                                   const RecalledCells<double>&, double*);
template void revisit_spiking_kind(const SpikingCells<float>&, std::size_t, std::size_t, const SpikingKind<float>&,
                                   const RecalledCells<float>&, float*);

}  // namespace locus
