// CarriedFiles: the contents of the files of weights and costs that a model names, so that the
// model can be loaded again without them.
//
// A run may be resumed from a checkpoint on another machine, or after a change of the files.
// Cost: the size of the files in memory.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace locus {

struct CarriedFiles {
  // false: files are read from the folder and kept here; true: they come only from here
  bool complete = false;
  std::map<std::string, std::string> bytes;  // by their names in the model
  // where files are that the model names, by these names: while it is read, and until it has turned
  // out to be valid, so that no file is taken that is not what it must be
  std::map<std::string, std::filesystem::path> named = {};
};

}  // namespace locus
