// The files that determine a model: the model file and those that it names, by their contents.
//
// Two networks may have the same model file and other weights beside it. So a name for the network,
// Spec::sha256, covers the contents of every file, wherever they come from: the folder of the model
// or a checkpoint. A file that the readers of a model have opened is noted (reading.h) and hashed
// after them, so that a wrong file is refused before it is read as a whole.
// Cost: one more pass over each file.
#pragma once

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/carried_files.h"
#include "sim/model/spec.h"

namespace locus {

/// A file on the disk at the time when it was opened.
struct OpenedFile {
  std::string name;            // in the model
  std::filesystem::path path;  // empty for a carried file
  std::int64_t length = 0;     // bytes
  std::timespec changed = {};  // last change of its bytes
};

/// Notes a file that is about to be read, once for each name.
void note_opened(const std::string& name, const std::filesystem::path& path, std::vector<OpenedFile>& opened);

/// The model file with these bytes, and the opened files, which come from `carried` where it has
/// them. Throws FileError if a file cannot be read or has changed since it was opened.
std::vector<InputFile> input_files(std::string_view model, const std::vector<OpenedFile>& opened,
                                   const CarriedFiles* carried);

/// The SHA-256 of a model. Without files beside it, it is that of its own bytes; otherwise it is
/// that of a text with one line for each file, "SHA-256  NAME\n", the model file (with no name)
/// first.
std::string model_sha256(std::span<const InputFile> inputs);

}  // namespace locus
