// The comparison that `run` prints: what each rule learnt and what its messages cost, one row for
// each rule, what was found in sentences (finding.h), and further remarks.
//
// There are two tables, learning and then locality per trial, so that the text stays readable at
// kTextWidth columns. The losses at start and end are means over updates (progress.h).
#pragma once

#include <string>
#include <vector>

#include "sim/run/result.h"

namespace locus {

/// A summary of the run, both tables and their legend; ends with a newline.
std::string comparison_tables(const Spec& spec, const RunResult& result);

/// Sentences computed from the result: what was found and what a reader must know before believing
/// it, memory, growth on a chip, the runs that ended early and the reasons.
std::vector<std::string> remarks(const Spec& spec, const RunResult& result);

/// Tables and remarks in the form that `run` prints.
std::string comparison(const Spec& spec, const RunResult& result);

}  // namespace locus
