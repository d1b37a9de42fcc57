// Sweep: one model with every combination of some fields' values, each with several seeds. Each
// member gives the result of `locus run`.
//
// A member is one run on one thread. Its result is therefore that of a single run bit by bit,
// whatever the number of threads; the threads share the members. With a folder, the result of a
// member is written at its end (members/<key>/result.binpb), and a later sweep with the same key
// does not run it again. The key covers the model's bytes, settings, seed, rules, updates, budget
// and program, but not the files of weights beside a model. A member that cannot be loaded or run
// is a failure with its reason; the others continue.
// Cost: the memory of as many runs as there are threads, and one digest for each member.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/model/overrides.h"
#include "sim/model/settings.h"
#include "sim/report/sweep_result.h"
#include "sim/run/run.h"

namespace locus {

struct SweepPlan {
  std::filesystem::path model;
  std::vector<SweepAxis> axes;  // may be empty: only the seeds vary
  std::int32_t seeds = 1;       // the model's seed (or the override's) and the next ones
  Overrides overrides;
};

/// Reads "path=value,value...". A comma in brackets, braces or quotes belongs to a value, so that
/// lists and messages are values too: "path=[1, 2],[3, 4]". Throws UsageError.
SweepAxis axis_of(const std::string& text);

struct SweepOptions {
  int threads = 1;
  std::optional<std::filesystem::path> folder;  // of the members' results; must exist
  // true: no member begins, and running members stop
  const std::atomic<bool>* interrupt = nullptr;
  // called after each member, one call at a time; may be empty
  std::function<void(std::size_t done, std::size_t all)> progress;
};

/// The number of members: the product of the axes' values and the seeds.
std::size_t size_of(const SweepPlan& plan);

/// Throws UsageError if a setting does not fit the model or the seeds go beyond 64 bits, ModelError
/// if the model is invalid without settings, FileError.
SweepResult sweep(const SweepPlan& plan, const SweepOptions& options);

}  // namespace locus
