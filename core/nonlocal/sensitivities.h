// Real-time recurrent learning: every rate neuron k keeps its sensitivity P_k = dh_k / dtheta to
// every plastic synapse theta of the network.
//
//     P_k(t) = (1 - alpha) P_k(t-1) + alpha phi'_{t,k} ( sum_l W_kl P_l(t-1) + [theta is a synapse
//     (k, j)] pre_{t,j} )
//     Delta_theta += sum_k (A^T eps_t)_k P_{k,theta}(t)
//
// Exact and online, but non-local in space: neurons tell one another all their sensitivities
// (INFLUENCE) and tell synapses that are not theirs (GATHER).
// Source: Williams & Zipser 1989. Cost: state 2 n N lanes, time n w N a tick; for networks small
// enough to afford it.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/column.h"
#include "core/transport/columns/columns.h"
#include "core/transport/mailbox/mailbox.h"

namespace locus {

/// What a rate neuron keeps under RTRL.
template <class R>
struct SensitiveNeuron {
  R* next;            // sum_l W_kl P_l + own terms, as they arrive (N)
  R* sensitivities;   // P_k (N)
  std::int64_t size;  // N
};

template <class R>
void on(SensitiveNeuron<R> n, Influence<R> m) {
  for (std::int64_t theta = 0; theta < m.size; ++theta) n.next[theta] += m.weight * m.sensitivities[theta];
}

/// The neuron's tick, after its activity has stepped: gain is alpha phi'_t.
template <class R>
void step(SensitiveNeuron<R> n, Step<R> c, R gain) {
  for (std::int64_t theta = 0; theta < n.size; ++theta) {
    n.sensitivities[theta] = (R(1) - c.leak) * n.sensitivities[theta] + gain * n.next[theta];
    n.next[theta] = R(0);
  }
}

template <class R>
class Sensitivities {
 public:
  explicit Sensitivities(const Network<R>& network);

  void begin_trial();

  /// Before the neurons step: INFLUENCE along every synapse of W (not in tick 1), and what each
  /// neuron heard from its own synapses.
  void hear(Mailbox<R>& transport);
  void hear(Columns<R>& transport);

  /// After the neurons have stepped (the clock).
  void step_neurons(const Network<R>& network);

  /// On a tick with an error, once the neurons know their signals: POST to their own synapses,
  /// GATHER to all others.
  void teach(Mailbox<R>& transport);
  void teach(Columns<R>& transport);

 private:
  /// The plastic synapses of one projection onto rate neurons, at [begin, begin + size) of the N.
  struct Range {
    std::int32_t projection = 0;
    std::int64_t begin = 0;
    std::int64_t size = 0;
  };

  /// Where a theta sits.
  struct Place {
    std::int32_t projection = 0;
    std::int64_t synapse = 0;
  };

  Place place_of(std::int64_t theta) const;
  template <class Visit>
  void each_theta(const Network<R>& network, Visit visit) const;
  template <class Visit>
  void each_recurrent(const Network<R>& network, Visit visit) const;
  /// Sizes the mailbox's queues, once.
  void adopt(int shards);
  std::size_t cell(std::int32_t neuron, std::int32_t lane) const {
    return static_cast<std::size_t>(neuron) * static_cast<std::size_t>(lanes_) + static_cast<std::size_t>(lane);
  }
  SensitiveNeuron<R> neuron(std::int32_t index, std::int32_t lane);
  template <class T>
  void hear_own(T& transport);

  std::int32_t neurons_;
  std::int32_t lanes_;
  std::int64_t size_ = 0;  // N
  std::vector<Range> ranges_;
  std::vector<ProjectionId> recurrent_;  // the projections of W
  Column<R> sensitivities_;              // (lanes x n x N)
  Column<R> next_;                       // (lanes x n x N)
  Queues<Influence<R>> influences_{0};   // mailbox only, as the two below
  Queues<Sensitivity<R>> posts_{0};
  Queues<Gather<R>> gathers_{0};
};

}  // namespace locus
