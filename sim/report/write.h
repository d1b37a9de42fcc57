// The files of a result: report.html, result.binpb, result.json, losses.csv, ledger.csv, tables of
// evaluations and comparisons where there are some (evaluations.csv, alignment.csv, scatter.csv,
// curvature.csv), the replay of a chip's packets (mesh.csv), and weights/<rule>/<projection>.npy
// for many weights.
//
// Each file is written piece by piece (message_writer.h), so that writing takes no memory that
// grows with the run, and appears whole or not at all. Files of the same name are replaced;
// result_folder.h removes those of an earlier result that this one does not have.
// Errors: FileError with the path and the system's reason.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sim/run/result.h"

namespace locus {

class Output;  // output.h

/// Makes the folder if it does not exist, brings its name to the disk, and checks that a file can
/// be written to it, so that a long run does not end without its results.
void prepare_folder(const std::filesystem::path& folder);

/// The files that write_result makes, relative to the folder.
std::vector<std::string> result_files(const RunResult& result);

/// Writes all files. The result itself is last, so that it never names a missing file.
void write_result(const RunResult& result, const std::filesystem::path& folder);

/// The text of result.json on one line, without a newline; it contains all weights.
void write_json_line(const RunResult& result, Output& to);
std::string json_line(const RunResult& result);

/// The text as one cell of comma-separated values (RFC 4180). A text that a spreadsheet would take
/// for a formula (it begins with = + - @ and is no number) gets an apostrophe in front, the mark of
/// a text; so does one that begins with an apostrophe. Without its first apostrophe such a cell is
/// the text again.
std::string csv_cell(const std::string& text);

/// "rule,update,loss", one line for each update of a rule; updates count from 0. Reading a loss
/// gives the same bits.
void write_losses_csv(const RunResult& result, Output& to);
void write_evaluations_csv(const RunResult& result, Output& to);  // nothing without evaluations
/// Comparisons of changes along each run, whose rule is the first column; nothing without them.
/// Missing values are empty cells.
void write_alignment_csv(const RunResult& result, Output& to);
void write_scatter_csv(const RunResult& result, Output& to);
void write_curvature_csv(const RunResult& result, Output& to);
/// "rule,channel,lag,messages,scalars,bytes", one line for each entry of a rule's ledger; if the
/// model has a chip, followed by on_core, packets, unicast_packets, hops, unicast_hops and
/// tree_hops; if some messages are core-local, by core_local (1 or 0).
void write_ledger_csv(const RunResult& result, Output& to);

}  // namespace locus
