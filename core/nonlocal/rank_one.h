// Unbiased online recurrent optimization (UORO): the n x N sensitivities of RTRL as the product of
// two random factors, whose mean they are. Every rate neuron k keeps one number of the first, a~_k,
// and of the second, theta~, one for each of its own plastic synapses.
//
//     J a = (1 - alpha) a~ + alpha phi'_t * (W a~)
//     a~ = rho_0 J a + rho_1 nu;  theta~ = theta~ / rho_0 + (nu * alpha phi'_t) pre_t^T / rho_1
//     Delta += (A^T eps_t . a~) theta~
//
// The signs nu_k = +-1 are functions of (seed, trial, tick, neuron). As E[nu nu^T] = 1, and as
// neither rho depends on the signs of its tick, E[a~ theta~] is what RTRL keeps, and E[Delta] its
// change. Norms choose the rho that give the least variance:
//
//     rho_0 = sqrt(|theta~| / |J a|), 1 if either is 0;  rho_1 = sqrt(|(nu * alpha phi') pre^T| /
//     |nu|)
//
// A tick in which nothing is drawn (|(nu * alpha phi') pre^T| = 0) adds nothing to either factor.
// The factor a~ travels as activities do: AXON over W, and a DENDRITE each. Norms and A^T eps . a~
// are sums over all neurons: each sends its parts to an agent, and hears the same three numbers as
// all others (REDUCE). What a neuron keeps of its synapses it tells them by POST, at errors alone.
// Source: Tallec & Ollivier, ICLR 2018 (arXiv:1702.05043), eqs. 8 to 10 and section 3.3.
// Cost: state (n + N) lanes; time (w + N) a tick.
// Invariants: sums are in the order of the neurons, whatever the transport, shards or threads.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/column.h"
#include "core/base/random.h"
#include "core/protocol/learning.h"
#include "core/transport/columns/columns.h"
#include "core/transport/mailbox/mailbox.h"

namespace locus {

/// The state of a rate neuron under UORO.
template <class R>
struct FactorNeuron {
  R& factor;               // a~_k
  R& inflow;               // (W a~)_k, as it arrives
  R& carried;              // (J a)_k of this tick
  R& drawn;                // nu_k alpha phi'_k of this tick
  R& sign;                 // nu_k of this tick
  std::span<R> traces;     // theta~ of its own plastic synapses (fan in)
  std::span<const R> pre;  // what they brought in this tick (fan in)
};

template <class R>
void on(FactorNeuron<R> n, FactorCurrent<R> m) {
  n.inflow += m.value;
}

/// The neuron's tick, after the step of its activity; gain is alpha phi'_t.
template <class R>
void step(FactorNeuron<R> n, Step<R> c, R gain, R sign) {
  n.carried = (R(1) - c.leak) * n.factor + gain * n.inflow;
  n.inflow = R(0);
  n.sign = sign;
  n.drawn = sign * gain;
}

/// Its parts of the sums over all neurons; signal is (A^T eps_t)_k, 0 in a tick without an error.
template <class R>
FactorSums<R> parts_of(FactorNeuron<R> n, R signal) {
  FactorSums<R> parts;
  R square = R(0);
  for (const R pre : n.pre) square += pre * pre;
  for (const R trace : n.traces) parts.traces += trace * trace;
  parts.carried = n.carried * n.carried;
  parts.drawn = n.drawn * n.drawn * square;
  parts.carried_loss = signal * n.carried;
  parts.drawn_loss = signal * n.sign;
  return parts;
}

template <class R>
void on(FactorNeuron<R> n, FactorScales<R> m) {
  n.factor = m.carried * n.carried + m.drawn * n.sign;
  const R kept = R(1) / m.carried;
  const R added = m.drawn == R(0) ? R(0) : n.drawn / m.drawn;
  for (std::size_t k = 0; k < n.traces.size(); ++k) n.traces[k] = kept * n.traces[k] + added * n.pre[k];
}

/// The agent: it adds up what neurons send, in their order.
template <class R>
void on(FactorSums<R>& sums, const FactorSums<R>& m) {
  sums.traces += m.traces;
  sums.carried += m.carried;
  sums.drawn += m.drawn;
  sums.carried_loss += m.carried_loss;
  sums.drawn_loss += m.drawn_loss;
}

/// What it tells all of the n neurons.
template <class R>
FactorScales<R> scales_of(const FactorSums<R>& sums, std::int32_t neurons) {
  const bool both = sums.traces > R(0) && sums.carried > R(0);
  const R carried = both ? std::sqrt(std::sqrt(sums.traces / sums.carried)) : R(1);
  const R drawn = std::sqrt(std::sqrt(sums.drawn / static_cast<R>(neurons)));
  return {carried, drawn, carried * sums.carried_loss + drawn * sums.drawn_loss};
}

template <class R>
class RankOne {
 public:
  RankOne(const Network<R>& network, const Learning& learning);

  void begin_trial();

  /// Before the step of the neurons: AXON and DENDRITE of the factor (not in tick 1), and the
  /// activities from the neurons' own synapses.
  void hear(Mailbox<R>& transport);
  void hear(Columns<R>& transport);

  /// After the step of the neurons (the clock).
  void step_neurons(const Network<R>& network, Tick now);

  /// In every tick, after the learning signals have arrived: REDUCE up and down, and with an error
  /// POST to the neurons' own synapses.
  void learn(Mailbox<R>& transport, bool has_error);
  void learn(Columns<R>& transport, bool has_error);

 private:
  /// A plastic synapse onto a rate neuron.
  struct Place {
    std::int32_t projection = 0;
    std::int64_t synapse = 0;
    bool is_bias = false;
  };

  std::size_t cell(std::int32_t neuron, std::int32_t lane) const {
    return static_cast<std::size_t>(neuron) * static_cast<std::size_t>(lanes_) + static_cast<std::size_t>(lane);
  }
  FactorNeuron<R> neuron(std::int32_t index, std::int32_t lane);
  R signal_of(const Network<R>& network, std::int32_t index, std::int32_t lane, bool has_error) const {
    return has_error ? network.rate.signal[cell(index, lane)] : R(0);
  }
  /// Calls visit(place, its number) for the plastic synapses onto a neuron.
  template <class Visit>
  void each_own(std::int32_t neuron, Visit visit) const;
  template <class T>
  void hear_own(T& transport);
  /// Sets the sizes of the mailbox's queues, once.
  void adopt(int shards);
  /// REDUCE, up and down.
  void reduce(Mailbox<R>& transport, bool has_error);

  std::int32_t neurons_;
  std::int32_t lanes_;
  RandomKey signs_;
  std::int64_t told_ = 0;               // plastic synapses that are no biases, which a POST reaches
  std::vector<Place> places_;           // post by post (N)
  std::vector<std::int64_t> begin_;     // the first place of each post (n + 1)
  std::vector<std::int32_t> carriers_;  // projections of W
  Column<R> factor_;                    // (n x lanes), as are the next four
  Column<R> inflow_;
  Column<R> carried_;
  Column<R> drawn_;
  Column<R> sign_;
  Column<R> traces_;                     // (lanes x N)
  Column<R> pre_;                        // the same
  std::vector<FactorSums<R>> sums_;      // (lanes)
  std::vector<FactorScales<R>> scales_;  // (lanes)
  Queues<MixedFactor<R>> factors_{0};    // only for the mailbox; so are the next four
  Queues<FactorCurrent<R>> currents_{0};
  Queues<FactorSums<R>> parts_{0};
  Queues<FactorScales<R>> told_scales_{0};
  Queues<Sensitivity<R>> posts_{0};
};

}  // namespace locus
