// Engine files: the learning engine of a chip (locus.v1.Engine, text), with checks.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "sim/model/engine_spec.h"

namespace locus {

inline constexpr std::int64_t kLargestEngine = 1 << 20;  // bytes of a file

/// Throws ModelError with all faults, FileError if the file cannot be read.
EngineSpec load_engine(const std::filesystem::path& path);
/// Reads an engine file from a text; `path` is its name.
EngineSpec read_engine(const std::string& text, const std::filesystem::path& path);
/// A shipped engine by its name ("loihi2"), or the file at a path, which has a / or a dot. Throws
/// UsageError where no engine has the name, otherwise as load_engine.
EngineSpec engine_named(const std::string& typed);

}  // namespace locus
