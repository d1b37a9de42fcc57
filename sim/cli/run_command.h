// The part of `locus run` that `locus resume` uses.
#pragma once

#include <filesystem>
#include <optional>

#include "sim/cli/command.h"
#include "sim/cli/duration.h"
#include "sim/cli/memory_option.h"
#include "sim/report/checkpoint.h"

namespace locus {

/// The options of `locus resume`, which replace those of the run.
struct ResumeChanges {
  std::optional<int> threads;
  std::optional<std::int64_t> updates;
  std::vector<std::string> settings;  // "path=value"
  std::string ranks;                  // "off" or empty
  MemoryOption memory;
  TimeLimitOption time_limit;
};

/// Continues the run of a checkpoint. `file` is its path, and later checkpoints replace it. Throws
/// ModelError if the checkpoint does not contain such a run.
Exit resume_run(Checkpoint checkpoint, const std::filesystem::path& file, const ResumeChanges& changes,
                const Console& console);

}  // namespace locus
