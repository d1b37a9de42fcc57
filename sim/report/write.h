// The files of a result: report.html, result.binpb, result.json, losses.csv, ledger.csv, and
// weights/<rule>/<projection>.npy for many weights.
//
// Each file appears whole or not at all. Files of the same name are replaced; everything else in
// the folder stays.
// Errors: FileError with the path and the system's reason.
#pragma once

#include <filesystem>
#include <string>

#include "sim/run/result.h"

namespace locus {

/// Makes the folder if it does not exist and checks that a file can be written to it, so that a
/// long run does not end without its results.
void prepare_folder(const std::filesystem::path& folder);

/// Writes all files. The result itself is last, so that it never names a missing file.
void write_result(const RunResult& result, const std::filesystem::path& folder);

/// The text of result.json on one line, without a newline; it contains all weights.
std::string json_line(const RunResult& result);

/// The text as one cell of comma-separated values (RFC 4180). A text that a spreadsheet would take
/// for a formula (it begins with = + - @ and is no number) gets an apostrophe in front, the mark of
/// a text; so does one that begins with an apostrophe. Without its first apostrophe such a cell is
/// the text again.
std::string csv_cell(const std::string& text);

/// "rule,update,loss", one line for each update of a rule; updates count from 0. Reading a loss
/// gives the same bits.
std::string losses_csv(const RunResult& result);
std::string evaluations_csv(const RunResult& result);  // empty without evaluations
/// "rule,channel,lag,messages,scalars,bytes", one line for each entry of a rule's ledger; if the
/// model has a chip, followed by on_core, packets, unicast_packets, hops and unicast_hops.
std::string ledger_csv(const RunResult& result);

}  // namespace locus
