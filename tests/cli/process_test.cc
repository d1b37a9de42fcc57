// The process around the program: streams that end early, signals, exit codes in a shell.
#include <gtest/gtest.h>

#include "tests/cli/shell.h"

namespace locus {
namespace {

using Process = InShell;

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

TEST_F(Process, CtrlCWritesResults) {
  file("endless.txtpb", small_model_text("endless", "training { updates: 2000000000 learning_rate: 0.001 }\n"));
  EXPECT_EQ(shell("$LOCUS run $DIR/endless.txtpb --out $DIR/out & while [[ ! -d $DIR/out ]]; do sleep 0.05; done\n"
                  "sleep 0.3; kill -INT $!; wait $!"),
            130);
  EXPECT_NE(text("out/result.json").find("INTERRUPTED"), std::string::npos);
}

TEST_F(Process, CtrlCStopsATheoryInTheExpectation) {
  EXPECT_EQ(shell("$LOCUS theory " LOCUS_MODELS "/student_teacher.txtpb --updates 10000000 &\n" +
                  until_it_listens("$!") + "sleep 1; kill -INT $!; wait $!"),
            130);
  EXPECT_NE(text("stdout").find("interrupted"), std::string::npos) << text("stdout");
  EXPECT_EQ(text("stdout").find("diverged"), std::string::npos) << text("stdout");
}

TEST_F(Process, SigtermStopsATheoryInItsFlows) {
  EXPECT_EQ(shell("sed 's/learning_rate: [0-9.e-]*/learning_rate: 1e9/' " LOCUS_MODELS "/student_teacher.txtpb >$DIR/long.txtpb\n"
                  "for i in {1..200}; do echo 'rules { name: \"r'$i'\" bptt {} }'; done >>$DIR/long.txtpb\n"
                  "$LOCUS theory $DIR/long.txtpb --no-simulation --updates 2 &\n" +
                  until_it_listens("$!") + "sleep 0.3; kill -TERM $!; wait $!"),
            130);
  EXPECT_NE(text("stdout").find("interrupted"), std::string::npos) << text("stdout");
}

TEST_F(Process, CtrlCEndsReproduceAndKeepsWhatIsMeasured) {
  // set -m: without job control, background processes of a shell ignore SIGINT.
  EXPECT_EQ(shell("set -m; $LOCUS reproduce rates low-rank --full --out $DIR/out & while [[ ! -e $DIR/out/claims.json ]]; do sleep 0.05; done\n"
                  "sleep 0.2; kill -INT $!; wait $!"),
            130);
  EXPECT_NE(text("out/claims.json").find("\"id\":\"rates\""), std::string::npos);
}

TEST_F(Process, ASecondCtrlCEndsAnUpdateThatTakesForever) {
  file("slow.txtpb", R"(
network {
  populations { name: "in" size: 1 input {} }
  populations { name: "rec" size: 1000 rate {} }
  populations { name: "out" size: 1 readout {} }
  projections { name: "B" source: "in" target: "rec" weights { constant { value: 1 } } }
  projections { name: "W" source: "rec" target: "rec" weights { gaussian { gain: 0.5 } } }
  projections { name: "A" source: "rec" target: "out" weights { constant { value: 1 } } }
}
task { student_teacher { teacher {
  populations { name: "in" size: 1 input {} }
  populations { name: "rec" size: 1 rate {} }
  populations { name: "out" size: 1 readout {} }
  projections { name: "B" source: "in" target: "rec" weights { constant { value: 1 } } }
  projections { name: "A" source: "rec" target: "out" weights { constant { value: 1 } } }
} } }
training { ticks: 100000 learning_rate: 0.001 }
rules { name: "rflo" rflo {} }
)");
  EXPECT_EQ(shell("$LOCUS run $DIR/slow.txtpb --out $DIR/out --transport mailbox & while [[ ! -d $DIR/out ]]; do sleep 0.05; done\n"
                  "sleep 0.5; kill -INT $!; sleep 0.3; kill -0 $! || exit 99; kill -INT $!; wait $!"),
            130);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out" / "result.json"));
}

TEST_F(Process, MemoryThatEndsIsExit1) {
#ifdef LOCUS_SANITIZED
  GTEST_SKIP() << "a sanitised program takes address space without end";
#endif
  std::string text = small_model_text("large");
  text.replace(text.find("size: 3 rate"), 7, "size: 4000");
  const std::size_t rflo = text.find("rules { name: \"rflo\"");
  text.erase(rflo, text.find('\n', rflo) - rflo);
  file("large.txtpb", text);
  EXPECT_EQ(shell("ulimit -v 400000; $LOCUS run $DIR/large.txtpb --rule bptt --threads 1"), 1) << this->text("stderr");
  EXPECT_NE(this->text("stderr").find("of memory in all"), std::string::npos) << this->text("stderr");
  // nobody foresees the memory of a model file
  EXPECT_EQ(shell("truncate -s 600M $DIR/large.binpb; ulimit -v 400000; $LOCUS validate $DIR/large.binpb"), 1);
  EXPECT_NE(this->text("stderr").find("memory does not suffice"), std::string::npos) << this->text("stderr");
}

}  // namespace
}  // namespace locus
