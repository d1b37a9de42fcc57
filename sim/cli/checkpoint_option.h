// `--checkpoint`, `--checkpoint-every`: the checkpoint file of a run and the time between
// checkpoints.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "sim/model/file_lock.h"
#include "sim/report/checkpoint.h"

namespace locus {

/// The largest amount of work that a kill may cost, in updates or in time.
struct CheckpointEvery {
  std::int64_t updates = 0;  // 0: `time` counts
  std::chrono::seconds time = std::chrono::minutes(10);
};

class CheckpointOption {
 public:
  void declare(CLI::App& app);
  bool has_file() const { return !file_.empty(); }
  const std::filesystem::path& file() const { return file_; }
  CheckpointEvery every() const;

  /// Throws UsageError if the option contradicts another one. Must be called before any loading.
  void check(std::size_t models, bool traces) const;
  /// Locks the file for this process; null without one. Throws UsageError if the file exists
  /// already, and FileError if it cannot be written or another process has it; doing this before
  /// the run saves the run's time.
  std::unique_ptr<FileLock> prepare() const;
  /// Marks the run as resumed from this file; its checkpoints replace the file.
  void resume(const std::filesystem::path& file) {
    file_ = file;
    resumes_ = true;
  }

 private:
  std::filesystem::path file_;
  std::string every_;
  bool resumes_ = false;
};

/// Writes the checkpoints of a run when they are due, and one where it stops.
class Checkpointer {
 public:
  /// `recordings` belongs to the run and must outlive the Checkpointer; it may be null. `at_once`:
  /// the first moment of a rule is due, because the request is not the one of the file.
  Checkpointer(std::filesystem::path file, CheckpointEvery every, const RunRequest& request, Recordings* recordings,
               bool at_once);
  /// Must be called at every moment of the run. `curves` are the points so far, or null without
  /// curves. Throws FileError if a checkpoint cannot be written; the previous one then stays.
  void observe(const Moment& moment, const std::vector<RuleSeries>* curves);
  /// Must be called at the end of a run that was not interrupted. With checkpoints by time, it
  /// writes the last one, from which the run may go on with more updates.
  void finish(const RunResult& result, const std::vector<RuleSeries>* curves);

 private:
  bool due(const Moment& moment);
  void write(const Moment& moment, const std::vector<RuleSeries>* curves);

  std::filesystem::path file_;
  CheckpointEvery every_;
  const RunRequest& request_;
  Recordings* recordings_;
  bool at_once_;
  std::int64_t updates_ = 0;  // since the last checkpoint
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace locus
