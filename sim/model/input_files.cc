#include "sim/model/input_files.h"

#include <algorithm>

#include <sys/stat.h>

#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/model/sha256.h"

namespace locus {
namespace {

/// Takes the length and the time of the last change; a file that is gone gets neither.
void take_state(OpenedFile& file) {
  struct stat state = {};
  if (::stat(file.path.c_str(), &state) != 0) return;
  file.length = state.st_size;
  file.changed = state.st_mtim;
}

std::string sha256_of(const OpenedFile& opened) {
  std::string digest = sha256_of_file(opened.path);
  OpenedFile now = {.name = {}, .path = opened.path};
  take_state(now);
  if (now.length != opened.length || now.changed.tv_sec != opened.changed.tv_sec ||
      now.changed.tv_nsec != opened.changed.tv_nsec)
    throw FileError(opened.path.string() + ": was changed while the model was read");
  return digest;
}

}  // namespace

void note_opened(const std::string& name, const std::filesystem::path& path, std::vector<OpenedFile>& opened) {
  if (std::ranges::find(opened, name, &OpenedFile::name) != opened.end()) return;
  opened.push_back({.name = name, .path = path});
  take_state(opened.back());
}

std::vector<InputFile> input_files(std::string_view model, const std::vector<OpenedFile>& opened,
                                   const CarriedFiles* carried) {
  std::vector<InputFile> inputs = {{.name = {}, .sha256 = sha256(model)}};
  for (const OpenedFile& file : opened) {
    if (carried != nullptr && carried->bytes.contains(file.name)) {
      inputs.push_back({.name = file.name, .sha256 = sha256(carried->bytes.at(file.name))});
    } else {
      inputs.push_back({.name = file.name, .sha256 = sha256_of(file)});
    }
  }
  return inputs;
}

std::string model_sha256(std::span<const InputFile> inputs) {
  if (inputs.empty()) return {};
  if (inputs.size() == 1) return inputs.front().sha256;
  std::string lines;
  for (const InputFile& file : inputs) lines += file.sha256 + "  " + file.name + "\n";
  return sha256(lines);
}

}  // namespace locus
