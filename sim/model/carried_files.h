// CarriedFiles: the files of weights and charges that a model names, as they were read, so that the
// model can be loaded again where they are not.
//
// Why: a run goes on from a checkpoint on another machine, or after somebody has changed the files.
// Cost: their size in memory.
#pragma once

#include <map>
#include <string>

namespace locus {

struct CarriedFiles {
  // false: files are read from the folder and kept here; true: from here and from nowhere else
  bool complete = false;
  std::map<std::string, std::string> bytes;  // by the name that the model gives
};

}  // namespace locus
