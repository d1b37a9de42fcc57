// The backward agent: the one actor that BPTT and tBPTT need and no chip has. It walks back through
// time and tells every neuron its delta.
//
//     at each revisited tick s, newest first:   delta += A^T eps_s (met once);  g = alpha phi'_s
//     delta;  delta = (1 - alpha) delta + W^T g
//
// Readouts with memory: eta_s = alpha_o eta_{s+1} + zeta_o A^T eps_s in place of A^T eps_s, one eta
// a readout population. Spiking neurons keep what they carry back themselves (lif_neuron.h), so
// delta = W^T g there.
//
// Over delay d what is felt at tick s goes to the activity of tick s - d: W^T g_s is told at stage
// s and waits d stages, A^T eps_s (or eta_s) d more than without. Nothing is told that the sweep
// would not come to.
//
// All that it learns arrives as TRANSPORT, all that it says leaves as ADJOINT: weight transport,
// and lags up to the depth of the sweep. It keeps delta and the errors that wait for their sweep
// (which a transport may sum later: Answers), and caches no weight: every use is a message. Each
// neuron's leak it knows as a constant. Neurons recall their own past (POST, AXON replayed). Why a
// room of its own: what breaks locality is seen from the layout. Source: Williams & Peng 1990;
// arXiv:2606.00243 (tBPTT: a cut in time). Cost: state (min(k, T) + 2 + the longest delay) n lanes;
// a sweep of depth tau does tau stages, of which tau - 1 stall the forward clock.
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
  /// recalls: the transport can sum the errors of a tick that it has delivered when a sweep comes
  /// to it, so that they need not wait here.
  BackwardAgent(const Network<R>& network, const Learning& learning, const TrialShape& trial, bool recalls);

  void begin_trial();

  /// Where the errors of this tick, A^T eps_t, are to be sent; they wait there for the next sweep.
  Answers<R> errors_of(Tick now);

  /// One sweep at the end of tick `now`. T: a transport over the network that the agent was made
  /// for.
  template <TransportOf<R> T>
  void sweep(T& transport, Tick now);

 private:
  /// What comes back over one projection of A.
  struct Path {
    std::size_t readout = 0;  // population
    std::size_t first = 0;    // cells of its source
    std::size_t last = 0;
    std::int32_t delay = 0;
  };

  template <class T>
  const R* error_of(T& transport, Tick revisited, std::int32_t oldest);
  void step_back();
  void add_errors(const R* error);
  /// What is due so many stages after the present one; fewer than there are slots.
  R* due_in(std::int32_t stages) {
    const std::int32_t slot = slot_ + stages;
    return due_.data() + static_cast<std::size_t>(slot < slots_ ? slot : slot - slots_) * delta_.size();
  }
  Column<R>& waiting_of(Tick tick) { return waiting_[static_cast<std::size_t>(tick.value) % waiting_.size()]; }

  Learning learning_;
  std::int32_t lanes_;
  std::vector<Neurons> populations_;  // of rate neurons: each one's leak
  Column<R> delta_;                   // dL/dh of the revisited tick (n x lanes)
  // stages that something can be due at: this one and as many as the longest delay
  std::int32_t slots_ = 2;
  std::int32_t slot_ = 0;  // of the present stage
  // what has been told for a stage: W^T g, late A^T eps; by stage modulo (slots x n x lanes)
  Column<R> due_;
  Tick first_error_;  // of a trial
  // each with an eta of its own; empty where none has memory and no A is late
  std::vector<Neurons> readouts_;
  std::vector<Path> paths_;  // by readout population; empty as readouts_
  Column<R> eta_;            // (readout populations x n x lanes)
  bool recalls_ = false;
  // A^T eps_s, by s modulo (n x lanes each, or as eta_); one column of scratch where they are
  // recalled
  std::vector<Column<R>> waiting_;
  Tick heard_{};  // the last tick whose errors wait
  Tick swept_{};  // the last tick whose errors have been swept
};

}  // namespace locus
