// locus run, in the way that scripts use it: exit codes, places of output, options.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <signal.h>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/cli/invoke.h"
#include "tests/support/golden_text.h"

namespace locus {
namespace {

class Run : public InFolder {
 protected:
  std::string model() { return file("small.txtpb", small_model_text("small")); }
};

/// The value of the first `"key":` of a JSON text, up to the next comma or bracket.
std::string value_of(const std::string& json, const std::string& key) {
  const std::size_t begin = json.find("\"" + key + "\":") + key.size() + 3;
  return json.substr(begin, json.find_first_of(",}]", begin) - begin);
}

std::vector<std::string> values_of(const std::string& json, const std::string& key) {
  std::vector<std::string> values;
  for (std::size_t at = 0; (at = json.find("\"" + key + "\":", at)) != std::string::npos; ++at)
    values.push_back(value_of(json.substr(at), key));
  return values;
}

TEST_F(Run, PrintsTheComparisonAndWritesNothingUnasked) {
  const Answer answer = invoke({"run", model()});
  EXPECT_EQ(answer.code, 0);
  EXPECT_EQ(answer.err, "");
  expect_fits(answer.out);
  for (const char* part : {"LEARNING", "PER TRIAL", "bptt", "rflo", "still", "fingerprints:"})
    EXPECT_TRUE(has(answer.out, part)) << part;
  EXPECT_EQ(files(), std::vector<std::string>{"small.txtpb"});
}

TEST_F(Run, WritesResultsWhereItIsTold) {
  const Answer answer = invoke({"run", model(), "--out", (folder_ / "a" / "b").string()});
  EXPECT_EQ(answer.code, 0);
  EXPECT_TRUE(has(answer.out, "results: " + (folder_ / "a" / "b").string()));
  EXPECT_TRUE(has(answer.out, "report: " + (folder_ / "a" / "b" / "report.html").string()));
  EXPECT_EQ(files(), (std::vector<std::string>{"a/b/.locus-files", "a/b/ledger.csv", "a/b/losses.csv", "a/b/report.html",
                                               "a/b/result.binpb", "a/b/result.json", "small.txtpb"}));
}

TEST_F(Run, WritesEventFilesWhereItIsTold) {
  const Answer answer = invoke({"run", model(), "--quiet", "--tensorboard", (folder_ / "tb").string()});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(files(), (std::vector<std::string>{"small.txtpb", "tb/small/bptt/events.out.tfevents.0.locus",
                                               "tb/small/rflo/events.out.tfevents.0.locus",
                                               "tb/small/still/events.out.tfevents.0.locus"}));
}

TEST_F(Run, GivesEveryOfSeveralModelsItsFolder) {
  const std::string other = file("other.txtpb", small_model_text("x/y"));
  const Answer answer = invoke({"run", model(), other, "--quiet", "--out", folder_.string()});
  EXPECT_EQ(answer.code, 0);
  EXPECT_EQ(answer.out + answer.err, "");
  EXPECT_TRUE(std::filesystem::exists(folder_ / "small" / "result.json"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "x%2Fy" / "result.json"));
}

TEST_F(Run, JsonIsALineAModelAndNothingElse) {
  const std::string other = file("other.txtpb", small_model_text("other"));
  const Answer answer = invoke({"run", model(), other, "--json", "--updates", "2"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_EQ(answer.err, "");
  EXPECT_EQ(std::ranges::count(answer.out, '\n'), 2);
  EXPECT_TRUE(answer.out.starts_with("{\"model\":\"small\""));
  EXPECT_TRUE(has(answer.out, "}\n{\"model\":\"other\""));
}

TEST_F(Run, RunsTheRulesAskedForInTheirOrder) {
  const Answer answer = invoke({"run", model(), "--json", "--rule", "rtrl", "--rule=tbptt:2:1", "--rule", "bptt"});
  EXPECT_EQ(values_of(answer.out, "rule"), (std::vector<std::string>{"\"rtrl\"", "\"tbptt:2:1\"", "\"bptt\""}));
}

TEST_F(Run, TakesUpdatesAndSeedFromTheCommandLine) {
  const Answer answer = invoke({"run", model(), "--json", "--updates", "2", "--seed", "18446744073709551615"});
  EXPECT_EQ(value_of(answer.out, "seed"), "\"18446744073709551615\"");
  EXPECT_EQ(value_of(answer.out, "updates"), "2");
  const Answer other = invoke({"run", model(), "--json", "--updates", "2", "--seed", "5"});
  EXPECT_NE(values_of(answer.out, "fingerprint"), values_of(other.out, "fingerprint"));
}

TEST_F(Run, WarnsOfAShortFormThatLosesErrors) {
  const std::string model =
      file("m.txtpb", small_model_text("m", "training { loss: SEQUENCE updates: 1 learning_rate: 0.1 }\n"));
  const Answer losing = invoke({"run", model, "--rule", "tbptt:1:2", "--quiet"});
  EXPECT_EQ(losing.code, code_of(Exit::kDone)) << losing.err;
  EXPECT_NE(losing.err.find("warning: rule tbptt:1:2: stride 2 is more than depth 1"), std::string::npos) << losing.err;
  EXPECT_EQ(invoke({"run", model, "--rule", "tbptt:2:2", "--quiet"}).err, "");
}

TEST_F(Run, CountsAreTheSameHoweverItRuns) {
  const Answer one = invoke({"run", model(), "--json", "--threads", "1"});
  const Answer three = invoke({"run", model(), "--json", "--threads", "3"});
  const Answer mailbox = invoke({"run", model(), "--json", "--transport", "mailbox"});
  EXPECT_EQ(one.out, three.out);
  EXPECT_EQ(values_of(one.out, "messages"), values_of(mailbox.out, "messages"));
}

TEST_F(Run, ABrokenBudgetIsExit4AndTheOtherRulesRun) {
  const Answer answer = invoke({"run", model(), "--locality", "strict", "--out", (folder_ / "out").string()});
  EXPECT_EQ(answer.code, code_of(Exit::kBudgetBroken));
  EXPECT_EQ(answer.err.substr(0, answer.err.find('\n')), "locus run: small: the strict locality budget was broken");
  EXPECT_TRUE(has(answer.err, "rule bptt broke the strict locality budget in update 1, tick 4: TRANSPORT of lag 0 from synapse A[0,0]"))
      << answer.err;
  EXPECT_TRUE(has(answer.out, "BROKE BUDGET"));
  EXPECT_TRUE(has(answer.out, "The strict locality budget was broken by bptt."));
  const std::string json = text("out/result.json");
  EXPECT_TRUE(has(json, "LOCALITY_BROKEN"));
  EXPECT_TRUE(has(json, "COMPLETED"));
}

TEST_F(Run, DivergenceIsReportedAndNoError) {
  const std::string wild =
      file("wild.txtpb", small_model_text("wild", "training { updates: 300 learning_rate: 1e200 }\n"));
  const Answer answer = invoke({"run", wild, "--rule", "rflo"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_EQ(answer.err, "");
  EXPECT_TRUE(has(answer.out, "DIVERGED")) << answer.out;
  EXPECT_TRUE(has(answer.out, "rflo: diverged at update")) << answer.out;
  const Answer quiet = invoke({"run", wild, "--rule", "rflo", "--quiet"});
  EXPECT_EQ(quiet.code, 0);
  EXPECT_TRUE(quiet.err.starts_with("locus run: wild: rflo: diverged at update")) << quiet.err;
}

TEST_F(Run, AFileThatIsNotThereIsExit1) {
  const Answer answer = invoke({"run", (folder_ / "nothere.txtpb").string()});
  EXPECT_EQ(answer.code, code_of(Exit::kFailed));
  EXPECT_TRUE(has(answer.err, "nothere.txtpb: cannot open: No such file or directory"));
}

TEST_F(Run, AnInvalidModelIsExit3WithEveryFault) {
  const std::string bad =
      file("bad.txtpb", small_model_text("bad", "training { updates: 0 learning_rate: -1 looss: FINAL }\n"));
  const Answer answer = invoke({"run", bad});
  EXPECT_EQ(answer.code, code_of(Exit::kInvalid));
  EXPECT_EQ(answer.out, "");
  EXPECT_TRUE(has(answer.err.substr(0, answer.err.find('\n')), "locus run: " + bad + " is invalid")) << answer.err;
  EXPECT_TRUE(has(answer.err, bad + ":17:"));
  EXPECT_TRUE(has(answer.err, "did you mean"));
}

TEST_F(Run, AFolderThatCannotBeWrittenIsExit1BeforeTheRun) {
  const std::string long_run =
      file("long.txtpb", small_model_text("long", "training { updates: 2000000000 learning_rate: 0.1 }\n"));
  const std::string in_the_way = file("results", "");
  const Answer answer = invoke({"run", long_run, "--out", in_the_way});
  EXPECT_EQ(answer.code, code_of(Exit::kFailed));
  EXPECT_TRUE(has(answer.err, in_the_way)) << answer.err;
}

TEST_F(Run, MemoryThatCannotBeHadIsForeseen) {
  std::string vast = small_model_text("vast");
  vast.replace(vast.find("size: 3 rate"), 7, "size: 40000");
  const std::size_t rflo = vast.find("rules { name: \"rflo\"");
  vast.erase(rflo, vast.find('\n', rflo) - rflo);  // its feedback still has the old size
  const Answer answer = invoke({"run", file("vast.txtpb", vast), "--rule", "rtrl"});
  EXPECT_EQ(answer.code, code_of(Exit::kFailed)) << answer.err;
  EXPECT_TRUE(has(answer.err, "rule rtrl needs 1.02 PB of memory in all, 1.02 PB of it for sensitivities")) << answer.err;
}

TEST_F(Run, MemoryThatIsAllowedIsHeldAgainstWhatIsForeseen) {
  EXPECT_EQ(invoke({"run", model(), "--quiet", "--memory", "2G"}).code, 0);
  const Answer refused = invoke({"run", model(), "--quiet", "--memory", "1.5k", "--out", (folder_ / "out").string()});
  EXPECT_EQ(refused.code, code_of(Exit::kFailed));
  EXPECT_TRUE(has(refused.err, "model small: rule ")) << refused.err;
  EXPECT_TRUE(has(refused.err, "; 1.50 kB can be had")) << refused.err;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
  for (const char* size : {"0", "-1", "many", "5X", "1e999", "5GB"})
    EXPECT_EQ(invoke({"run", model(), "--memory", size}).code, code_of(Exit::kUsage)) << size;
}

TEST_F(Run, InterruptEndsAfterThePresentUpdateAndWritesResults) {
  const std::string endless =
      file("endless.txtpb", small_model_text("endless", "training { updates: 2000000000 learning_rate: 0.001 }\n"));
  // The signal is blocked before the program makes any thread, so that no thread of the test takes
  // it and only the program waits for it.
  sigset_t set = {};
  sigset_t before = {};
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &set, &before), 0);
  // Sends Ctrl-C after the start of the run, when its folder exists and has been checked.
  std::thread presses([this] {
    while (!std::filesystem::exists(folder_ / "out")) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    ::kill(::getpid(), SIGINT);
  });
  const Answer answer = invoke({"run", endless, "--out", (folder_ / "out").string()});
  ASSERT_EQ(pthread_sigmask(SIG_SETMASK, &before, nullptr), 0);
  presses.join();
  EXPECT_EQ(answer.code, code_of(Exit::kInterrupted));
  EXPECT_EQ(answer.err, "locus run: interrupted\nOnly a run with --checkpoint FILE can be gone on with.\n");
  EXPECT_TRUE(has(answer.out, "INTERRUPTED"));
  EXPECT_TRUE(has(text("out/result.json"), "\"INTERRUPTED\""));
}

}  // namespace
}  // namespace locus
