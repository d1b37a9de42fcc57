// Copies of the program that a launcher starts: refused, parts of a sweep, or runs of their own.
#include <gtest/gtest.h>

#include "tests/cli/shell.h"

namespace locus {
namespace {

using Launcher = InShell;

constexpr const char* kCopy = "export OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=4\n";

TEST_F(Launcher, CopiesOfARunAreRefusedWithoutAModule) {
  file("small.txtpb", small_model_text("small"));
  const std::string nowhere = "export LOCUS_MPI_MODULE=/nowhere/module.so\n";
  EXPECT_EQ(shell(kCopy + nowhere + "$LOCUS run $DIR/small.txtpb --out $DIR/out"), 2);
  EXPECT_EQ(text("stderr"),
            "locus run: is started by mpirun as one of 4 processes, but the MPI module cannot be opened "
            "(/nowhere/module.so: cannot open shared object file: No such file or directory); install it, or start one "
            "process; with --ranks off each is a run of its own\nTry: locus run --help\n");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
  EXPECT_EQ(shell(nowhere + "SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=2 $LOCUS run $DIR/small.txtpb --out $DIR/out"), 2);
  EXPECT_TRUE(has(text("stderr"), "by srun as one of 2 processes")) << text("stderr");
  EXPECT_EQ(shell(nowhere + "SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=1 $LOCUS run $DIR/small.txtpb --out $DIR/out"), 0);
}

TEST_F(Launcher, AModuleIsOneOfOurs) {
  file("small.txtpb", small_model_text("small"));
  EXPECT_EQ(shell(std::string(kCopy) + "LOCUS_MPI_MODULE=libm.so.6 $LOCUS run $DIR/small.txtpb"), 2);
  EXPECT_TRUE(has(text("stderr"), "the MPI module is of another version of locus")) << text("stderr");
}

TEST_F(Launcher, CopiesAreRunsOfTheirOwnWithRanksOff) {
  file("small.txtpb", small_model_text("small"));
  // one after the other, as copies of a slow launcher may be
  EXPECT_EQ(shell("export OMPI_COMM_WORLD_SIZE=4\nfor k in 1 3; do OMPI_COMM_WORLD_RANK=$k $LOCUS run $DIR/small.txtpb "
                  "--out $DIR/out --seed $k --ranks off || exit; done"),
            0)
      << text("stderr");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out" / "result.json"));
  EXPECT_TRUE(has(text("out/rank-1/result.json"), "\"seed\": \"1\"")) << text("out/rank-1/result.json").substr(0, 400);
  EXPECT_TRUE(has(text("out/rank-3/result.json"), "\"seed\": \"3\""));
  EXPECT_EQ(shell("$LOCUS run $DIR/small.txtpb --ranks on"), 2);
}

TEST_F(Launcher, CopiesWithRanksOffDoNotNameOneFile) {
  file("small.txtpb", small_model_text("small"));
  for (const char* const name : {"--checkpoint", "--trace"}) {
    EXPECT_EQ(shell(std::string(kCopy) + "$LOCUS run $DIR/small.txtpb --ranks off " + name + " $DIR/file.csv"), 2) << name;
    EXPECT_TRUE(has(text("stderr"), "which copies with --ranks off would all write")) << text("stderr");
    EXPECT_FALSE(std::filesystem::exists(folder_ / "file.csv"));
  }
  EXPECT_EQ(shell("$LOCUS run $DIR/small.txtpb --ranks off --checkpoint $DIR/file.csv"), 0) << text("stderr");
  EXPECT_EQ(shell(std::string(kCopy) + "$LOCUS resume $DIR/file.csv --ranks off"), 0) << text("stderr");
}

TEST_F(Launcher, TwoRunsAtATimeNeverWriteOneFolder) {
  file("endless.txtpb", small_model_text("endless", "training { updates: 2000000000 learning_rate: 0.001 }\n"));
  EXPECT_EQ(shell("set -m\n" + std::string(kCopy) +
                  "$LOCUS run $DIR/endless.txtpb --out $DIR/out --ranks off & first=$!\n"
                  "while [[ ! -e $DIR/out/rank-1/.locus-lock ]]; do sleep 0.05; done; sleep 0.2\n"
                  "$LOCUS run $DIR/endless.txtpb --out $DIR/out --ranks off; code=$?\n"
                  "kill -INT $first; wait $first; exit $code"),
            1);
  EXPECT_TRUE(has(text("stderr"), "is in use by process")) << text("stderr");
}

TEST_F(Launcher, CopiesOfOtherCommandsAreRefusedUnlessTheyOnlyPrint) {
  EXPECT_EQ(shell(std::string(kCopy) + "$LOCUS reproduce rates --out $DIR/out"), 2);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
  EXPECT_EQ(shell(std::string(kCopy) + "$LOCUS info " LOCUS_MODELS "/tiny.txtpb"), 0);
  EXPECT_EQ(shell(std::string(kCopy) + "$LOCUS rules"), 0);
}

TEST_F(Launcher, CopiesOfASweepAreItsParts) {
  file("small.txtpb", small_model_text("small"));
  const std::string command =
      "$LOCUS sweep $DIR/small.txtpb --set training.learning_rate=0.1,0.2,0.3 --seeds 4 --out $DIR/out";
  EXPECT_EQ(shell(std::string(kCopy) + command), 0) << text("stderr");
  EXPECT_EQ(text("stdout"), "part 1/4: 3 of 12 members, all done\n");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out" / "summary.csv"));
  EXPECT_EQ(shell("export SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=4\n"
                  "for k in 1 2 3 4; do SLURM_ARRAY_TASK_ID=$k " +
                  command + " || exit; done"),
            0);
  EXPECT_EQ(text("stdout"),
            "part 0/4: 3 of 12 members, all done\npart 1/4: 3 of 12 members, all done\n"
            "part 2/4: 3 of 12 members, all done\npart 3/4: 3 of 12 members, all done\n");
  EXPECT_EQ(shell("stat -c %Y.%i $DIR/out/members/*/result.binpb >$DIR/before; " + command +
                  " && stat -c %Y.%i $DIR/out/members/*/result.binpb | diff - $DIR/before"),
            0)
      << "every member is found";
  EXPECT_FALSE(text("out/summary.csv").empty());
}

TEST_F(Launcher, APartNeedsAFolderAndANumber) {
  file("small.txtpb", small_model_text("small"));
  EXPECT_EQ(shell(std::string(kCopy) + "$LOCUS sweep $DIR/small.txtpb --seeds 2"), 2);
  EXPECT_TRUE(has(text("stderr"), "part 1/4 of mpirun needs --out DIR")) << text("stderr");
  EXPECT_EQ(shell(std::string(kCopy) + "$LOCUS sweep $DIR/small.txtpb --seeds 2 --part 0/1"), 0);
  EXPECT_EQ(shell("$LOCUS sweep $DIR/small.txtpb --seeds 2 --out $DIR/out --part 2/2"), 2);
  EXPECT_TRUE(has(text("stderr"), "--part: is \"2/2\"; must be K/N")) << text("stderr");
}

}  // namespace
}  // namespace locus
