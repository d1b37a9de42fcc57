// Real-time recurrent learning: every rate neuron k keeps its sensitivity P_k = dh_k / dtheta to
// every plastic synapse theta of the network, or, under a restricted rule, to those onto some
// neurons (core/protocol/sensitivity_pattern.h).
//
//     P_k(t) = (1 - alpha) P_k(t-1) + alpha phi'_{t,k} (sum_l W_kl P_l(t-1) + own_{t,k})
//     own_{t,k,theta} = pre_{t,j} if theta is a synapse (k, j) of neuron k, otherwise 0
//     Delta_theta += sum_k (A^T eps_t)_k P_{k,theta}(t)
//
// The rule is exact and online but non-local in space: neurons send all their sensitivities to each
// other (INFLUENCE) and send messages to synapses of other neurons (GATHER).
// The sensitivities of a neuron stand post by post, those of one post projection by projection.
// Source: Williams & Zipser 1989.
// Cost: what is kept and sent: state 2 n N lanes, time w N a tick without a restriction, which is
// only for small networks.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/column.h"
#include "core/protocol/sensitivity_pattern.h"
#include "core/transport/columns/columns.h"
#include "core/transport/mailbox/mailbox.h"

namespace locus {

/// The state of a rate neuron under RTRL.
template <class R>
struct SensitiveNeuron {
  R* next;            // sum_l W_kl P_l + own terms, as they arrive (size)
  R* sensitivities;   // P_k (size)
  std::int64_t size;  // N, or the number of those that it keeps
};

template <class R>
void on(SensitiveNeuron<R> n, Influence<R> m) {
  for (const SharedRun run : m.runs) {
    const R* from = m.sensitivities + run.from;
    R* to = n.next + run.to;
    for (std::int32_t theta = 0; theta < run.size; ++theta) to[theta] += m.weight * from[theta];
  }
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
  /// `learning` is of a rule that carries sensitivities.
  Sensitivities(const Network<R>& network, const Learning& learning);

  void begin_trial();

  /// Before the step of the neurons: INFLUENCE along the synapses of W that carry it (not in tick
  /// 1), and the activities from the neurons' own synapses.
  void hear(Mailbox<R>& transport);
  void hear(Columns<R>& transport);

  /// After the step of the neurons (the clock).
  void step_neurons(const Network<R>& network);

  /// In a tick with an error, after the learning signals have arrived: POST to the neurons' own
  /// synapses, GATHER to the others whose sensitivities they keep.
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
    std::int64_t theta = 0;  // its number: projection by projection
  };

  /// A synapse of W that carries sensitivities.
  struct Carrier {
    std::int32_t source = 0;
    std::int32_t target = 0;
    std::int64_t synapse = 0;
    std::size_t run_begin = 0;  // its runs are [run_begin, run_begin + runs) of runs_
    std::int32_t runs = 0;      // 0: both ends keep the same, whole_[source]
    std::int32_t projection = 0;
  };

  Place place_of(std::int64_t theta) const;
  /// The places of the plastic synapses onto a neuron.
  std::span<const Place> onto(std::int32_t post) const {
    const std::int64_t* begin = &fan_begin_[static_cast<std::size_t>(post)];
    return std::span(places_).subspan(static_cast<std::size_t>(begin[0]), static_cast<std::size_t>(begin[1] - begin[0]));
  }
  template <class Visit>
  void each_carrier(const Network<R>& network, Visit visit) const;
  template <class Visit>
  void each_kept(std::int32_t neuron, std::int32_t lane, Visit visit);
  Endpoints first_gather() const;
  void list_carriers(const Topology& topology);
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
  SensitivityPattern pattern_;
  std::vector<Range> ranges_;
  std::vector<Place> places_;              // post by post (N)
  std::vector<std::int64_t> fan_begin_;    // the first place of each post (n + 1)
  std::vector<std::int64_t> block_begin_;  // the first sensitivity of each neuron in a lane (n + 1)
  std::vector<std::int64_t> own_begin_;    // its own synapses' first among them (n)
  std::int64_t gathers_all_ = 0;           // GATHER of a tick with an error, in one lane
  // INFLUENCE of a tick, in one lane
  Tally influence_all_;
  std::vector<Carrier> carriers_;  // only under a restricted rule
  // the sensitivities that both ends of a synapse share, if they keep the same (n), or in part
  std::vector<SharedRun> whole_;
  std::vector<SharedRun> runs_;
  Column<R> sensitivities_;             // (lanes x what all neurons keep)
  Column<R> next_;                      // the same
  Queues<Influence<R>> influences_{0};  // only for the mailbox; so are the next two
  Queues<Sensitivity<R>> posts_{0};
  Queues<Gather<R>> gathers_{0};
};

}  // namespace locus
