// Digest: one rule's run as a sweep keeps it: what it learnt and what its messages cost, without
// its weights, and with its losses as a curve of a bounded number of points.
//
// Counts are per trial. Values that a model does not have (evaluation, chip, ranks) are absent.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/run/result.h"

namespace locus {

/// A rule's packets on the chip, per trial.
struct ChipDigest {
  double packets = 0;
  double learning_packets = 0;  // those beyond the forward run's
  double hops = 0;
  double busiest_link = 0;            // packets over the link with the most
  std::optional<double> picojoules;   // where the chip has costs
  std::optional<double> nanoseconds;  // the same
  friend bool operator==(const ChipDigest&, const ChipDigest&) = default;
};

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
  // mean loss of the evaluation trials after the last update [1]
  std::optional<double> evaluation = {};
  // mean accuracy at the end, and of these evaluation trials [1]; absent where no trial has a class
  std::optional<double> accuracy = {};
  std::optional<double> evaluation_accuracy = {};
  // of the change of the recurrent weights; of several projections, the one of highest rank
  std::optional<std::int32_t> rank = {};
  std::optional<double> effective_rank = {};
  std::optional<ChipDigest> chip = {};
  // Point k is the mean loss of the updates from k x stretch on, `stretch` of them or those that
  // are left [1]. With a stretch of 1 it is the loss to the last bit.
  std::vector<double> curve = {};
  // The same of accuracies; NaN where no update of a stretch has one. Empty without classes.
  std::vector<double> accuracy_curve = {};
  std::int32_t stretch = 1;
  std::vector<Evaluation> evaluations = {};
  friend bool operator==(const Digest&, const Digest&) = default;
};

inline constexpr std::int64_t kMostCurvePoints = 500;

/// The means of equal stretches of numbers (the last may be shorter) without those that are NaN: as
/// many as fit into `points` if a run made all of its `updates`. Stretches follow from the updates
/// that a run was to make, so that the curves of all seeds have theirs at the same places.
std::vector<double> curve_of(std::span<const double> numbers, std::int64_t updates, std::int64_t points);
/// Updates of one point.
std::int32_t stretch_of(std::int64_t updates, std::int64_t points);

/// `points`: of a curve; 0: without curves.
std::vector<Digest> digests_of(const RunResult& result, std::int64_t points = kMostCurvePoints);

/// Writes a member's whole result as `file`, whole or not at all. Throws FileError.
void write_member(const RunResult& result, const std::filesystem::path& file);
/// The digests in a member's file; empty if the file does not exist, is no result, was changed
/// after it was written, or is that of another run, program or level.
std::optional<std::vector<Digest>> read_member(const std::filesystem::path& file, const Provenance& provenance,
                                               std::int64_t points = kMostCurvePoints);

}  // namespace locus
