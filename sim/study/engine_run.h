// A rule on an engine beside the rule itself: the same task, learnt with the integers of a chip.
//
// The network runs in floating point, and its neurons meet the messages of the rule
// (core/transport/mailbox). In every tick the engine's synapses (sim/engine/arithmetic.h) see what
// their neurons have, and change their integers; after the trial the network gets the weights of
// the engine. Trials come one at a time, for both. Ranges that neither the model nor the caller
// says are those of the first trial under the rule.
// Cost: that of two runs over the mailbox, and of the products of all synapses, tick by tick.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/wire/topology.h"
#include "sim/engine/fit.h"
#include "sim/model/engine_spec.h"
#include "sim/model/spec.h"

namespace locus {

struct EngineRun {
  Fit fit;                     // with the ranges of the first trial
  std::vector<double> exact;   // loss of each update, as met, under the rule
  std::vector<double> engine;  // and on the engine
};

/// `rule` has losses and fits the engine. Throws UsageError where it does not, and where the run
/// would be another one than the rule's: longer delays, a firing-rate target, feedback that learns,
/// a schedule, narrow wires or synapses.
EngineRun run_on_engine(const Spec& spec, const RuleSpec& rule, const EngineSpec& engine, std::int64_t updates,
                        const std::map<std::string, Range>& ranges);

}  // namespace locus
