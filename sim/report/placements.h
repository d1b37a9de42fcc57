// Several placements of one run beside each other, as a table and as comma-separated values.
//
// Counts in the files are those of the whole run, as in ledger.csv; the table has them per trial.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/report/output.h"
#include "sim/report/table.h"
#include "sim/run/result.h"

namespace locus {

/// A rule's messages on one placement.
struct PlacedRule {
  std::string mesh;    // "4x2"
  std::string policy;  // "GREEDY", "PACKETS:rflo"
  ChipSpec chip;
  std::string rule;
  std::int64_t trials = 0;
  std::int64_t messages = 0;
  ChipTraffic traffic;
  std::optional<Estimate> estimate;  // if the chip has costs
};

/// Every rule of a result that was placed on its chip. `fewest_of`: the rule whose packets the
/// placement minimises, or empty.
std::vector<PlacedRule> placed_rules(const RunResult& result, const std::string& fewest_of);

/// One row for each placement and rule.
TextTable placement_table(const std::vector<PlacedRule>& placed);
/// The meaning of that table's columns.
std::string placement_legend();

/// Hops of each rule by the way in which an event reaches several cores: a packet for each message,
/// a packet for each core, a tree.
TextTable multicast_table(const std::vector<PlacedRule>& placed);

void write_placements_csv(const std::vector<PlacedRule>& placed, Output& to);
/// By channel and lag.
void write_placed_channels_csv(const std::vector<PlacedRule>& placed, Output& to);
/// The core of every rate neuron and readout, placement by placement.
void write_cores_csv(const std::vector<PlacedRule>& placed, Output& to);

}  // namespace locus
