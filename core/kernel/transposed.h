// Learning from the last tick back: what the signals of a trial amount to as coefficients of what
// each source sent.
//
// Why: a trace is linear in what its source sent, so the change that a trial asks of a synapse is a
// sum over ticks of coefficient times activity, which is a matrix product (core/kernel/product.h)
// or an addition an event (core/kernel/events.h) in place of a trace a synapse. The two structs are
// the transposes of the handlers on(Synapse, Post) and on(EligibleSynapse, Post); the equality is
// proven by tests/transport/bilinear_test.cc. Cost: a few operations a neuron, lane and tick.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/actor/eligibility.h"
#include "core/kernel/registers.h"
#include "core/kernel/synapses.h"

namespace locus {

/// From the last tick back: what the signals on a tape amount to as coefficients of what the source
/// sent.
///
/// delta = sum_t signal_t trace_t with trace_t = decay_t trace_{t-1} + gain_t pre_t is sum_s
/// coefficient_s pre_s with coefficient_s = gain_s S_s, S_s = signal_s + decay_{s+1} S_{s+1}: Post
/// is linear in what the source sent, and this is its transpose. R: a scalar, or a register of
/// them.
template <class R>
struct TransposedTrace {
  R sum{};    // S_{s+1}
  R decay{};  // decay_{s+1}

  R coefficient(R signal, R gain, R own_decay) {
    sum = signal + decay * sum;
    decay = own_decay;
    return gain * sum;
  }
};

/// The same of a spiking neuron under e-prop: its Eligible handlers are linear in what the source
/// sent, and this is their transpose.
///
/// Delta = sum_t (signal_t low_pass_t + reg e_t) is sum_t w_t e_t, w_t = (1 - kappa) sum_{u >= t}
/// kappa^(u-t) signal_u + reg. Of that e_t makes c_t = psi_t (w_t + m_{t+1}), m_t = rho m_{t+1} -
/// beta c_t being what `adapted` passes on, and the filtered trace zeta sum_{u >= t} alpha^(u-t)
/// c_u.
template <class R>
struct TransposedEligibility {
  R heard = 0;    // sum of kappa^(u-t) signal_u
  R adapted = 0;  // m_{t+1}
  R sum = 0;      // sum of alpha^(u-t) c_u
  R arrived = 0;  // with a synaptic current, the sum of delta^(u-t) times the coefficients

  R coefficient(R signal, R psi, R reg, const Eligible<R>& c) {
    heard = c.filter * heard + signal;
    const R own = psi * ((R(1) - c.filter) * heard + reg + adapted);
    adapted = c.adaptation_decay * adapted - c.adaptation * own;
    sum = c.decay * sum + own;
    return c.gain * sum;
  }
  /// The coefficient of what arrived, where a synaptic current passes it on with this decay.
  R through_current(R coefficient, R decay) {
    arrived = coefficient + decay * arrived;
    return arrived;
  }
};

/// The arguments of filter_signals(): gains as signals; no decays: all are `constant_decay`.
template <class R>
struct TraceFilter {
  TicksView<const R> gain;
  TicksView<const R> decay;  // null: constant
  R constant_decay = 0;
};

/// Turns the signals of `length` contiguous cells into coefficients, in place, over ticks - 1 .. 0.
/// The cells begin at at(tick, neuron) of each view.
template <class R>
void filter_signals(TicksView<R> signals, const TraceFilter<R>& filter, std::int32_t neuron, std::int32_t length,
                    std::int32_t ticks) {
  by_registers<R, 4, 1>(0, length, [&]<class Lane, std::size_t kRegisters>(std::ptrdiff_t begin) {
    TransposedTrace<typename Lane::Type> back[kRegisters];
    for (std::int32_t row = ticks - 1; row >= 0; --row) {
      R* signal = signals.at(row, neuron) + begin;  // and then what it amounts to
      const R* gain = filter.gain.at(row, neuron) + begin;
      const R* decay = filter.decay ? filter.decay.at(row, neuron) + begin : nullptr;
#pragma GCC unroll 4
      for (std::size_t r = 0; r < kRegisters; ++r) {
        const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(r) * Lane::kLanes;
        const auto own_decay = decay == nullptr ? Lane::all(filter.constant_decay) : Lane::load(decay + at);
        Lane::store(signal + at, back[r].coefficient(Lane::load(signal + at), Lane::load(gain + at), own_decay));
      }
    }
  });
}

}  // namespace locus
