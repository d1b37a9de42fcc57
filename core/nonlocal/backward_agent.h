// The backward agent: the one actor that BPTT and tBPTT need and no chip has. It walks back through
// time and sends every neuron its delta.
//
//     at each revisited tick s, newest first:
//     delta += A^T eps_s (once for each s)
//     g = alpha phi'_s delta;  delta = (1 - alpha) delta + W^T g
//
// For readouts with memory, eta_s = alpha_o eta_{s+1} + zeta_o A^T eps_s replaces A^T eps_s, with
// one eta for each readout population. Spiking neurons keep their own adjoints (lif_neuron.h), so
// that delta = W^T g there.
//
// With a delay d, the adjoint of tick s belongs to the activity of tick s - d: W^T g_s arrives at
// stage s and waits d stages, and A^T eps_s (or eta_s) waits d stages more than without a delay.
// Synapses send nothing that the sweep would not reach.
//
// Everything arrives at the agent as TRANSPORT and leaves it as ADJOINT: this is weight transport,
// with lags up to the depth of the sweep. The agent keeps delta and the errors until their sweep (a
// transport may sum these later: Answers). It keeps no weight, so that every use of one is a
// message. Each neuron's leak is a constant that it has. Neurons repeat their own past (POST,
// replayed AXON). The class is in core/nonlocal because the layout shows what breaks locality.
// Source: Williams & Peng 1990; arXiv:2606.00243 (tBPTT: a cut in time).
// Cost: state (min(k, T) + 2 + the longest delay) n lanes; a sweep of depth tau has tau stages, and
// tau - 1 of these stall the forward clock.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/column.h"
#include "core/protocol/trial_shape.h"
#include "core/transport/transport.h"

namespace locus {

template <class R>
class BackwardAgent {
 public:
  /// `recalls`: the transport can sum the errors of an earlier tick when a sweep reaches it, so
  /// that the agent need not keep them.
  BackwardAgent(const Network<R>& network, const Learning& learning, const TrialShape& trial, bool recalls);

  void begin_trial();

  /// The destination of the errors of this tick, A^T eps_t, where they wait for the next sweep.
  Answers<R> errors_of(Tick now);

  /// Does one sweep at the end of tick `now`. T: a transport over the network of the constructor.
  template <TransportOf<R> T>
  void sweep(T& transport, Tick now);

 private:
  /// The way back over one projection of A.
  struct Path {
    std::size_t readout = 0;  // index of the population
    std::size_t place = 0;    // of its sums and of its eta
    std::size_t first = 0;    // the cells [first, last) of its source
    std::size_t last = 0;
    std::int32_t delay = 0;
  };

  template <class T>
  const R* error_of(T& transport, Tick revisited, std::int32_t oldest);
  void step_back();
  void step_back_each(const Neurons& population, R* delta, R* due) const;
  void add_errors(const R* error);
  /// The sum for the stage that is `stages` after the present one; `stages` < slots_.
  R* due_in(std::int32_t stages) {
    const std::int32_t slot = slot_ + stages;
    return due_.data() + static_cast<std::size_t>(slot < slots_ ? slot : slot - slots_) * delta_.size();
  }
  Column<R>& waiting_of(Tick tick) { return waiting_[static_cast<std::size_t>(tick.value) % waiting_.size()]; }

  Learning learning_;
  std::int32_t lanes_;
  std::vector<Neurons> populations_;  // the rate neurons, for their leaks
  Column<R> delta_;                   // dL/dh of the revisited tick (n x lanes)
  // stages with a sum: the present one and as many as the longest delay
  std::int32_t slots_ = 2;
  std::int32_t slot_ = 0;  // of the present stage
  // sums for later stages: W^T g, and delayed A^T eps; by stage modulo slots_ (slots x n x lanes)
  Column<R> due_;
  Tick first_error_;  // of a trial
  // one for each eta; empty if no readout has memory and no A has a delay
  std::vector<Neurons> readouts_;
  std::vector<Path> paths_;  // by readout population; empty if readouts_ is
  // of each projection of A, where paths need places: those that share one end on the same readouts
  // and come from different neurons
  std::vector<std::int32_t> places_;  // (projections)
  Column<R> eta_;                     // (places x n x lanes)
  bool recalls_ = false;
  // A^T eps_s, by s modulo (n x lanes each, or the size of eta_); with `recalls_` one column of
  // scratch
  std::vector<Column<R>> waiting_;
  Tick heard_{};  // the last tick whose errors have arrived
  Tick swept_{};  // the last tick whose errors a sweep has used
};

}  // namespace locus
