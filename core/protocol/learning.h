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
};

/// The optimizer of the synapses of a projection, or of feedback: its own limits stand before those
/// of all, and under learned feedback R and A of a population shrink alike.
Optimizer optimizer_of(const Learning& learning, const Projection& projection);

/// What the phases of a rule depend on beside its row; of the table's rules nothing.
inline LocalPosts posts_of(const Learning& learning) { return learning.local ? learning.local->posts : LocalPosts{}; }

}  // namespace locus
