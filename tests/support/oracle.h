// The oracle: the correct behaviour of a model, computed in plain loops over doubles, message by
// message.
//
// The simulator is right if it agrees with a program that shares none of its code. The oracle uses
// the types that describe a model (Spec), the names of channels and, for noise, single random
// numbers, and nothing else of core or sim. It keeps every state of every tick, handles one synapse
// after the other, and calls `send` once for each message. It is slow on purpose: it has no
// columns, products, bulk counts or caches.
// Limits: explicit weights (dense, sparse, constant), recorded trials, all rules, both losses, both
// commit modes, batches, float64.
// Source: docs/rules.md and docs/locality.md; Williams & Zipser 1989 (RTRL), Williams & Peng 1990
// (truncation), Murray 2019 (RFLO), Bellec et al. 2020 (e-prop).
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/actor/activation.h"
#include "core/base/random.h"
#include "core/wire/channel.h"
#include "sim/model/spec.h"

namespace locus::oracle {

/// An actor by its kind and place. The synapses of a projection are numbered source by source, with
/// ascending targets for each source.
struct Actor {
  Party party = Party::kAgent;
  std::int32_t projection = 0;  // only for synapses: index in the file
  std::int64_t index = 0;       // neuron within its layer, or synapse within its projection
  friend auto operator<=>(const Actor&, const Actor&) = default;
};

inline Actor actor(Party party, std::size_t index) { return {party, 0, static_cast<std::int64_t>(index)}; }
inline const Actor kAgent{Party::kAgent, 0, 0};
using Row = std::vector<double>;

struct Message {
  std::int64_t update = 0;  // from 0
  std::int32_t tick = 0;    // the present tick, not the revisited one
  std::int32_t phase =
      // phase of the trial; all replicas of a batch go through a phase together, and within it the
      // messages of a channel go together
      0;
  Channel channel = Channel::kAxon;
  std::int32_t lag = 0;  // ticks
  Actor from;
  Actor to;
};

struct Count {
  std::int64_t messages = 0;
  std::int64_t scalars = 0;
  friend bool operator==(const Count&, const Count&) = default;
};
using Counts = std::map<std::pair<Channel, std::int32_t>, Count>;  // by (channel, lag)

struct Synapse {
  std::int32_t projection = 0;  // index in the file
  std::size_t entry = 0;        // place among the weights in the order of the file
  std::int64_t number = 0;      // source by source within the projection
  std::size_t target = 0;       // row of the block matrix
  std::size_t source = 0;       // column of the block matrix
  double weight = 0;            // [1]
  double rate = 0;              // eta
  bool plastic = true;
  // the target's own bias, whose source is 1: no message of its neuron reaches it
  bool is_bias = false;
  bool carries = true;  // sensitivities, if it is of W, under RTRL
  int delay = 0;        // ticks from the source's activity to its arrival
  double delta = 0;     // change since the last commit, summed over trials [1]
  double first = 0;     // m of Adam or momentum
  double shrink = 0;    // share of itself that it loses at a commit, beside learned feedback
  double second = 0;    // v of Adam
  WeightLimits limits;  // of its projection
};

inline Actor actor(const Synapse& synapse) { return {Party::kSynapse, synapse.projection, synapse.number}; }

/// The noise of a unit: a number for each trial and tick.
struct Noise {
  double stddev = 0;
  bool on_activity = false;
  RandomKey key = {};
  std::uint64_t index = 0;  // of the unit within its population

