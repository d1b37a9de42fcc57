// sweep: one model under every combination of some of its fields' values, each under several seeds;
// member by member, as `run` would.
//
// A member is one run, on one thread, so that its result is that of a single run bit by bit,
// whatever the number of threads; members are what threads share out. With a folder, a member's
// result is written when it is done (members/<key>/result.binpb) and is not run again by a later
// sweep of the same key: the model's bytes, settings, seed, rules, updates, budget and program.
// (Files of weights beside a model are not in the key.) A member that cannot be loaded or run is a
// failure with its reason; the others go on. Cost: memory of as many runs as there are threads, and
// a digest a member.
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
  std::vector<SweepAxis> axes;  // may be none: seeds alone
  std::int32_t seeds = 1;       // the model's (or the override's) and those after it
  Overrides overrides;
};

/// "path=value,value..." Throws UsageError.
SweepAxis axis_of(const std::string& text);

struct SweepOptions {
  int threads = 1;
  std::optional<std::filesystem::path> folder;  // of members' results; must exist
  // set: no member is begun, and those that run are given up
  const std::atomic<bool>* interrupt = nullptr;
  // after each member, one call at a time; may be empty
  std::function<void(std::size_t done, std::size_t all)> progress;
};

/// Members of the plan: the product of the axes' values and the seeds.
std::size_t size_of(const SweepPlan& plan);

/// Throws UsageError where a setting does not mean this model, ModelError where the model is
/// invalid before anything is set, FileError.
SweepResult sweep(const SweepPlan& plan, const SweepOptions& options);

}  // namespace locus
