// The part of `locus run` that `locus resume` uses.
#pragma once

#include <filesystem>
#include <optional>

#include "sim/cli/command.h"
#include "sim/cli/memory_option.h"
#include "sim/report/checkpoint.h"

namespace locus {

/// Continues the run of a checkpoint. `file` is its path, and later checkpoints replace it. Throws
/// ModelError if the checkpoint does not contain such a run. Threads and memory, where given, take
/// the place of those asked for then.
Exit resume_run(Checkpoint checkpoint, const std::filesystem::path& file, std::optional<int> threads,
                const MemoryOption& memory, const Console& console);

}  // namespace locus
