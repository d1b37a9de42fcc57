#include "sim/run/horizon.h"

#include "sim/model/learning.h"
#include "sim/model/wire.h"
#include "sim/run/recording.h"
#include "sim/task/task.h"

namespace locus {

Audience audience_of(const Spec& spec) {
  return {.outputs_are_seen = records_outputs(spec), .inputs_tick_by_tick = shows_tick_by_tick(spec, spec.training.batch)};
}

Horizon horizon_of(const TrialShape& trial, Audience audience) {
  return {
      .trial = trial, .outputs_are_seen = audience.outputs_are_seen, .inputs_tick_by_tick = audience.inputs_tick_by_tick};
}

Horizon horizon_of(const Spec& spec) { return horizon_of(trial_shape_of(spec), audience_of(spec)); }

Plan plan_of(const Spec& spec, const Topology& topology, const RuleSpec& rule, int threads) {
  return plan_of(topology, learning_of(rule, spec.training), horizon_of(spec),
                 {spec.training.batch, threads, scalar_bytes(spec.precision)});
}

Plan plan_of(const Spec& spec, const RuleSpec& rule, int threads) {
  return plan_of(spec, topology_of(spec, Listing::kNone), rule, threads);
}

}  // namespace locus
