// Spiking neuron: leaky integrate-and-fire (LIF), optionally with an adaptive threshold (ALIF).
//
// In tick t it computes, in this order (arrived is the sum from its synapses: input spikes of t,
// recurrent spikes of t - 1):
//     r   = max(r - 1, 0)
//     v   = zeta arrived + alpha v - V_th z     z of the previous tick; the reset subtracts V_th
//     a   = rho a + z                           z of the previous tick
//     d   = v - (V_th + beta a)
//     psi = r > 0 ? 0 : surrogate(d)            replaces dz/dv in learning
//     z   = d >= 0 and r = 0;  if z: r = R, count = count + 1
// Numerically these are NEST 3.10's eprop_iaf_bsshslm_2020 and its adaptive sibling.
// Source: Bellec et al., Nat. Commun. 2020;11:3625.
//
// Under a sweep the neuron keeps the adjoints of its voltage and of its adaptation (revisit). They
// include the path through the reset, which damps the loop of surrogate and recurrent weights.
// rate_neuron.h has the behaviour that all neurons of the layer share (sums of currents and
// signals).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "core/wire/payload.h"

namespace locus {

/// The surrogate derivative psi(d), d = v - threshold, of height g and width w.
enum class Surrogate : std::uint8_t {
  kPiecewiseLinear,  // g max(0, 1 - |d| / w)
  kExponential,      // g exp(-|d| / w)
  kFastSigmoid,      // g (1 + |d| / w)^-2
  kArctan,           // g / (1 + (d / w)^2)
};

std::string_view name(Surrogate surrogate);  // "PIECEWISE_LINEAR", the name in model files

/// The constants of a population of spiking neurons, with times converted to decays of a tick.
struct LifParameters {
  double decay = 0;             // alpha = exp(-dt / tau_m)
  double gain = 1;              // zeta: 1, or 1 - alpha
  double threshold = 1;         // V_th [1]
  double refractory = 0;        // R, ticks
  double adaptation_decay = 0;  // rho = exp(-dt / tau_a)
  double adaptation = 0;        // beta [1]; 0: LIF
  Surrogate surrogate = Surrogate::kPiecewiseLinear;
  double height = 0.3;  // g [1]
  double width = 1;     // w [1]

  bool adapts() const { return adaptation != 0; }
};

/// The clock of a spiking neuron: a tick, with the constants of the neuron.
template <class R>
struct Lif {
  R decay, gain, threshold, refractory, adaptation_decay, adaptation, height, width;

  Lif() = default;
  explicit Lif(const LifParameters& p)
      : decay(static_cast<R>(p.decay)),
        gain(static_cast<R>(p.gain)),
        threshold(static_cast<R>(p.threshold)),
        refractory(static_cast<R>(p.refractory)),
        adaptation_decay(static_cast<R>(p.adaptation_decay)),
        adaptation(static_cast<R>(p.adaptation)),
        height(static_cast<R>(p.height)),
        width(static_cast<R>(p.width)) {}
};

template <class R>
struct LifNeuron {
  R& current;     // sum of arrivals in this tick [1]
  R& activity;    // z, 0 or 1
  R& gain;        // psi of the present or revisited tick [1]
  R& signal;      // learning signal; under a sweep the value of ADJOINT [1]
  R& voltage;     // v [1]
  R& adaptation;  // a [1]
  R& refractory;  // r, ticks
  R& count;       // spikes of the trial
  R& delta;       // dL/dv of the last revisited tick, under a sweep [1]
  R& omega;       // dL/da of the same tick [1]
};

template <class R>
void on(LifNeuron<R> n, TrialBegin m) {
  n.current = n.gain = n.signal = n.count = n.delta = n.omega = R(0);
  if (!m.carried) n.activity = n.voltage = n.adaptation = n.refractory = R(0);
}

struct PiecewiseLinear {
  template <class R>
  static R at(R d, const Lif<R>& c) {
    return c.height * std::max(R(0), R(1) - std::abs(d) / c.width);
  }
};
struct Exponential {
  template <class R>
  static R at(R d, const Lif<R>& c) {
    return c.height * std::exp(-std::abs(d) / c.width);
  }
};
struct FastSigmoid {
  template <class R>
  static R at(R d, const Lif<R>& c) {
    const R slope = R(1) + std::abs(d) / c.width;
    return c.height / (slope * slope);
  }
};
struct Arctan {
  template <class R>
  static R at(R d, const Lif<R>& c) {
    const R x = d / c.width;
    return c.height / (R(1) + x * x);
  }
};

/// Calls visit(PiecewiseLinear{}), visit(Exponential{}), ... for the given surrogate.
template <class Visitor>
void dispatch(Surrogate surrogate, Visitor&& visit) {
  switch (surrogate) {
    case Surrogate::kPiecewiseLinear: visit(PiecewiseLinear{}); return;
    case Surrogate::kExponential: visit(Exponential{}); return;
    case Surrogate::kFastSigmoid: visit(FastSigmoid{}); return;
    case Surrogate::kArctan: visit(Arctan{}); return;
  }
}

/// The tick. It has no branches and is always inlined into its loop, so that the loop over a
/// population vectorises.
template <class Psi, class R>
[[gnu::always_inline]] inline void step(LifNeuron<R> n, const Lif<R>& c) {
  const R before = n.activity;
  const R waited = n.refractory - R(1);
  const R rest = waited > R(0) ? waited : R(0);
  const R voltage = c.gain * n.current + c.decay * n.voltage - c.threshold * before;
  const R adaptation = c.adaptation_decay * n.adaptation + before;
  const R d = voltage - (c.threshold + c.adaptation * adaptation);
  const R slope = Psi::at(d, c);
  const R above = d >= R(0) ? R(1) : R(0);
  const R spike = rest > R(0) ? R(0) : above;
  n.voltage = voltage;
  n.adaptation = adaptation;
  n.gain = rest > R(0) ? R(0) : slope;
  n.activity = spike;
  n.refractory = spike > R(0) ? c.refractory : rest;
  n.count += spike;
}

/// True if the neuron has a POST for its synapses under an online rule; otherwise their traces
/// decay by the clock alone.
template <class R>
bool has_news(LifNeuron<R> n) {
  return n.gain != R(0) || n.signal != R(0);
}

/// A sweep begins.
template <class R>
void on(LifNeuron<R> n, SweepBegin) {
  n.delta = n.omega = R(0);
}

/// A stage of a sweep, after its ADJOINT; `gain` is psi of the revisited tick:
///     lambda = adjoint - V_th del + om
///     om = rho om - beta psi lambda;  del = psi lambda + alpha del
template <class R>
void revisit(LifNeuron<R> n, const Lif<R>& c) {
  const R felt = n.gain * (n.signal - c.threshold * n.delta + n.omega);
  n.omega = c.adaptation_decay * n.omega - c.adaptation * felt;
  n.delta = felt + c.decay * n.delta;
}

/// The POST of that stage to its incoming synapses, whose change is zeta del times their input.
template <class R>
Post<R> post_back(LifNeuron<R> n, const Lif<R>& c) {
  return {R(0), c.gain, n.delta};
}

/// The message at the end of a trial with a firing-rate target: reg = strength (count / T - target)
/// / T.
template <class R>
RateError<R> rate_error(LifNeuron<R> n, RateTarget<R> c) {
  return {c.strength * (n.count / c.ticks - c.target) / c.ticks};
}

}  // namespace locus
