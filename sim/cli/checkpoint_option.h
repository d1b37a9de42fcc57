// `--checkpoint`, `--checkpoint-every`: where a run keeps what it takes to go on from, and how
// often.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "sim/report/checkpoint.h"

namespace locus {

/// How much work a kill may cost: so many updates, or so much time.
struct CheckpointEvery {
  std::int64_t updates = 0;  // 0: by time
  std::chrono::seconds time = std::chrono::minutes(10);
};

class CheckpointOption {
 public:
  void declare(CLI::App& app);
  bool asked() const { return !file_.empty(); }
  const std::filesystem::path& file() const { return file_; }
  CheckpointEvery every() const;

  /// Throws UsageError for what does not go together; to be called before anything is loaded.
  void check(std::size_t models, bool traces) const;
  /// Refuses a file that is there already (UsageError) or cannot be written (FileError), before the
  /// run rather than in it.
  void prepare() const;
  /// The run goes on from this file, and checkpoints go there.
  void resume(const std::filesystem::path& file) {
    file_ = file;
    resumes_ = true;
  }

 private:
  std::filesystem::path file_;
  std::string every_;
  bool resumes_ = false;
};

/// Writes checkpoints of a run when they are due, and one where it is stopped.
class Checkpointer {
 public:
  /// `recordings` may be null; otherwise it is that of the run, and outlives this.
  Checkpointer(std::filesystem::path file, CheckpointEvery every, const Asked& asked, Recordings* recordings);
  /// To be called at every moment of the run, with what its curves are by then; null: none are
  /// asked for. Throws FileError where a checkpoint cannot be written; the one before it stays.
  void see(const Moment& moment, const std::vector<RuleSeries>* curves);

 private:
  bool due(const Moment& moment);

  std::filesystem::path file_;
  CheckpointEvery every_;
  const Asked& asked_;
  Recordings* recordings_;
  std::int64_t updates_ = 0;  // since the last one
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace locus
