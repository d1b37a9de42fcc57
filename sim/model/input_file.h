// InputFile: a file that determines a model, by its contents. input_files.h makes them.
#pragma once

#include <string>

namespace locus {

struct InputFile {
  // empty: the model file; otherwise a file that it names, by its name there; "--cost", or
  // "--weights/PROJECTION"
  std::string name;
  std::string sha256;  // of its bytes, 64 hex digits
  friend bool operator==(const InputFile&, const InputFile&) = default;
};

}  // namespace locus
