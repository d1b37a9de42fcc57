// The replay of a run's packets as a table, its legend, and a CSV file by tick.
#pragma once

#include <string>

#include "sim/report/output.h"
#include "sim/report/table.h"
#include "sim/run/result.h"

namespace locus {

/// True if the packets of some rule were replayed.
bool is_replayed(const RunResult& result);

/// Cycles, latency and queues of each rule whose packets were replayed.
TextTable network_table(const RunResult& result);
/// The network of the chip, and the meaning of the columns.
std::string network_legend(const ChipNetworkSpec& network);

/// "rule,tick,trials,forward_cycles,...": a line a rule and tick, sums over the replayed trials.
void write_network_csv(const RunResult& result, Output& to);

}  // namespace locus