  double at(std::int64_t trial, std::size_t tick) const;
};

/// Eta, and the optimizer: the projection's (rate), the rule's or the training's.
double rate_of(const Spec& spec, const RuleSpec& rule, const ProjectionSpec& projection);
Optimizer optimizer_of(const Spec& spec, const RuleSpec& rule);

/// Moves one weight by the change c at a commit, numbered from 1: decay, then descent, momentum or
/// Adam, then the bounds.
void move(Synapse& synapse, double c, const Optimizer& how, double commit);

/// The whole network: the populations of one kind are concatenated in the order of the file.
struct Net {
  std::size_t inputs = 0;                       // m, and the 1 of biases if there are some
  std::size_t actors = 0;                       // m
  std::size_t units = 0;                        // n
  std::size_t readouts = 0;                     // o
  std::vector<Synapse> b, w, a, d;              // d: from inputs to readouts
  std::vector<std::optional<double>> constant;  // x_t of an input that no task shows (inputs)
  std::vector<Noise> noise;                     // of each unit (n)
  // feedback: target = unit, source = readout; only under rules with feedback
  std::vector<Synapse> r;
  std::vector<double> leak;            // alpha (n)
  std::vector<Activation> activation;  // phi (n)
  std::vector<double> initial;         // h_0 (n)
  bool carries = false;                // true: RTRL or a restriction of it
  bool tells_behind = false;           // true: a DENDRITE brings the activity besides
  // keeps[k][i]: unit k keeps its sensitivities to the synapses onto unit i, under RTRL (n x n)
  std::vector<std::vector<bool>> keeps;
  int commits = 0;
};

/// phi(u) and phi'(u).
double phi(Activation activation, double u);
double phi_slope(Activation activation, double u);

/// Sets which sensitivities units keep, and which synapses of W carry them.
void restrict_sensitivities(Net& net, const Spec& spec, const RuleSpec& rule);

/// Throws std::invalid_argument if the spec has random or aligned weights.
Net flatten(const Spec& spec, const RuleSpec& rule);

/// Writes x of tick t at row t (ticks + 1 x inputs): the trial's columns and the constant inputs.
void read_input(const Net& net, const RecordedTrial& trial, std::vector<std::vector<double>>& x);

/// The number of activities on axons because of delays above the least one: for each neuron the
/// largest excess delay of its projections, in ticks.
std::int64_t under_way(const Spec& spec, bool of_inputs, bool only_spikes = false);

/// The number of entries of projection p in the file, including entries that are no synapses.
std::size_t entries_of(const Spec& spec, std::size_t p);

// [projection][entry in the order of the file; dense: row-major]
using ByProjection = std::vector<std::vector<double>>;

struct Answer {
  std::vector<double> losses;      // one for each update
  std::vector<double> accuracies;  // of trials with a class; NaN for an update without one
  std::int64_t classified = 0;     // trials with a class so far, and those that were right
  std::int64_t right = 0;
  ByProjection weights;  // after the last commit
  ByProjection delta;    // of the last commit, mean over the batch
  Counts counts;
  std::int64_t stalled_ticks = 0;
  std::int64_t history_bytes = 0;
  std::int64_t trace_bytes = 0;
  std::int64_t trials = 0;
  double nearest_kink =
      // smallest |u_t| of a relu neuron, where the loss has no derivative
      std::numeric_limits<double>::infinity();
  std::vector<Message> log;  // replica by replica; only on request
};

/// Runs one replica through one trial: adds to the counts and to the synapses' delta (under
/// EVERY_TICK it also commits). `state` is the state of its units before and after the trial.
/// Returns the trial's loss. The trial has number answer.trials, for noise.
double run_trial(Net& net, std::vector<double>& state, const Spec& spec, const RuleSpec& rule,
                 const RecordedTrial& trial, Answer& answer, bool keep_log);

/// Moves every plastic synapse by c, which is delta / batch within the bounds of the clip; the
/// messages of clipping are counted for each replica.
void commit(Net& net, const Spec& spec, const RuleSpec& rule, Answer& answer, double batch);

/// Clips `change` of every synapse of the net in place, to c, and counts CLIP for each replica.
void clip(Net& net, const Optimizer& how, int replicas, Answer& answer, const std::function<double&(Synapse&)>& change);

/// Trains the network of the spec under the rule. Trials are numbered from `first_trial` (noise).
Answer solve(const Spec& spec, const RuleSpec& rule, bool keep_log = false, std::int64_t first_trial = 0);

/// The loss of each of these trials with these weights, forward only, from h_0.
std::vector<double> losses_of(const Spec& spec, const ByProjection& weights, const std::vector<RecordedTrial>& trials);

/// The loss of the spec's first update (mean over the batch), forward only.
double loss_of(const Spec& spec);

/// dL/dtheta of every weight, plastic or not, by five-point central differences: the error is of
/// order step^4, with 1e-16 / step of rounding.
ByProjection central_differences(const Spec& spec, double step = 1e-3);

}  // namespace locus::oracle
