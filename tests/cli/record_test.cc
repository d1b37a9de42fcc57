// What a model asks to have recorded, through the program: files, refusals, kills and resumed runs.
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <map>
#include <random>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/cli/invoke.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

class RecordCommand : public InFolder {
 protected:
  std::string model(const std::string& training = "training { updates: 6 learning_rate: 0.1 batch: 2 }\n") {
    return file("small.txtpb", small_model_text("small", training) +
                                   "record { quantity: ACTIVITY population: \"rec\" form: PROTOBUF }\n"
                                   "record { quantity: TRACE projection: \"W\" every_ticks: 2 }\n"
                                   "record { quantity: SINGULAR_VALUES projection: \"W\" numbers: FLOAT32 }\n");
  }
  std::string at(const std::string& name) const { return (folder_ / name).string(); }

  std::map<std::string, std::string> recordings(const std::string& out) const {
    std::map<std::string, std::string> all;
    for (const std::string& name : files()) {
      if (name.starts_with(out + "/record/")) all[name.substr(out.size())] = text(name);
    }
    return all;
  }

  /// Starts the program with its output thrown away.
  static ::pid_t begin(const std::vector<std::string>& words) {
    std::vector<const char*> argv = {LOCUS_PROGRAM};
    for (const std::string& word : words) argv.push_back(word.c_str());
    argv.push_back(nullptr);
    const ::pid_t child = ::fork();
    if (child != 0) return child;
    const int nowhere = ::open("/dev/null", O_WRONLY);
    ::dup2(nowhere, 1);
    ::dup2(nowhere, 2);
    ::execv(argv[0], const_cast<char* const*>(argv.data()));
    ::_exit(127);
  }

  static bool has_ended(::pid_t child) {
    siginfo_t info = {};
    ::waitid(P_PID, static_cast<::id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT);
    return info.si_pid == child;
  }

  /// Another one whenever the file has been replaced; 0: it is not there.
  ::ino_t inode(const std::string& name) const {
    struct stat state = {};
    return ::stat(at(name).c_str(), &state) == 0 ? state.st_ino : 0;
  }

  static int end(::pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
};

TEST_F(RecordCommand, WritesAFileForEveryRuleThatHasIt) {
  const std::string asked = model();
  const Answer answer = invoke({"run", asked, "--out", at("out")});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_TRUE(has(answer.out, "recordings: " + at("out/record"))) << answer.out;
  std::vector<std::string> names;
  for (const auto& [name, bytes] : recordings("out")) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"/record/bptt/W-singular-values.npy", "/record/bptt/rec-activity.pb",
                                             "/record/rflo/W-singular-values.npy", "/record/rflo/W-trace.npy",
                                             "/record/rflo/rec-activity.pb", "/record/still/W-singular-values.npy",
                                             "/record/still/rec-activity.pb"}));
  EXPECT_TRUE(has(text("out/record/rflo/W-trace.npy"), "'shape': (6, 2, 2, 3, 3, )"));
  EXPECT_TRUE(has(text("out/record/rflo/W-singular-values.npy"), "'<f4', 'fortran_order': False, 'shape': (6, 3, )"));
}

TEST_F(RecordCommand, ResultsAreThoseOfTheModelWithout) {
  const std::string with = model();
  std::string bare = text("small.txtpb");
  bare.resize(bare.find("record {"));
  for (const char* transport : {"batched", "mailbox"}) {
    ASSERT_EQ(invoke({"run", with, "--quiet", "--out", at("with"), "--transport", transport}).code, 0);
    ASSERT_EQ(invoke({"run", file("bare.txtpb", bare), "--quiet", "--out", at("bare"), "--transport", transport}).code, 0);
    for (const char* name : {"losses.csv", "ledger.csv"}) {
      EXPECT_EQ(text(std::string("with/") + name), text(std::string("bare/") + name)) << name;
      EXPECT_FALSE(text(std::string("with/") + name).empty());
    }
    const auto fingerprints = [&](const std::string& result) {
      std::string found;
      for (std::size_t k = result.find("\"fingerprint\""); k != std::string::npos;
           k = result.find("\"fingerprint\"", k + 1))
        found += result.substr(k, 35);
      return found;
    };
    EXPECT_EQ(fingerprints(text("with/result.json")), fingerprints(text("bare/result.json")));
    EXPECT_FALSE(fingerprints(text("with/result.json")).empty());
  }
}

