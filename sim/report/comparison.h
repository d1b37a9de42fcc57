// The comparison that `run` prints: what each rule learnt and what its messages cost, one row for
// each rule, and one or two sentences about the most important differences.
//
// There are two tables, learning and then locality per trial, so that the text stays readable at
// kTextWidth columns. The losses at start and end are means over the same number of updates: a
// tenth of the run's, from 1 to 10 (window_of).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/run/result.h"

namespace locus {

/// The number of updates in the means "at the start" and "at the end" of a run of `updates`.
std::int64_t window_of(std::int64_t updates);

/// One rule's loss at its start and at its end [1], as means over at most `window` losses. NaN
/// without losses.
struct Progress {
  double first = 0;
  double last = 0;
};
Progress progress_of(const Outcome& outcome, std::int64_t window);

/// The mean accuracy of the last `window` updates that have one [1]; NaN without.
double last_accuracy(const Outcome& outcome, std::int64_t window);

/// A summary of the run, both tables and their legend; ends with a newline.
std::string comparison_tables(const Spec& spec, const RunResult& result);

/// Sentences computed from the result: the best rule, the rules without a violation, the costs, the
/// runs that ended early and the reasons.
std::vector<std::string> remarks(const Spec& spec, const RunResult& result);

/// Tables and remarks in the form that `run` prints.
std::string comparison(const Spec& spec, const RunResult& result);

}  // namespace locus
