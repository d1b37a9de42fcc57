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
    if constexpr (K::kReset == Reset::kZero) {
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
    if (!learns) return step_cells<NoSurrogate, K>(cells, first, last, kind);
    dispatch(kind.lif.surrogate, [&]<class Psi>(Psi) { step_cells<Psi, K>(cells, first, last, kind); });
  });
}

template <class R>
void revisit_spiking_kind(const SpikingCells<R>& cells, std::size_t first, std::size_t last, const SpikingKind<R>& kind,
                          const RecalledCells<R>& past, R* errors) {
  dispatch_kind(kind.lif, kind.is_plain, [&]<class K>(K) { revisit_cells<K>(cells, first, last, kind, past, errors); });
}

template void step_spiking_kind(const SpikingCells<double>&, std::size_t, std::size_t, const SpikingKind<double>&, bool);
template void step_spiking_kind(const SpikingCells<float>&, std::size_t, std::size_t, const SpikingKind<float>&, bool);
template void revisit_spiking_kind(const SpikingCells<double>&, std::size_t, std::size_t, const SpikingKind<double>&,
                                   const RecalledCells<double>&, double*);
template void revisit_spiking_kind(const SpikingCells<float>&, std::size_t, std::size_t, const SpikingKind<float>&,
                                   const RecalledCells<float>&, float*);

}  // namespace locus
