// The files of a result: report.html, result.binpb, result.json, losses.csv, ledger.csv, and
// weights/<rule>/<projection>.npy where there are many.
//
// Each appears whole or not at all; files of the same name are replaced and nothing else in the
// folder is touched. Errors: FileError with the path and the system's reason.
#pragma once

#include <filesystem>
#include <string>

#include "sim/run/result.h"

namespace locus {

/// Makes the folder if it is not there and tries that a file can be written to it, so that a long
/// run does not end without its results.
void prepare_folder(const std::filesystem::path& folder);

/// Writes all files; the result itself last, so that it never names a file that is not there.
void write_result(const RunResult& result, const std::filesystem::path& folder);

/// result.json's text on one line, without its newline; all weights stand in it.
std::string json_line(const RunResult& result);

/// A text as one cell of comma-separated values (RFC 4180).
std::string csv_cell(const std::string& text);

/// "rule,update,loss", a line an update of a rule; updates count from 0. Losses are written so that
/// reading them gives the same bits.
std::string losses_csv(const RunResult& result);
std::string evaluations_csv(const RunResult& result);  // empty where nothing was evaluated
/// "rule,channel,lag,messages,scalars,bytes", a line an entry of a rule's ledger; where the model
/// has a chip, on_core, packets, unicast_packets, hops and unicast_hops behind them.
std::string ledger_csv(const RunResult& result);

}  // namespace locus
