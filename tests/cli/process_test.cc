// The process around the program: streams that end early, signals, exit codes as a shell sees them.
#include <cstdlib>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "tests/cli/invoke.h"

namespace locus {
namespace {

class Process : public InFolder {
 protected:
  /// Runs a line of bash with $LOCUS and $DIR set; its exit code.
  int shell(const std::string& line) {
    const std::string script = file("script", "LOCUS='" LOCUS_PROGRAM "' DIR='" + folder_.string() + "'\n" + line + "\n");
    const int status = std::system(
        ("bash " + script + " >" + (folder_ / "stdout").string() + " 2>" + (folder_ / "stderr").string()).c_str());
    EXPECT_TRUE(WIFEXITED(status));
    return WEXITSTATUS(status);
  }
  std::string endless() {
    return file("endless.txtpb", small_model_text("endless", "training { updates: 2000000000 learning_rate: 0.001 }\n"));
  }
};

TEST_F(Process, ExitCodesReachTheShell) {
  EXPECT_EQ(shell("$LOCUS --version"), 0);
  EXPECT_EQ(shell("$LOCUS run"), 2);
  EXPECT_EQ(shell("$LOCUS validate $DIR/nothere.txtpb"), 1);
}

TEST_F(Process, AReaderThatGoesAwayDoesNotCostTheResults) {
  file("small.txtpb", small_model_text("small"));
  EXPECT_EQ(shell("set -o pipefail; $LOCUS run $DIR/small.txtpb --out $DIR/out | true"), 0);
  EXPECT_EQ(text("stderr"), "");
  EXPECT_FALSE(text("out/result.json").empty());
}

TEST_F(Process, AFullDiskIsAnError) {
  EXPECT_EQ(shell("$LOCUS rules >/dev/full"), 1);
  EXPECT_EQ(text("stderr"), "locus: standard output cannot be written\n");
}

TEST_F(Process, CtrlCWritesResultsAndASecondOneEndsAtOnce) {
  endless();
  EXPECT_EQ(shell("set -m; $LOCUS run $DIR/endless.txtpb --out $DIR/out & "
                  "while [[ ! -d $DIR/out ]]; do sleep 0.05; done; sleep 0.3; kill -INT $!; wait $!"),
            130);
  EXPECT_NE(text("out/result.json").find("INTERRUPTED"), std::string::npos);
}

}  // namespace
}  // namespace locus
