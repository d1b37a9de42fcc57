// check: everything that a Spec must hold to, whoever made it.
//
// Why: what follows (build, tasks, placement, rules) relies on a Spec without looking: an index is
// a place in memory, a size is an allocation. A model file, the builder and a Spec that somebody
// filled in by hand pass the same checks, which `run` and Session make at their door. A fault names
// its field as a model file would, network.projections[1].weights.dense.values[7], and says what is
// there and what is allowed; it has no line, for a Spec has no text. All faults are found together;
// what only follows from another is not told. Cost: a pass over the weights and trials that the
// Spec holds; nothing is drawn. Thread safety: no state.
#pragma once

#include <vector>

#include "sim/model/errors.h"
#include "sim/model/spec.h"

namespace locus {

/// What a Spec is for: a run has a task; whoever drives a Session shows inputs and targets himself,
/// and may leave the ticks of a trial open (0).
enum class Purpose { kRun, kSession };

/// Whether the Spec says what the network is shown; recorded trials may be none.
bool has_task(const Spec& spec);

/// Every fault and warning of a Spec; empty for a good one.
std::vector<Fault> check(const Spec& spec, Purpose purpose = Purpose::kRun);

/// Throws ModelError with all faults where one of them is an error.
void require_valid(const Spec& spec, Purpose purpose = Purpose::kRun);

}  // namespace locus
