// Learning: a rule with the numbers of a run, and with its text where the model writes it itself.
//
// Rows are core/protocol/rule.h's; this is what protocol, plan and transports are given. It is a
// value: everybody who needs one has a copy.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/actor/optimizer.h"
#include "core/expression/local_rule.h"
#include "core/protocol/rule.h"
#include "core/wire/narrow.h"
#include "core/wire/topology.h"

namespace locus {

/// Feedback that learns beside the readouts' synapses from the same population.
struct LearnedFeedback {
  PopulationId population{-1};
  double decay = 0;  // omega, the share of A and R that a commit takes [1], in [0, 1)
  friend bool operator==(const LearnedFeedback&, const LearnedFeedback&) = default;
};

/// A rule with the numbers of a run.
struct Learning {
  RuleKind kind = RuleKind::kNone;
  std::int32_t depth = 0;   // tau, ticks, 1..T; sweeps only (BPTT: T)
  std::int32_t stride = 0;  // k, ticks, 1..T; sweeps only (BPTT: T)
  // lambda [1]; only for RFLO; empty: 1 - alpha of each rate neuron, alpha of each spiking one
  std::optional<double> trace_decay;
  double filter = 0;                      // kappa [1]; only for e-prop onto spiking neurons
  std::optional<FiringRate> firing_rate;  // only for e-prop onto spiking neurons
  Optimizer optimizer = {};               // the commit of a synapse
  Restriction restriction = {};           // only for rules that keep some sensitivities
  std::optional<LocalRule> local = {};    // only of local kinds, which have one
  double dt = 1;                          // ms of a tick; only for local kinds, as the next
  std::int32_t ticks = 0;                 // of a trial
  // by rate population; empty: all feedback is fixed. Only for rules with feedback
  std::vector<LearnedFeedback> learned_feedback = {};
  std::vector<NarrowWires> wires = {};  // of the rule's channels whose wires are not ideal
  NarrowSynapses synapses = {};         // bits of weights and traces
  std::uint64_t seed = 0;               // of what wires lose and of stochastic rounding
};

/// The wires of a channel; null: they are ideal.
inline const NarrowWires* wires_of(const Learning& learning, Channel channel) {
  for (const NarrowWires& wires : learning.wires) {
    if (wires.channel == channel) return &wires;
  }
  return nullptr;
}

/// The ticks that a message of a channel takes.
inline std::int32_t delay_of(const Learning& learning, Channel channel) {
  const NarrowWires* const wires = wires_of(learning, channel);
  return wires == nullptr ? 0 : wires->delay;
}

/// True if the rule keeps traces at the synapses of the projection, and they have few bits. (A bias
/// is the neuron's own state; validation refuses spiking targets.)
inline bool rounds_traces(const Learning& learning, const Projection& projection) {
  const Rule& row = rule(learning.kind);
  return learning.synapses.trace && row.drive == Drive::kOnline && row.decay != DecaySource::kText &&
         projection.plastic && projection.target_layer == Layer::kRate && !projection.is_bias;
}

/// The optimizer of the synapses of a projection, or of feedback: its own limits stand before those
/// of all, and under learned feedback R and A of a population shrink alike.
Optimizer optimizer_of(const Learning& learning, const Projection& projection);

/// The properties beside its row that select a rule's phases; none for rules of the table.
inline LocalPosts posts_of(const Learning& learning) { return learning.local ? learning.local->posts : LocalPosts{}; }

}  // namespace locus
