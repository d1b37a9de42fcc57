// What a sweep leaves, and its files: every member's digest, the summary over seeds, the page.
//
// A summary's line is one combination of settings and one rule; its quantiles are over the seeds
// whose run was completed (linear interpolation between order statistics, Hyndman and Fan's type
// 7).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sim/run/result.h"

namespace locus {

/// One rule's run, without its curves and weights. Counts are per trial.
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
  std::string failure;        // why it did not run; empty where it did
  std::vector<Digest> rules;  // in the order run; empty where it was not reached
};

struct SweepResult {
  std::string model;
  std::string model_sha256;
  std::vector<SweepAxis> axes;
  std::vector<SweepMember> members;
};

std::vector<Digest> digests_of(const RunResult& result);

/// Writes a member's whole result as `file`, whole or not at all. Throws FileError.
void write_member(const RunResult& result, const std::filesystem::path& file);
/// The digests of a member that was written; nothing where there is no such file, or it is no
/// result.
std::optional<std::vector<Digest>> read_member(const std::filesystem::path& file);

/// One combination of settings under one rule, over its seeds.
struct SummaryLine {
  std::vector<std::string> settings;
  std::string rule;
  int seeds = 0;      // members that ran
  int completed = 0;  // of them; what follows is over these, NaN without any
  double mean = 0;    // of the loss at the end [1]
  double q25 = 0;
  double median = 0;
  double q75 = 0;
  double messages = 0;    // mean, per trial
  double violations = 0;  // mean, per trial
};
std::vector<SummaryLine> summary_of(const SweepResult& result);

/// The q-quantile of numbers, 0 <= q <= 1; NaN of none.
double quantile(std::vector<double> numbers, double q);

/// The summary as `sweep` prints it, with the members that failed below it.
std::string sweep_table(const SweepResult& result);

/// "settings, seed, rule, ...": a line a member and rule; and a line a summary line. One column an
/// axis.
std::string members_csv(const SweepResult& result);
std::string summary_csv(const SweepResult& result);

/// sweep.json, members.csv, summary.csv, report.html.
void write_sweep(const SweepResult& result, const std::filesystem::path& folder);

}  // namespace locus
