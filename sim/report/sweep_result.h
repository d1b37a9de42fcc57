// The result of a sweep and its files: the digest of every member, the summary over seeds, the
// page.
//
// A line of the summary is one combination of settings with one rule. Its quantiles are over the
// seeds with a completed run (linear interpolation between order statistics, Hyndman and Fan's type
// 7).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sim/run/result.h"

namespace locus {

/// One rule's run without its curves and weights. Counts are per trial.
struct Digest {
  std::string rule;
  std::string kind;    // row of the rule table
  std::string status;  // "COMPLETED"
  std::string message;
  std::string fingerprint;
  double first = 0;  // mean loss at the start [1]
  double last = 0;   // mean loss at the end [1]
  double messages = 0;
  double spatial = 0;              // violations
  double temporal = 0;             // violations
  double violations = 0;           // either
  double stalled = 0;              // ticks
  std::int32_t max_lag = 0;        // ticks
  std::int64_t history_bytes = 0;  // of one replica
  std::int64_t trace_bytes = 0;    // of one replica
  friend bool operator==(const Digest&, const Digest&) = default;
};

struct SweepAxis {
  std::string path;
  std::vector<std::string> values;
};

struct SweepMember {
  std::vector<std::string> settings;  // "path=value", in the order of the axes
  std::uint64_t seed = 0;
  std::string failure;        // the reason why it did not run, or empty
  std::vector<Digest> rules;  // in the order of the run; empty if the sweep ended before
  std::string file;           // of its whole result, below the folder; empty without one
  // its file was there and was not the one that it had written: it ran again
  bool replaced = false;
};

struct SweepResult {
  std::string model;
  std::string model_sha256;
  std::vector<SweepAxis> axes;
  std::vector<SweepMember> members;
  std::vector<std::string> notes;  // sentences without a full stop, of the sweep as a whole
};

std::vector<Digest> digests_of(const RunResult& result);

/// Writes a member's whole result as `file`, whole or not at all. Throws FileError.
void write_member(const RunResult& result, const std::filesystem::path& file);
/// The digests in a member's file; empty if the file does not exist, is no result, was changed
/// after it was written, or is that of another run, program or level.
std::optional<std::vector<Digest>> read_member(const std::filesystem::path& file, const Provenance& provenance);

/// One combination of settings with one rule, over its seeds.
struct SummaryLine {
  std::vector<std::string> settings;
  std::string rule;
  int seeds = 0;      // members that ran
  int completed = 0;  // members that completed; the other fields are over these, NaN without any
  double mean = 0;    // of the loss at the end [1]
  double q25 = 0;
  double median = 0;
  double q75 = 0;
  double messages = 0;    // mean, per trial
  double violations = 0;  // mean, per trial
};
std::vector<SummaryLine> summary_of(const SweepResult& result);

/// The rules under which members that differ only in their seed have the same fingerprint, in
/// sentences.
std::vector<std::string> seed_notes(const SweepResult& result);

/// The q-quantile of numbers, 0 <= q <= 1; NaN without numbers.
double quantile(std::vector<double> numbers, double q);

/// The summary in the form that `sweep` prints, followed by the members that failed.
std::string sweep_table(const SweepResult& result);

/// members: "settings, seed, rule, ...", one line for each member and rule; summary: one line for
/// each SummaryLine. Each axis has one column.
std::string members_csv(const SweepResult& result);
std::string summary_csv(const SweepResult& result);

/// sweep.json, members.csv, summary.csv, report.html.
void write_sweep(const SweepResult& result, const std::filesystem::path& folder);

}  // namespace locus
