// The commit of a synapse: it bounds its change, adds the decay of its weight, moves its weight by
// plain descent (synapse.h), with momentum, or by Adam, and bounds its weight. If the norm of all
// changes is bounded, a message brings the factor (CLIP); everything else is the synapse's own
// state.
//
//     c = scale delta + decay w
//     descent:   w = w - eta c
//     momentum:  m = mu m + c;  w = w - eta m
//     Adam:      m = b1 m + (1 - b1) c;  v = b2 v + (1 - b2) c^2
//                w = w - rate_k m / (sqrt(v) + epsilon)
//                rate_k = eta sqrt(1 - b2^k) / (1 - b1^k), k = number of the commit, from 1 (clock)
// epsilon stands outside the correction of the bias, as in NEST 3.10 and unlike the paper. The
// decay is L2 (the gradient of decay w^2 / 2) and goes through momentum and Adam. At every commit
// moments decay and the weight moves, also for a synapse without activity.
// Last of all a weight that is kept in few bits is rounded to its grid (core/wire/narrow.h).
// Source: Kingma & Ba, ICLR 2015; NEST 3.10 eprop optimizers; PyTorch's torch.optim.SGD (without
// dampening and Nesterov's look ahead) and weight_decay of SGD and Adam.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

#include "core/actor/synapse.h"
#include "core/wire/narrow.h"
#include "core/wire/payload.h"
#include "core/wire/topology.h"

namespace locus {

/// The way from changes to weights.
struct Optimizer {
  struct Adam {
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-7;
    friend bool operator==(const Adam&, const Adam&) = default;
  };
  std::optional<Adam> adam;            // empty: gradient descent
  std::optional<double> weight_min;    // [1]
  std::optional<double> weight_max;    // [1]
  std::optional<double> element = {};  // bound of |scale delta| for each synapse [1]
  // bound of the root of the sum of (scale delta)^2 over all plastic synapses [1]
  std::optional<double> norm = {};
  // mu of gradient descent [1], in [0, 1); empty: synapses keep no m. Not beside Adam
  std::optional<double> momentum = {};
  double weight_decay = 0;  // L2 [1]
  // share of itself that a weight loses at a commit before it moves [1]; beside learned feedback
  double shrink = 0;
  std::optional<Grid> grid = {};  // of weights, to which each commit rounds them
  RandomKey rounding = {};        // of one projection, where weights are rounded

  /// True if a commit is just weight -= rate * delta.
  bool plain() const {
    return !adam && !momentum && weight_decay == 0 && shrink == 0 && !weight_min && !weight_max && !element && !norm &&
           !grid;
  }
  /// True if a synapse keeps m; if it keeps v.
  bool keeps_first() const { return adam || momentum; }
  bool keeps_second() const { return adam.has_value(); }
  /// True if a commit may move a weight whose change is 0.
  bool moves_all() const { return adam || momentum || weight_decay != 0 || shrink != 0 || weight_min || weight_max; }
  friend bool operator==(const Optimizer&, const Optimizer&) = default;
};

/// The optimizer of one projection: its own limits stand before those of all.
inline Optimizer optimizer_of(Optimizer all, const WeightLimits& own) {
  if (own.min) all.weight_min = own.min;
  if (own.max) all.weight_max = own.max;
  if (own.sign > 0) all.weight_min = std::max(all.weight_min.value_or(0.0), 0.0);
  if (own.sign < 0) all.weight_max = std::min(all.weight_max.value_or(0.0), 0.0);
  all.weight_decay = own.decay.value_or(all.weight_decay);
  return all;
}

template <class R>
struct AdaptiveSynapse {
  R& weight;  // W_ij [1]
  R& delta;   // Delta_ij [1]
  R& first;   // m, a running mean of c [1]
  R& second;  // v, a running mean of c^2 [1]
};

/// The clock at commit number k.
template <class R>
struct AdamCommit {
  R rate;   // eta sqrt(1 - b2^k) / (1 - b1^k) [1]
  R scale;  // of delta: 1 / batch
  R beta1, beta2, epsilon;

