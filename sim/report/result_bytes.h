// The bytes of a result's message, for callers that do not see generated code.
#pragma once

#include <filesystem>
#include <string>

#include "sim/run/result.h"

namespace locus {

/// The locus.v1.Result in wire form, without its weights.
std::string result_bytes(const RunResult& result);

/// The same of a file or folder (read_result.h), with what weights the file itself holds. Throws
/// FileError, and ModelError where it is no result or was changed after it was written.
std::string result_bytes(const std::filesystem::path& path);

}  // namespace locus
