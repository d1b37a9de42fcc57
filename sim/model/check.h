// check: all conditions that a Spec must satisfy, whatever its origin.
//
// The code after it (build, tasks, placement, rules) relies on a Spec without further checks: an
// index is a place in memory, a size is an allocation. Model files, the builder and Specs made by
// hand pass the same checks, which `run` and Session make at their entry. A fault has the name of
// its field in a model file, network.projections[1].weights.dense.values[7], its value and the
// allowed values; it has no line, because a Spec has no text. All faults are found together,
// without those that only follow from others.
// Cost: one pass over the weights and trials in the Spec; nothing is drawn.
// Thread safety: no state.
#pragma once

#include <vector>

#include "sim/model/errors.h"
#include "sim/model/spec.h"

namespace locus {

/// The purpose of a Spec. A run needs a task. The user of a Session supplies inputs and targets,
/// and may leave the ticks of a trial open (0).
enum class Purpose { kRun, kSession };

/// True if the Spec has a task; its recorded trials may be empty.
bool has_task(const Spec& spec);

/// All faults and warnings of a Spec; empty for a valid one.
std::vector<Fault> check(const Spec& spec, Purpose purpose = Purpose::kRun);

/// All faults of trials beside a valid Spec, with fields as trials[3].target.
std::vector<Fault> check_trials(const Spec& spec, const std::vector<RecordedTrial>& trials);

/// Throws ModelError with all faults if one of them is an error.
void require_valid(const Spec& spec, Purpose purpose = Purpose::kRun);

}  // namespace locus