TEST_F(RecordCommand, WithoutAPlaceIsExit2) {
  const Answer answer = invoke({"run", model()});
  EXPECT_EQ(answer.code, code_of(Exit::kUsage));
  EXPECT_TRUE(has(answer.err, "small.txtpb asks for recordings (rec-activity, ...); --out DIR must say where they go"))
      << answer.err;
}

TEST_F(RecordCommand, InfoSaysHowLargeTheyWillBe) {
  const Answer answer = invoke({"info", model()});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_TRUE(has(answer.out, "W-singular-values")) << answer.out;
  EXPECT_TRUE(has(answer.out, "recordings of all rules: at most")) << answer.out;
}

TEST_F(RecordCommand, KilledAndResumedEndsWithTheSameBytes) {
  const std::string asked = model("training { updates: 120 learning_rate: 0.02 batch: 2 }\n");
  ASSERT_EQ(end(begin({"run", asked, "--quiet", "--out", at("whole")})), 0);
  const auto expected = recordings("whole");
  ASSERT_EQ(expected.size(), 7U);
  std::mt19937 random(20260701);  // one sequence, so that a failure can be met again
  std::uniform_int_distribution<int> microseconds(0, 30'000);
  const std::vector<std::string> run = {
      "run", asked, "--quiet", "--out", at("out"), "--checkpoint", at("run.ckpt"), "--checkpoint-every", "3"};
  int kills = 0;
  int resumed = 0;
  for (int tries = 0; kills < 20 && tries < 300; ++tries) {
    const bool begun = fs::exists(at("run.ckpt"));
    const auto before = inode("run.ckpt");
    const ::pid_t child =
        begun ? begin({"resume", at("run.ckpt"), "--threads", std::to_string(1 + tries % 3)}) : begin(run);
    resumed += begun ? 1 : 0;
    // Every other one is killed at once, or while it opens its files; the others once they have got somewhere.
    while (tries % 2 == 0 && inode("run.ckpt") == before && !has_ended(child))
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds(random)));
    ::kill(child, SIGKILL);
    const int code = end(child);
    ASSERT_TRUE(code == 0 || code == 128 + SIGKILL) << code;
    if (code != 0) {
      ++kills;
      continue;
    }
    ASSERT_EQ(recordings("out"), expected);  // it was done before the kill: the next one begins anew
    fs::remove(at("run.ckpt"));
    fs::remove_all(at("out"));
  }
  EXPECT_EQ(kills, 20);
  EXPECT_GE(resumed, 10) << "kills came while there was something to go on from";
  ASSERT_EQ(end(fs::exists(at("run.ckpt")) ? begin({"resume", at("run.ckpt")}) : begin(run)), 0);
  EXPECT_EQ(recordings("out"), expected);
}

TEST_F(RecordCommand, AResumedRunNeedsItsRecordings) {
  const std::string asked = model();
  ASSERT_EQ(
      invoke({"run", asked, "--quiet", "--out", at("out"), "--checkpoint", at("run.ckpt"), "--checkpoint-every", "4"}).code,
      0);
  const std::string trace = text("out/record/rflo/W-trace.npy");
  file("out/record/rflo/W-trace.npy", trace.substr(0, 200));
  const Answer cut = invoke({"resume", at("run.ckpt")});
  EXPECT_EQ(cut.code, code_of(Exit::kInvalid));
  EXPECT_TRUE(has(cut.err, "W-trace.npy: error: is a recording of 200 bytes; must have the")) << cut.err;
  fs::remove(at("out/record/rflo/W-trace.npy"));
  const Answer gone = invoke({"resume", at("run.ckpt")});
  EXPECT_EQ(gone.code, code_of(Exit::kFailed));
  EXPECT_TRUE(has(gone.err, "W-trace.npy: cannot go on with the recording: No such file")) << gone.err;
  file("out/record/rflo/W-trace.npy", trace);
  EXPECT_EQ(invoke({"resume", at("run.ckpt")}).code, 0);
  EXPECT_EQ(text("out/record/rflo/W-trace.npy"), trace);
}

}  // namespace
}  // namespace locus
