// Spiking neuron: leaky integrate-and-fire (LIF), optionally with an adaptive threshold (ALIF).
//
// In tick t it computes, in this order (arrived is the sum from its synapses: input spikes of t,
// recurrent spikes of t - 1; z is the spike of the previous tick):
//     r   = max(r - 1, 0)
//     i   = delta i + arrived                   only with a synaptic current, else i = arrived
//     v   = zeta i + alpha k - s                k and s: below
//     a   = rho a + z
//     d   = v - (V_th + beta a)
//     psi = r > 0 ? 0 : surrogate(d)            replaces dz/dv in learning
//     z   = d >= 0 and r = 0;  if z: r = R, count = count + 1
// The kinds of reset differ in what the spike before leaves of v, k, and in what it takes after the
// leak, s:
//     SUBTRACT_NEXT_TICK   k = v                s = V_th z
//     SUBTRACT             k = v - V_th z       s = 0
//     ZERO                 k = z ? reset_to : v s = 0
// So a reset that the model says happens at once is done at the begin of the next tick, and the
// voltage between ticks is the one that was compared with the threshold. A membrane with a resting
// voltage adds (1 - alpha) rest to v. A neuron with `above` needs d > 0 for a spike.
// Without current and rest, under SUBTRACT_NEXT_TICK, these are numerically NEST 3.10's
// eprop_iaf_bsshslm_2020 and its adaptive sibling; such a population has a step of its own.
// Source: Bellec et al., Nat. Commun. 2020;11:3625.
//
// Under a sweep the neuron keeps the adjoints of its voltage, its adaptation and its current
// (revisit). They include the path through the reset, which damps the loop of surrogate and
// recurrent weights, unless the population cuts it.
// rate_neuron.h has the behaviour that all neurons of the layer share (sums of currents and
// signals).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

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

/// The reset of the voltage after a spike.
enum class Reset : std::uint8_t { kSubtractNextTick, kSubtract, kZero };

std::string_view name(Reset reset);  // "SUBTRACT_NEXT_TICK", the name in model files
/// True if a sweep needs the voltage before the reset.
constexpr bool recalls_voltage(Reset reset) { return reset == Reset::kZero; }

/// The constants of a spiking neuron, with times converted to decays of a tick. The neurons of a
/// population have the same surrogate, refractoriness and kinds, and may differ in the other
/// numbers.
struct LifParameters {
  double decay = 0;             // alpha = exp(-dt / tau_m)
  double gain = 1;              // zeta: 1, or 1 - alpha
  double threshold = 1;         // V_th [1]
  double refractory = 0;        // R, ticks
  double adaptation_decay = 0;  // rho = exp(-dt / tau_a)
  double adaptation = 0;        // beta [1]; 0: LIF
  Surrogate surrogate = Surrogate::kPiecewiseLinear;
  double height = 0.3;       // g [1]
  double width = 1;          // w [1]
  bool has_current = false;  // a synaptic current is between arrival and voltage
  double current_decay = 0;  // delta = exp(-dt / tau_i); 0 without a current
  Reset reset = Reset::kSubtractNextTick;
  double reset_to = 0;  // [1]; with kZero only
  double rest = 0;      // (1 - alpha) times the resting voltage [1]
  bool above = false;   // a spike needs d > 0
  bool cuts_reset_gradient = false;

  bool adapts() const { return adaptation != 0; }
  /// True for a neuron of the paper, whose population has a loop of its own.
  bool is_plain() const { return !has_current && reset == Reset::kSubtractNextTick && rest == 0 && !above; }
  friend bool operator==(const LifParameters&, const LifParameters&) = default;
};

/// The clock of a spiking neuron: a tick, with the constants of the neuron.
template <class R>
struct Lif {
  R decay, gain, threshold, refractory, adaptation_decay, adaptation, height, width;
  R current_decay, reset_to, rest;
  R at_threshold;  // the spike where d = 0: 1, or 0 where a spike needs more
  R kept_reset;    // the part of a sweep's path through the reset that is kept: 1 or 0

