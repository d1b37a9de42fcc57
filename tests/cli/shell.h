// Tests that run the program in a shell, as people do: with streams, signals and limits of the
// system.
#pragma once

#include <string>

#include "tests/cli/invoke.h"

namespace locus {

class InShell : public InFolder {
 protected:
  /// Runs lines of bash with $LOCUS and $DIR set and returns their exit code; what they print is in
  /// the files stdout and stderr of the folder.
  int shell(const std::string& lines);
};

}  // namespace locus
