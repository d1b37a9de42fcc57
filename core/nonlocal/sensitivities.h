// Real-time recurrent learning: every rate neuron k keeps its sensitivity P_k = dh_k / dtheta to
// every plastic synapse theta of the network.
//
//     P_k(t) = (1 - alpha) P_k(t-1) + alpha phi'_{t,k} (sum_l W_kl P_l(t-1) + own_{t,k})
//     own_{t,k,theta} = pre_{t,j} if theta is a synapse (k, j) of neuron k, otherwise 0
//     Delta_theta += sum_k (A^T eps_t)_k P_{k,theta}(t)
//
// The rule is exact and online but non-local in space: neurons send all their sensitivities to each
// other (INFLUENCE) and send messages to synapses of other neurons (GATHER).
// Source: Williams & Zipser 1989.
// Cost: state 2 n N lanes, time n w N a tick; only for small networks.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/column.h"
#include "core/transport/columns/columns.h"
#include "core/transport/mailbox/mailbox.h"

namespace locus {

/// The state of a rate neuron under RTRL.
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

/// The neuron's tick, after the step of its activity; gain is alpha phi'_t.
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

  /// Before the step of the neurons: INFLUENCE along every synapse of W (not in tick 1), and the
  /// activities from the neurons' own synapses.
  void hear(Mailbox<R>& transport);
  void hear(Columns<R>& transport);

  /// After the step of the neurons (the clock).
  void step_neurons(const Network<R>& network);

  /// In a tick with an error, after the learning signals have arrived: POST to the neurons' own
  /// synapses, GATHER to all others.
  void teach(Mailbox<R>& transport);
  void teach(Columns<R>& transport);

 private:
  /// The plastic synapses of one projection onto rate neurons, which are [begin, begin + size) of
  /// all N.
  struct Range {
    std::int32_t projection = 0;
    std::int64_t begin = 0;
    std::int64_t size = 0;
  };

  /// The projection and synapse of a theta.
  struct Place {
    std::int32_t projection = 0;
    std::int64_t synapse = 0;
  };

  Place place_of(std::int64_t theta) const;
  template <class Visit>
  void each_theta(const Network<R>& network, Visit visit) const;
  template <class Visit>
  void each_recurrent(const Network<R>& network, Visit visit) const;
  /// Sets the sizes of the mailbox's queues, once.
  void adopt(int shards);
  std::size_t cell(std::int32_t neuron, std::int32_t lane) const {
    return static_cast<std::size_t>(neuron) * static_cast<std::size_t>(lanes_) + static_cast<std::size_t>(lane);
  }
  SensitiveNeuron<R> neuron(std::int32_t index, std::int32_t lane);
  template <class T>
  void hear_own(T& transport);

  std::int32_t neurons_;
  std::int32_t lanes_;
  std::int64_t size_ = 0;    // N
  std::int64_t biases_ = 0;  // those of them that are biases, which their own neuron tells nothing
  std::vector<Range> ranges_;
  std::vector<ProjectionId> recurrent_;  // the projections of W
  Column<R> sensitivities_;              // (lanes x n x N)
  Column<R> next_;                       // (lanes x n x N)
  Queues<Influence<R>> influences_{0};   // only for the mailbox; so are the next two
  Queues<Sensitivity<R>> posts_{0};
  Queues<Gather<R>> gathers_{0};
};

}  // namespace locus