  Lif() = default;
  explicit Lif(const LifParameters& p)
      : decay(static_cast<R>(p.decay)),
        gain(static_cast<R>(p.gain)),
        threshold(static_cast<R>(p.threshold)),
        refractory(static_cast<R>(p.refractory)),
        adaptation_decay(static_cast<R>(p.adaptation_decay)),
        adaptation(static_cast<R>(p.adaptation)),
        height(static_cast<R>(p.height)),
        width(static_cast<R>(p.width)),
        current_decay(static_cast<R>(p.current_decay)),
        reset_to(static_cast<R>(p.reset_to)),
        rest(static_cast<R>(p.rest)),
        at_threshold(p.above ? R(0) : R(1)),
        kept_reset(p.cuts_reset_gradient ? R(0) : R(1)) {}
};

/// The constants in which the neurons of a population may differ.
template <class R>
inline constexpr std::array<R Lif<R>::*, 8> kOwnConstants = {
    &Lif<R>::decay,      &Lif<R>::gain,          &Lif<R>::threshold, &Lif<R>::adaptation_decay,
    &Lif<R>::adaptation, &Lif<R>::current_decay, &Lif<R>::reset_to,  &Lif<R>::rest};

/// The clocks of spiking neurons, numbered within their layer: one for all, or with constants that
/// differ, each in a column (n).
template <class R>
struct LifClocks {
  Lif<R> common;  // the clock of all neurons, or the constants that they share
  // of kOwnConstants; null: all neurons have `common`
  std::array<const R*, kOwnConstants<R>.size()> columns = {};

  bool differ() const { return columns[0] != nullptr; }
  /// The clock of a neuron, where they differ.
  [[gnu::always_inline]] Lif<R> own(std::size_t neuron) const {
    Lif<R> clock = common;
    const auto take = [&]<std::size_t... k>(std::index_sequence<k...>) __attribute__((always_inline)) {
      ((clock.*kOwnConstants<R>[k] = columns[k][neuron]), ...);
    };
    take(std::make_index_sequence<kOwnConstants<R>.size()>{});
    return clock;
  }
  Lif<R> of(std::size_t neuron) const { return differ() ? own(neuron) : common; }
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
  // of a neuron with a synaptic current; without one no handler uses them but to make them 0, and
  // they may be the voltage and its adjoint
  R& synaptic;  // i [1]
  R& upsilon;   // dL/d(arrived) of the last revisited tick, under a sweep [1]
};

template <class R>
void on(LifNeuron<R> n, TrialBegin m) {
  n.current = n.gain = n.signal = n.count = n.delta = n.omega = n.upsilon = R(0);
  if (!m.carried) n.activity = n.voltage = n.adaptation = n.refractory = n.synaptic = R(0);
}

