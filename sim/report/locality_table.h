// The costs of each rule's messages, one row for each rule: for a run (from its ledger) or for a
// model (from the closed form of one trial).
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

/// Counts per trial: messages, violations in space and in time, the largest lag, stalled ticks, and
/// the bytes that the actors of one trial keep; core-local messages where there are some.
TextTable locality_table(const std::vector<RuleLedger>& rules);

/// Messages per trial by channel, in two tables of the channels that any rule uses: channels that
/// respect locality, and channels that break it.
std::string channel_tables(const std::vector<RuleLedger>& rules);

/// The meaning of the headings; ends with a newline.
std::string locality_legend(const std::vector<RuleLedger>& rules);

}  // namespace locus