  AdamCommit(const Optimizer::Adam& adam, double eta, R scale_of_delta, std::int64_t k)
      : rate(static_cast<R>(eta * std::sqrt(1 - std::pow(adam.beta2, static_cast<double>(k))) /
                            (1 - std::pow(adam.beta1, static_cast<double>(k))))),
        scale(scale_of_delta),
        beta1(static_cast<R>(adam.beta1)),
        beta2(static_cast<R>(adam.beta2)),
        epsilon(static_cast<R>(adam.epsilon)) {}
};

template <class R>
void on(AdaptiveSynapse<R> s, const AdamCommit<R>& c) {
  const R change = c.scale * s.delta;
  s.first = c.beta1 * s.first + (R(1) - c.beta1) * change;
  s.second = c.beta2 * s.second + (R(1) - c.beta2) * change * change;
  s.weight -= c.rate * s.first / (std::sqrt(s.second) + c.epsilon);
  s.delta = R(0);
}

/// A synapse that descends with momentum.
template <class R>
struct MomentumSynapse {
  R& weight;  // W_ij [1]
  R& delta;   // Delta_ij [1]
  R& first;   // m [1]
};

template <class R>
struct MomentumCommit {
  R rate;      // eta [1]
  R scale;     // of delta: 1 / batch
  R momentum;  // mu [1]
};

template <class R>
void on(MomentumSynapse<R> s, const MomentumCommit<R>& c) {
  s.first = c.momentum * s.first + c.scale * s.delta;
  s.weight -= c.rate * s.first;
  s.delta = R(0);
}

/// Takes a share of its weight from a synapse; the mirrored synapse of learned feedback loses the
/// same share (Kolen & Pollack, ICNN 1994).
template <class R>
void shrink(R& weight, R share) {
  weight *= R(1) - share;
}

/// Adds the decay of the weight to the change, of which `scale` times as much is committed.
template <class R>
void add_decay(TaughtSynapse<R> s, R decay, R scale) {
  s.delta += decay * s.weight / scale;
}

/// Bounds the change of a synapse; `scale` is that of the commit. NaN stays NaN.
template <class R>
void keep_change_within(R& delta, R scale, const Optimizer& optimizer) {
  if (!optimizer.element) return;
  const R bound = static_cast<R>(*optimizer.element) / scale;
  if (delta > bound) delta = bound;
  if (delta < -bound) delta = -bound;
}

/// CLIP: the synapse's message to the agent, and the handler of the answer.
template <class R>
Square<R> square(TaughtSynapse<R> s, R scale) {
  const R change = scale * s.delta;
  return {change * change};
}

template <class R>
void on(TaughtSynapse<R> s, Factor<R> m) {
  s.delta *= m.value;
}

/// Bounds the weight. NaN stays NaN, so that the run detects its divergence.
template <class R>
void keep_within(R& weight, const Optimizer& optimizer) {
  if (optimizer.weight_min && weight < static_cast<R>(*optimizer.weight_min))
    weight = static_cast<R>(*optimizer.weight_min);
  if (optimizer.weight_max && weight > static_cast<R>(*optimizer.weight_max))
    weight = static_cast<R>(*optimizer.weight_max);
}

/// Rounds the weight of a synapse of its projection at a commit, counted from 1. Bounds of weights
/// are levels of the grid, so that no rounding leaves them.
template <class R>
void round_weight(R& weight, std::int64_t synapse, const Optimizer& optimizer, std::int64_t commit) {
  const Grid& grid = *optimizer.grid;
  weight = on_grid(weight, grid, rounding_draw(grid, optimizer.rounding, static_cast<std::uint64_t>(commit), 0, synapse));
}

}  // namespace locus
