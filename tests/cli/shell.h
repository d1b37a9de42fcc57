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
  /// A line of bash that waits until the background process `id`, as "$!", is the program and
  /// catches SIGINT. Before it is the program it is a copy of bash, which blocks SIGINT as well.
  static std::string until_it_listens(const std::string& id) {
    const std::string status = "/proc/" + id + "/status";
    return "until { grep -qs '^Name:.*locus' " + status + " && grep -qs 'SigBlk:.*[2367abef]$' " + status +
           "; } || ! kill -0 " + id + "; do sleep 0.05; done\n";
  }
};

}  // namespace locus
