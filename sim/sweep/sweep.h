// Sweep: one model with every combination of some fields' values, each with several seeds. Each
// member gives the result of `locus run`.
//
// A member is one run on one thread. Its result is therefore that of a single run bit by bit,
// whatever the number of threads; the threads share the members. With a folder, the result of a
// member is written at its end (members/<key>/result.binpb), and a later sweep with the same key
// does not run it again. The key covers the member's provenance (sim/run/provenance.h: the model
// and the contents of the files that it names, settings, seed, rules, updates, budget), the level
// of arithmetic and the program. A file that was changed since, or that is another member's, is not
// taken: its member runs again. A member that cannot be loaded or run is a failure with its reason;
// the others continue.
//
// Several processes may work on one folder at the same time, on one machine or on several that see
// it: each takes members that no other one runs (a lock a member, sim/model/file_lock.h), and waits
// at its end for those of the others. A process may also do one part of the members alone.
// Cost: the memory of as many runs as there are threads, or of as many as fit into the budget that
// all of them share (at least one), and one digest for each member.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "sim/model/overrides.h"
#include "sim/model/settings.h"
#include "sim/ranks/launch.h"
#include "sim/report/sweep_result.h"
#include "sim/run/run.h"

namespace locus {

struct SweepPlan {
  std::filesystem::path model;
  std::vector<SweepAxis> axes;  // may be empty: only the seeds vary
  std::int32_t seeds = 1;       // the model's seed (or the override's) and the next ones
  Overrides overrides;
  // also each rule at its best setting (best_of, sweep_result.h); needs two seeds and evaluation
  // trials, for the accuracy of trials with classes
  std::optional<Criterion> best = {};
};

/// Reads "path=value,value...". A comma in brackets, braces or quotes belongs to a value, so that
/// lists and messages are values too: "path=[1, 2],[3, 4]". Throws UsageError.
SweepAxis axis_of(const std::string& text);

struct SweepOptions {
  int threads = 1;
  std::optional<std::filesystem::path> folder;  // of the members' results; must exist
  CompileOptions compile = {};                  // of rules that the model writes itself
  // bytes that the process may take in all, beside what the machine has free
  double memory = std::numeric_limits<double>::infinity();
  // true: no member begins, and running members stop
  const std::atomic<bool>* interrupt = nullptr;
  // called after each member, one call at a time; may be empty
  std::function<void(std::size_t done, std::size_t all)> progress;
  // called with each note of the result as soon as it is known; may be empty
  std::function<void(const std::string&)> note = {};
  // only this part of the members, which needs a folder; the result then has no other members, no
  // notes on seeds and no best settings. Members are dealt out in the order of a hash over settings
  // and seed, so that parts have as many (to one), and costly settings fall to all of them.
  std::optional<WorkPart> part = {};
};

inline constexpr std::size_t kMostMembers = 1'000'000;

/// The number of members: the product of the axes' values and the seeds; the largest number of its
/// type if the product is larger.
std::size_t size_of(const SweepPlan& plan);
/// Throws UsageError if the plan has more than kMostMembers.
void check_size(const SweepPlan& plan);

/// Points of the curve of a member's rule, so that all curves of a sweep stay within some hundred
/// megabytes: 500, fewer from 300 lines of the summary or 30,000 members and rules on, at least 16.
std::int64_t curve_points(std::size_t members, std::size_t combinations, std::size_t rules);

/// Throws UsageError if there are too many members, a setting does not fit the model, the seeds go
/// beyond 64 bits, nothing can choose a best setting or a part has no folder; ModelError if the
/// model is invalid without settings; FileError.
SweepResult sweep(const SweepPlan& plan, const SweepOptions& options);

}  // namespace locus
