// Runs that are asked to end: signals of batch systems, a closed terminal, a time limit; and limits
// of the system on files and descriptors.
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/ioctl.h>

#include "sim/cli/duration.h"
#include "tests/cli/shell.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

class Signals : public InShell {
 protected:
  void SetUp() override {
    InShell::SetUp();
    file("small.txtpb", small_model_text("small", "training { updates: 2000000000 learning_rate: 1e-9 }\n"));
    // Its updates take so long that the results of some seconds are short.
    std::string text = small_model_text("endless", "training { updates: 2000000000 learning_rate: 1e-9 }\n");
    text.replace(text.find("size: 3 rate"), 7, "size: 200");
    const std::size_t rflo = text.find("rules { name: \"rflo\"");
    file("endless.txtpb", text.erase(rflo, text.find('\n', rflo) - rflo));
  }
  /// Begins an endless run in the background, with $p its process, and waits until it computes:
  /// until its checkpoint is there.
  static std::string begin(const std::string& more = "", const std::string& before = "") {
    return before + "$LOCUS run $DIR/endless.txtpb --rule bptt --quiet --out $DIR/out --checkpoint $DIR/run.ckpt " +
           "--checkpoint-every 1s " + more +
           " & p=$!\nuntil [[ -e $DIR/run.ckpt ]] || ! kill -0 $p; do sleep 0.05; done\n";
  }
  /// The results and the checkpoint of a run that was stopped are there.
  void expect_stopped(const std::string& reason) {
    EXPECT_TRUE(has(text("stderr"), "locus run: " + reason + "\nTo go on: locus resume ")) << text("stderr");
    EXPECT_TRUE(has(text("out/result.json"), "INTERRUPTED"));
    EXPECT_EQ(invoke({"resume", at("run.ckpt"), "--time-limit", "1s"}).code, code_of(Exit::kInterrupted));
    fs::remove_all(at("out"));
    fs::remove(at("run.ckpt"));
  }
};

TEST_F(Signals, ThatWarnEndARunInGoodOrderAndMayComeTwice) {
  for (const std::string name : {"HUP", "USR1", "XCPU"}) {
    EXPECT_EQ(shell(begin() + "kill -" + name + " $p; kill -" + name + " $p; wait $p"), 130) << name;
    expect_stopped("interrupted by SIG" + name);
  }
  EXPECT_EQ(shell(begin() + "kill -USR1 $p; kill -TERM $p; wait $p"), 130) << "a warning, and then the end";
  expect_stopped("interrupted by SIGUSR1");
}

TEST_F(Signals, ALimitOfComputingTimeIsAWarning) {
  // the kernel sends SIGXCPU every second from there on
  EXPECT_EQ(shell(begin("--threads 1", "ulimit -S -t 1; ") + "wait $p"), 130);
  expect_stopped("interrupted by SIGXCPU");
}

TEST_F(Signals, NohupKeepsAHangUpAway) {
  EXPECT_EQ(shell(begin("", "nohup ") + "kill -HUP $p; sleep 0.5; kill -0 $p || exit 99; kill -TERM $p; wait $p"), 130);
  expect_stopped("interrupted");
}

TEST_F(Signals, ASweepEndsInGoodOrderToo) {
  EXPECT_EQ(shell("$LOCUS sweep $DIR/endless.txtpb --seeds 9 --threads 1 --out $DIR/out & p=$!\n" +
                  until_it_listens("$p") + "kill -HUP $p; wait $p"),
            130);
  EXPECT_TRUE(has(text("stderr"), "locus sweep: interrupted by SIGHUP; 9 of 9 members are left\n")) << text("stderr");
  EXPECT_TRUE(fs::exists(at("out/sweep.json")));
}

TEST_F(Signals, AClosedTerminalEndsARunInGoodOrder) {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_GE(terminal, 0);
  ASSERT_EQ(::grantpt(terminal) | ::unlockpt(terminal), 0);
  const std::string name = ::ptsname(terminal);
  const std::string model = at("endless.txtpb");
  const std::string out = at("out");
  const std::string checkpoint = at("run.ckpt");
  const ::pid_t child = ::fork();
  if (child == 0) {  // it leads a session on the terminal, as a shell does
    ::setsid();
    const int side = ::open(name.c_str(), O_RDWR);
    ::ioctl(side, TIOCSCTTY, 0);
    for (int stream = 0; stream < 3; ++stream) ::dup2(side, stream);
    ::close(terminal);
    ::execl(LOCUS_PROGRAM, "locus", "run", model.c_str(), "--rule", "bptt", "--out", out.c_str(), "--checkpoint",
            checkpoint.c_str(), "--checkpoint-every", "1s", nullptr);
    ::_exit(127);
  }
  while (!fs::exists(checkpoint)) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ::close(terminal);
  EXPECT_EQ(wait_for(child), 130);
  EXPECT_TRUE(has(text("out/result.json"), "INTERRUPTED"));
}

TEST_F(Signals, ALimitOfFileSizesIsOneErrorAndLeavesNoPart) {
  EXPECT_EQ(shell("ulimit -f 20; $LOCUS run $DIR/small.txtpb --updates 3 --out $DIR/out --quiet"), 1);
  EXPECT_EQ(text("stderr"), "locus run: " + at("out/report.html") + ": cannot write: File too large\n");
  for (const std::string& name : files()) EXPECT_FALSE(has(name, ".part")) << name;
  EXPECT_EQ(
      shell("ulimit -f 20; $LOCUS run $DIR/small.txtpb --rule rflo --checkpoint $DIR/run.ckpt --checkpoint-every 500 --quiet"),
      1)
      << "its losses grow";
  EXPECT_EQ(text("stderr"), "locus run: " + at("run.ckpt") + ": cannot write: File too large\n");
  EXPECT_TRUE(fs::exists(at("run.ckpt"))) << "the last good one";
  for (const std::string& name : files()) EXPECT_FALSE(has(name, ".part")) << name;
}

