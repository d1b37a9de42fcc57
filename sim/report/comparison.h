// The comparison that `run` prints: what each rule learnt and what its messages cost, a rule a row,
// and one or two sentences on what stands out.
//
// Two tables, one above the other, so that it stays readable at kTextWidth columns: learning, then
// locality per trial. Losses at start and end are means over the same number of updates: a tenth of
// the run's, from 1 to 10 (window_of).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/run/result.h"

namespace locus {

/// How many updates the losses "at the start" and "at the end" of a run of `updates` are means
/// over.
std::int64_t window_of(std::int64_t updates);

/// One rule's loss at its start and its end [1]; means over at most `window` losses. NaN where
/// there is none.
struct Progress {
  double first = 0;
  double last = 0;
};
Progress progress_of(const Outcome& outcome, std::int64_t window);

/// What the run was, both tables, and their legend; ends with a newline.
std::string comparison_tables(const Spec& spec, const RunResult& result);

/// What stands out, computed from the result: who learnt best, who did without a violation, what it
/// cost, what ended early and why.
std::vector<std::string> remarks(const Spec& spec, const RunResult& result);

/// Tables and remarks, as `run` prints them.
std::string comparison(const Spec& spec, const RunResult& result);

}  // namespace locus
