// Learning: a rule with the numbers of a run, and with its text where the model writes it itself.
//
// Rows are core/protocol/rule.h's; this is what protocol, plan and transports are given. It is a
// value: everybody who needs one has a copy.
#pragma once

#include <cstdint>
#include <optional>

#include "core/actor/optimizer.h"
#include "core/expression/local_rule.h"
#include "core/protocol/rule.h"

namespace locus {

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
};

/// What the phases of a rule depend on beside its row; of the table's rules nothing.
inline LocalPosts posts_of(const Learning& learning) { return learning.local ? learning.local->posts : LocalPosts{}; }

}  // namespace locus
