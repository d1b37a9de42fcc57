// train: one rule, from the network's first weights to its outcome.
#pragma once

#include "core/transport/executor.h"
#include "sim/model/spec.h"
#include "sim/run/result.h"
#include "sim/run/run.h"
#include "sim/run/state.h"

namespace locus {

/// Trains a freshly built network, or goes on from where it stood (`from`, which fits). Divergence,
/// a broken budget and an interrupt end it early and stand in the outcome. `done` are the rules
/// before it, for whoever watches.
Outcome train(const Spec& spec, const Topology& topology, const RuleSpec& rule, const RunOptions& options,
              Executor executor, const RunResult& done = {}, RuleState* from = nullptr);

}  // namespace locus
