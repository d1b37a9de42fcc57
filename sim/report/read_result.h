// A result as it was written, read back: result.binpb, result.json, or the folder that holds them.
//
// Safe for files from elsewhere: sizes are bounded before memory is taken, and what is no
// locus.v1.Result is refused. Seen by sim/report only, with its generated code. Errors: FileError
// where a file cannot be read, ModelError where it is no result.
#pragma once

#include <filesystem>

#include "locus/v1/result.pb.h"

namespace locus {

/// The file that a path names: itself, or a folder's result.binpb (result.json where that is
/// missing).
std::filesystem::path result_file(const std::filesystem::path& path);

/// The format is told by the ending: .json is JSON, all else is the wire form.
v1::Result read_result(const std::filesystem::path& path);

}  // namespace locus