/// Without psi, so that it has no POST either.
template <class R>
void on(LifNeuron<R> n, Wait) {
  n.activity = n.gain = n.count = n.voltage = n.adaptation = n.refractory = n.synaptic = R(0);
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

/// Kinds of neurons, each with a step that is compiled for it alone. Plain: neither a current nor a
/// resting voltage, the reset of SUBTRACT_NEXT_TICK, a spike at the threshold itself.
struct PlainLif {
  static constexpr bool kIsPlain = true;
  static constexpr bool kHasCurrent = false;
  static constexpr Reset kReset = Reset::kSubtractNextTick;
};
template <bool kCurrent, Reset kKind>
struct VariedLif {
  static constexpr bool kIsPlain = false;
  static constexpr bool kHasCurrent = kCurrent;
  static constexpr Reset kReset = kKind;
};

/// Calls visit(PlainLif{}), visit(VariedLif<false, Reset::kSubtract>{}), ... for neurons with these
/// constants. `is_plain`: of all neurons of the population.
template <class Visitor>
void dispatch_kind(const LifParameters& lif, bool is_plain, Visitor&& visit) {
  if (is_plain) return visit(PlainLif{});
  const auto with = [&]<bool kCurrent>() {
    switch (lif.reset) {
      case Reset::kSubtractNextTick: return visit(VariedLif<kCurrent, Reset::kSubtractNextTick>{});
      case Reset::kSubtract: return visit(VariedLif<kCurrent, Reset::kSubtract>{});
      case Reset::kZero: return visit(VariedLif<kCurrent, Reset::kZero>{});
    }
  };
  if (lif.has_current) return with.template operator()<true>();
  with.template operator()<false>();
}

/// The voltage that the spike of the tick before leaves to the leak.
template <class K, class R>
[[gnu::always_inline]] inline R kept_voltage(R voltage, R spike, const Lif<R>& c) {
  if constexpr (K::kReset == Reset::kSubtract) return voltage - c.threshold * spike;
  if constexpr (K::kReset == Reset::kZero) return spike > R(0) ? c.reset_to : voltage;
  return voltage;
}

/// The tick. It has no branches and is always inlined into its loop, so that the loop over a
/// population vectorises.
template <class Psi, class K = PlainLif, class R>
[[gnu::always_inline]] inline void step(LifNeuron<R> n, const Lif<R>& c) {
  const R before = n.activity;
  const R waited = n.refractory - R(1);
  const R rest = waited > R(0) ? waited : R(0);
  if constexpr (K::kHasCurrent) n.synaptic = c.current_decay * n.synaptic + n.current;
  const R input = K::kHasCurrent ? n.synaptic : n.current;
  R voltage = c.gain * input + c.decay * kept_voltage<K>(n.voltage, before, c);
  if constexpr (!K::kIsPlain) voltage += c.rest;
  if constexpr (K::kReset == Reset::kSubtractNextTick) voltage -= c.threshold * before;
  const R adaptation = c.adaptation_decay * n.adaptation + before;
  const R d = voltage - (c.threshold + c.adaptation * adaptation);
  const R slope = Psi::at(d, c);
  R above = d >= R(0) ? R(1) : R(0);
  if constexpr (!K::kIsPlain) above = d > R(0) ? R(1) : above * c.at_threshold;
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
  n.delta = n.omega = n.upsilon = R(0);
}

/// The state of a revisited tick that a neuron recalls, beside its psi.
template <class R>
struct Recalled {
  R voltage;  // v before its reset [1]; read where the reset recalls it
  R spike;    // z; the same
};

/// A stage of a sweep, after its ADJOINT; `gain` is psi of the revisited tick. del is dL/dv before
/// the reset of the tick, del' that of the tick after, c 1 or 0 (a cut path):
///     lambda = adjoint + om - c p del'
///     om = rho om - beta psi lambda;  del = psi lambda + q del'
///     SUBTRACT_NEXT_TICK   p = V_th               q = alpha
///     SUBTRACT             p = alpha V_th         q = alpha
///     ZERO                 p = alpha (v - reset_to)   q = alpha (1 - z)
/// and with a current, upsilon = zeta del + delta upsilon.
template <class K = PlainLif, class R>
void revisit(LifNeuron<R> n, const Lif<R>& c, Recalled<R> past = {}) {
  R path = c.threshold;
  R kept = c.decay;
  if constexpr (K::kReset == Reset::kSubtract) path *= c.decay;
  if constexpr (K::kReset == Reset::kZero) {
    path = c.decay * (past.voltage - c.reset_to);
    kept *= R(1) - past.spike;
  }
  const R felt = n.gain * (n.signal - c.kept_reset * path * n.delta + n.omega);
  n.omega = c.adaptation_decay * n.omega - c.adaptation * felt;
  n.delta = felt + kept * n.delta;
  if constexpr (K::kHasCurrent) n.upsilon = c.gain * n.delta + c.current_decay * n.upsilon;
}

/// The POST of that stage to its incoming synapses, whose change is zeta del, or upsilon, times
/// their input.
template <class K = PlainLif, class R>
Post<R> post_back(LifNeuron<R> n, const Lif<R>& c) {
  if constexpr (K::kHasCurrent) return {R(0), R(1), n.upsilon};
  return {R(0), c.gain, n.delta};
}

/// The message at the end of a trial with a firing-rate target: reg = strength (count / T - target)
/// / T.
template <class R>
RateError<R> rate_error(LifNeuron<R> n, RateTarget<R> c) {
  return {c.strength * (n.count / c.ticks - c.target) / c.ticks};
}

}  // namespace locus
