// Reads a result from result.binpb, result.json, or the folder that contains them.
//
// Files from elsewhere are safe: sizes are bounded before memory is taken, and anything but a
// locus.v1.Result is refused. So is a result whose checksum is not that of its values; results of
// older programs have none. Only sim/report sees this header, because of its generated code.
// Errors: FileError if a file cannot be read, ModelError if it is no result.
#pragma once

#include <filesystem>

#include "locus/v1/result.pb.h"

namespace locus {

/// The file at a path: the path itself, or for a folder its result.binpb (result.json if that is
/// missing). Throws ModelError for a folder without them, with what is there instead.
std::filesystem::path result_file(const std::filesystem::path& path);

/// The extension decides about the format: .json is JSON, anything else is the wire form.
v1::Result read_result(const std::filesystem::path& path);

}  // namespace locus
