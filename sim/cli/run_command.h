// What `locus resume` takes of `locus run`.
#pragma once

#include <filesystem>
#include <optional>

#include "sim/cli/command.h"
#include "sim/report/checkpoint.h"

namespace locus {

/// The run that a checkpoint was made of, from there on; `file` is where it stands and where
/// further ones go. Throws ModelError where the checkpoint holds what is no such run.
Exit go_on(Checkpoint checkpoint, const std::filesystem::path& file, std::optional<int> threads, const Console& console);

}  // namespace locus