TEST_F(Signals, ATimeLimitEndsARunAndItsContinuationInGoodOrder) {
  const std::vector<std::string> words = {"run",          at("endless.txtpb"), "--quiet",      "--out", at("out"),
                                          "--checkpoint", at("run.ckpt"),      "--time-limit", "1s"};
  const auto begin = std::chrono::steady_clock::now();
  const Answer run = invoke(words);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
  EXPECT_EQ(run.code, code_of(Exit::kInterrupted));
  EXPECT_EQ(run.err, "locus run: interrupted by the time limit of 1s\nTo go on: locus resume " + at("run.ckpt") + "\n");
  EXPECT_TRUE(has(text("out/result.json"), "INTERRUPTED"));
  const Answer resumed = invoke({"resume", at("run.ckpt")});
  EXPECT_EQ(resumed.err, "locus resume: interrupted by the time limit of 1s\nTo go on: locus resume " + at("run.ckpt") + "\n")
      << "each command has the limit anew";
  const Answer longer = invoke({"resume", at("run.ckpt"), "--time-limit", "00:00:02"});
  EXPECT_TRUE(has(longer.err, "by the time limit of 00:00:02")) << longer.err;
  EXPECT_EQ(invoke({"run", at("small.txtpb"), "--updates", "3", "--time-limit", "1h"}).code, 0) << "it ends before";
}

TEST_F(Signals, ATimeLimitLeavesTheMembersOfASweep) {
  const Answer answer = invoke({"sweep", at("endless.txtpb"), "--seeds", "5", "--threads", "2", "--time-limit", "1s"});
  EXPECT_EQ(answer.code, code_of(Exit::kInterrupted));
  EXPECT_TRUE(has(answer.err, "locus sweep: interrupted by the time limit of 1s; 5 of 5 members are left\n")) << answer.err;
}

TEST_F(Signals, DurationsAreThoseOfPeopleAndOfBatchSystems) {
  const std::pair<const char*, int> good[] = {
      {"90s", 90},         {"30m", 1800},    {"2h", 7200},          {"1d", 86400},          {"1h30m", 5400},
      {"1d2h3m4s", 93784}, {"00:01:30", 90}, {"100:00:00", 360000}, {"2-01:00:00", 176400}, {"2147483647s", INT32_MAX}};
  for (const auto& [text, seconds] : good) {
    const auto duration = duration_of(text);
    ASSERT_TRUE(duration) << text;
    EXPECT_EQ(duration->count(), seconds) << text;
  }
  for (const char* text : {"", "90", "0s", "-5s", "1.5h", "30m1h", "1h1h", "1h 30m", "5:00", "1:60:00", "1:00:60",
                           "1:0:0", "1-24:00:00", "2147483648s", "99999999999s", "h", "s5", "1:00:00s", "00:00:00"})
    EXPECT_FALSE(duration_of(text)) << text;
  const Answer answer = invoke({"run", at("endless.txtpb"), "--time-limit", "90"});
  EXPECT_EQ(answer.code, code_of(Exit::kUsage));
  EXPECT_TRUE(has(answer.err, "--time-limit: is \"90\"; must be a time above 0 such as 90s, 30m, 2h, 1h30m, 1d or HH:MM:SS"))
      << answer.err;
}

/// Connections without the token at a low limit of descriptors: the run keeps what it needs for its
/// checkpoints, the server's threads do not spin, and the page is served.
TEST_F(Signals, StrangersTakeNoDescriptorsFromARun) {
  EXPECT_EQ(shell("ulimit -n 32\n" + begin("--threads 1 --serve") +
                  "ulimit -S -n 32; url=$(sed -n 's/^live: //p' $DIR/stdout); port=${url#*:*:}; port=${port%%/*}\n"
                  "for i in {1..12}; do exec {f}<>/dev/tcp/127.0.0.1/$port; done\n"
                  "(for i in {1..12}; do exec {f}<>/dev/tcp/127.0.0.1/$port; done; exec sleep 60) & a=$!\n"
                  "(for i in {1..12}; do exec {f}<>/dev/tcp/127.0.0.1/$port; done; exec sleep 60) & b=$!\n"
                  "sleep 0.5; inode=$(stat -c %i $DIR/run.ckpt)\n"
                  "for i in {1..300}; do [[ $(stat -c %i $DIR/run.ckpt) != $inode ]] && break; sleep 0.1; done\n"
                  "kill -0 $p || exit 98; ((i < 300)) || exit 97; sleep 1.5\n"
                  "page=/${url#*://*/}; exec {g}<>/dev/tcp/127.0.0.1/$port\n"
                  "printf 'GET %s HTTP/1.1\\r\\nHost: 127.0.0.1:%s\\r\\n\\r\\n' $page $port >&$g; head -1 <&$g\n"
                  "cat /proc/$p/task/*/stat | awk -v p=$p '$1 != p { ticks += $14 + $15 } END { print \"ticks\", ticks }'\n"
                  "kill $a $b; kill -TERM $p; wait $p"),
            130)
      << text("stderr");
  EXPECT_TRUE(has(text("stdout"), "HTTP/1.1 200 OK")) << text("stdout");
  const std::string printed = text("stdout");
  EXPECT_LT(std::stoi(printed.substr(printed.find("ticks ") + 6)), 50) << "hundredths of a second";
}

}  // namespace
}  // namespace locus
