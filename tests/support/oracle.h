// The oracle: what a model must do, worked out in plain loops over doubles, message by message.
//
// Why: the simulator is right where it agrees with something that shares none of its code. The
// oracle knows the types that describe a model (Spec) and the names of channels, and nothing else
// of core or sim: it keeps every state of every tick, takes one synapse after the other, and calls
// `send` once a message.
// It is slow on purpose: no columns, no products, no bulk counts, no caching. What it knows:
// explicit weights (dense, sparse, constant), recorded trials, every rule, both losses, both ways
// to commit, batches, float64. Source: docs/rules.md and docs/locality.md; Williams & Zipser 1989
// (RTRL), Williams & Peng 1990 (truncation), Murray 2019 (RFLO), Bellec et al. 2020 (e-prop).
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "core/actor/activation.h"
#include "core/wire/channel.h"
#include "sim/model/spec.h"

namespace locus::oracle {

/// An actor, by kind and place. Synapses of one projection are numbered source by source, targets
/// ascending under each source.
struct Actor {
  Party party = Party::kAgent;
  std::int32_t projection = 0;  // synapses only: file order
  std::int64_t index = 0;       // neuron within its layer, or synapse within its projection
  friend auto operator<=>(const Actor&, const Actor&) = default;
};

struct Message {
  std::int64_t update = 0;  // from 0
  std::int32_t tick = 0;    // the present tick, not the one revisited
  std::int32_t phase =
      // of the trial; all replicas of a batch take a phase together, and the messages of a channel
      // in it go together
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
  std::int32_t projection = 0;  // file order
  std::size_t entry = 0;        // place among the weights as the file lists them
  std::int64_t number = 0;      // source by source within the projection
  std::size_t target = 0;       // row of the block matrix
  std::size_t source = 0;       // column of the block matrix
  double weight = 0;            // [1]
  double rate = 0;              // eta
  bool plastic = true;
  int delay = 0;     // ticks from the source's activity to its arrival
  double delta = 0;  // change asked for since the last commit, summed over trials
};

/// The whole network as one: populations of a kind are concatenated in file order.
struct Net {
  std::size_t inputs = 0;    // m
  std::size_t units = 0;     // n
  std::size_t readouts = 0;  // o
  std::vector<Synapse> b, w, a;
  // feedback: target = unit, source = readout; only under rules that have it
  std::vector<Synapse> r;
  std::vector<double> leak;            // alpha (n)
  std::vector<Activation> activation;  // phi (n)
  std::vector<double> initial;         // h_0 (n)
};

/// Throws std::invalid_argument where the spec asks for random or aligned weights.
Net flatten(const Spec& spec, const RuleSpec& rule);

/// Activities that axons hold because some delay is longer than it must be: of each neuron as many
/// ticks as its latest projection is late by.
std::int64_t under_way(const Spec& spec, bool of_inputs);

/// Entries of projection p as the file lists them, whether or not all are synapses.
std::size_t entries_of(const Spec& spec, std::size_t p);

// [projection][entry as the file lists it; dense: row-major]
using ByProjection = std::vector<std::vector<double>>;

struct Answer {
  std::vector<double> losses;  // one an update
  ByProjection weights;        // after the last commit
  ByProjection delta;          // of the last commit, mean over the batch
  Counts counts;
  std::int64_t stalled_ticks = 0;
  std::int64_t history_bytes = 0;
  std::int64_t trace_bytes = 0;
  std::int64_t trials = 0;
  double nearest_kink =
      // smallest |u_t| of a relu neuron, where the loss has no derivative
      std::numeric_limits<double>::infinity();
  std::vector<Message> log;  // replica by replica; only where asked for
};

/// One replica lives through one trial: adds to the counts and to the synapses' delta (under
/// EVERY_TICK it commits too). Its units begin as `state` says and leave there how they end.
/// Returns the trial's loss.
double live(Net& net, std::vector<double>& state, const Spec& spec, const RuleSpec& rule, const RecordedTrial& trial,
            Answer& answer, bool keep_log);

/// theta -= eta * c, for every plastic synapse, c being delta / batch within the bounds of the
/// spec's clip; its messages are counted a replica.
void commit(Net& net, const Spec& spec, Answer& answer, double batch);

/// c of every synapse of the net as clipping leaves it, of which `change` gives what was asked;
/// CLIP is counted.
void clip(Net& net, const Spec& spec, Answer& answer, const std::function<double&(Synapse&)>& change);

/// Trains the network of the spec under the rule.
Answer solve(const Spec& spec, const RuleSpec& rule, bool keep_log = false);

/// The loss of each of these trials with the weights given, forward only, from h_0.
std::vector<double> losses_of(const Spec& spec, const ByProjection& weights, const std::vector<RecordedTrial>& trials);

/// The loss of the spec's first update (mean over the batch), forward only.
double loss_of(const Spec& spec);

/// dL/dtheta of every weight, plastic or not, by five-point central differences: error of order
/// step^4, and 1e-16 / step of rounding.
ByProjection central_differences(const Spec& spec, double step = 1e-3);

}  // namespace locus::oracle
