#include "tests/cli/shell.h"

#include <cstdlib>

#include <gtest/gtest.h>
#include <sys/wait.h>

namespace locus {

int InShell::shell(const std::string& lines) {
  const std::string script = file("script", "LOCUS='" LOCUS_PROGRAM "' DIR='" + folder_.string() + "'\n" + lines + "\n");
  const int status = std::system(
      ("bash " + script + " >" + (folder_ / "stdout").string() + " 2>" + (folder_ / "stderr").string()).c_str());
  EXPECT_TRUE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

}  // namespace locus
