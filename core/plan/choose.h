// The choices of a plan: one named function each, with its threshold and reason inside (choose.cc).
#pragma once

#include "core/plan/plan.h"

namespace locus {

/// The facts on which choices may depend.
struct PlanFacts {
  const Topology& topology;
  const Learning& learning;
  const Rule& rule;
  const Horizon& horizon;
  RunWidth width;

  bool sweeps() const { return rule.drive == Drive::kSweep; }
};

/// A way, and why it is taken.
struct ChosenWay {
  Way way;
  std::string_view why;
};

Sends sending_of(const PlanFacts& facts, const Projection& projection);
ChosenWay way_of(const PlanFacts& facts, const Projection& projection);
Commits commit_of(const PlanFacts& facts, const Projection& projection, Way way);
/// True if the projection's weights move by plain descent and nothing else.
bool descends_plainly(const PlanFacts& facts, const Projection& projection);

bool is_spiking(const Topology& topology, const Projection& projection);
/// True if currents of readouts, or errors that are carried back, are sums over grains.
bool sums_grains(const PlanFacts& facts, const Projection& projection);
bool carries_grains(const PlanFacts& facts, const Projection& projection);
bool lists_speakers(const Topology& topology);
bool shares_neurons_out(const PlanFacts& facts, const Plan& plan);
bool gains_are_constant(const Topology& topology);
bool coefficients_replace_gains(const PlanFacts& facts);
/// `shared_out`: threads share the neurons of the rate layer out.
bool cuts_runs(const PlanFacts& facts, const Projection& projection, bool shared_out);
bool copies_synapses(const PlanFacts& facts, const Projection& projection, bool shared_out);
std::int32_t ahead_ticks_of(const PlanFacts& facts, const Plan& plan);
bool ticks_run_together(const PlanFacts& facts, const Plan& plan);
bool ticks_run_forward(const PlanFacts& facts, const Plan& plan);
std::optional<ProjectionId> recurrent_projection(const PlanFacts& facts, const Plan& plan);

}  // namespace locus
