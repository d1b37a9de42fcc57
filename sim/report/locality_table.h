// What each rule's messages cost, a rule a row: of a run (its ledger) or of a model (the closed
// form of one trial).
#pragma once

#include <string>
#include <vector>

#include "core/wire/ledger.h"
#include "sim/report/table.h"

namespace locus {

struct RuleLedger {
  std::string rule;
  Ledger ledger;
};

/// Counts are per trial: messages, violations in space and in time, largest lag, stalled ticks,
/// bytes kept by the actors of one trial.
TextTable locality_table(const std::vector<RuleLedger>& rules);

/// Messages per trial by channel, two tables of the channels that any of the rules uses: allowed
/// ones, and those that break locality.
std::string channel_tables(const std::vector<RuleLedger>& rules);

/// What the headings mean; ends with a newline.
std::string locality_legend();

}  // namespace locus
