// The folder of --out: what stays in it, who may write to it, and by which names.
#include <csignal>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/cli/invoke.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

class OutFolder : public InFolder {
 protected:
  std::string model(const std::string& name, const std::string& rest) const {
    return file(name + ".txtpb", small_model_text(name, rest));
  }
  std::string recorded() const {
    std::string text = small_model_text("recorded",
                                        "training { updates: 3 learning_rate: 0.1 evaluation { every: 1 } }\n"
                                        "record { quantity: ACTIVITY population: \"rec\" }\n"
                                        "record { quantity: WEIGHTS projection: \"W\" }\n");
    const std::string first = "task { recorded {\n  trials";
    text.insert(text.find(first) + first.size() - 6,
                "evaluation_trials { input { rows: 4 cols: 2 values: [1, 2, 3, -1, 0.5, 1, -2, 1] } "
                "target { rows: 4 cols: 1 values: [0, 0, 0, 1] } }\n  ");
    return file("recorded.txtpb", text);
  }
  std::vector<std::string> run_into(const std::string& path, const std::string& out) const {
    return {"run", path, "--quiet", "--out", at(out)};
  }
};

TEST_F(OutFolder, HoldsNothingOfARunBefore) {
  ASSERT_EQ(invoke(run_into(recorded(), "o")).code, 0);
  file("o/notes.txt", "precious");
  const std::string plain = model("plain", "training { updates: 2 learning_rate: 0.1 }\n");
  std::vector<std::string> words = run_into(plain, "o");
  words.insert(words.end(), {"--rule", "rflo"});
  ASSERT_EQ(invoke(words).code, 0);
  words = run_into(plain, "fresh");
  words.insert(words.end(), {"--rule", "rflo"});
  ASSERT_EQ(invoke(words).code, 0);
  EXPECT_EQ(text("o/notes.txt"), "precious");
  fs::remove(folder_ / "o/notes.txt");
  EXPECT_EQ(texts("o"), texts("fresh"));
  EXPECT_FALSE(fs::exists(folder_ / "o/record"));
}

TEST_F(OutFolder, OfARunWithRecordingsIsEmptiedBeforeThem) {
  ASSERT_EQ(invoke(run_into(model("plain", ""), "o")).code, 0);
  const ::pid_t child = start(run_into(model("endless",
                                             "training { updates: 2000000000 learning_rate: 0.001 }\n"
                                             "record { quantity: WEIGHTS projection: \"W\" every_updates: 1000000 }\n"),
                                       "o"));
  while (fs::exists(folder_ / "o/result.json")) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  ::kill(child, SIGKILL);
  EXPECT_EQ(wait_for(child), 128 + SIGKILL);
  for (const auto& [name, bytes] : texts("o"))
    EXPECT_TRUE(name.starts_with("record/") || name.starts_with(".locus-")) << name << " is of the run before";
  ASSERT_EQ(invoke(run_into(model("plain", ""), "o")).code, 0);
  EXPECT_FALSE(fs::exists(folder_ / "o/record")) << "what a killed run left is known";
}

TEST_F(OutFolder, IsForOneRunAtATime) {
  const std::string endless = model("endless", "training { updates: 2000000000 learning_rate: 0.001 }\n");
  const ::pid_t child = start({"run", endless, "--quiet", "--out", at("o"), "--checkpoint", at("c")});
  while (!fs::exists(folder_ / "c.locus-lock")) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const std::string holder = "is in use by process " + std::to_string(child) + " on ";
  for (const std::vector<std::string>& words :
       {run_into(endless, "o"), std::vector<std::string>{"sweep", endless, "--out", at("o")},
        std::vector<std::string>{"reproduce", "rates", "--out", at("o")}}) {
    const Answer second = invoke(words);
    EXPECT_EQ(second.code, code_of(Exit::kFailed));
    EXPECT_TRUE(has(second.err, at("o") + ": " + holder)) << second.err;
  }
  const Answer second = invoke({"run", endless, "--quiet", "--checkpoint", at("c")});
  EXPECT_EQ(second.code, code_of(Exit::kFailed));
  EXPECT_TRUE(has(second.err, at("c") + ": " + holder)) << second.err;
  ::kill(child, SIGKILL);
  wait_for(child);
  EXPECT_EQ(invoke(run_into(model("plain", ""), "o")).code, 0) << "a killed run locks nobody out";
  EXPECT_FALSE(fs::exists(folder_ / "o/.locus-lock"));
}

TEST_F(OutFolder, OfASweepIsNotForARun) {
  const std::string plain = model("plain", "");
  ASSERT_EQ(invoke({"sweep", plain, "--quiet", "--out", at("s"), "--rule", "rflo"}).code, 0);
  const auto before = texts("s");
  const Answer answer = invoke(run_into(plain, "s"));
  EXPECT_EQ(answer.code, code_of(Exit::kFailed));
  EXPECT_TRUE(has(answer.err, "holds the results of locus sweep")) << answer.err;
  EXPECT_EQ(texts("s"), before);
}

TEST_F(OutFolder, FilesOfOthersWithNamesLikeUnfinishedOnesStay) {
  const std::string plain = model("plain", "");
  for (const char* name : {"thesis.2024-11.part", "backup.20241130-0.part"}) {
    file(name, "precious");
    file("out/" + std::string(name), "precious");
  }
  ASSERT_EQ(invoke({"run", plain, "--quiet", "--out", at("out"), "--checkpoint", at("c.ckpt")}).code, 0);
  for (const char* name : {"thesis.2024-11.part", "backup.20241130-0.part"}) {
    EXPECT_EQ(text(name), "precious") << name;
    EXPECT_EQ(text("out/" + std::string(name)), "precious") << name;
  }
}

TEST_F(OutFolder, FilesKeepTheirPermissionsAndLinksAreNotWrittenThrough) {
  const std::string path = recorded();
  ASSERT_EQ(invoke(run_into(path, "o")).code, 0);
  const std::string recording = at("o/record/bptt/rec-activity.npy");
  ASSERT_TRUE(fs::exists(recording));
  for (const std::string& closed : {at("o/result.json"), recording}) ASSERT_EQ(::chmod(closed.c_str(), 0600), 0);
  ASSERT_EQ(invoke(run_into(path, "o")).code, 0);
  struct stat state = {};
  ASSERT_EQ(::stat(at("o/result.json").c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 07777U, 0600U);
  file("victim.txt", "victim");
  for (const std::string& name : {recording, at("o/losses.csv")}) {
    const std::string bytes = text(name);
    fs::remove(name);
    fs::create_symlink(at("victim.txt"), name);
    ASSERT_EQ(invoke(run_into(path, "o")).code, 0);
    EXPECT_FALSE(fs::is_symlink(name));
    EXPECT_EQ(text(name), bytes);
  }
  EXPECT_EQ(text("victim.txt"), "victim");
}

TEST_F(OutFolder, ARecordingThatBecameALinkIsNotContinued) {
  const std::string path = recorded();
  std::vector<std::string> words = run_into(path, "o");
  words.insert(words.end(), {"--checkpoint", at("c"), "--checkpoint-every", "1"});
  ASSERT_EQ(invoke(words).code, 0);
  const std::string recording = at("o/record/bptt/rec-activity.npy");
  fs::rename(recording, at("moved.npy"));
  fs::create_symlink(at("moved.npy"), recording);
  const Answer answer = invoke({"resume", at("c")});
  EXPECT_EQ(answer.code, code_of(Exit::kInvalid));
  EXPECT_TRUE(has(answer.err, "is a symbolic link")) << answer.err;
}

TEST_F(OutFolder, PathsNeedNotBeUtf8) {
  const std::string out = "r\xe9sultats";
  const std::string path = file("\xe9t\xe9.txtpb", small_model_text("small",
                                                                    "training { updates: 4 learning_rate: 0.1 }\n"
                                                                    "record { quantity: WEIGHTS projection: \"W\" }\n"));
  ASSERT_EQ(
      invoke({"run", path, "--quiet", "--out", at(out), "--checkpoint", at("\xe9.ckpt"), "--checkpoint-every", "1"}).code,
      0);
  const auto before = texts(out);
  fs::remove(at(out + "/result.json"));
  const Answer resumed = invoke({"resume", at("\xe9.ckpt")});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_EQ(texts(out), before);
  EXPECT_EQ(invoke({"report", at(out)}).code, 0);
  EXPECT_EQ(invoke({"diff", at(out), at(out)}).code, 0);
  EXPECT_EQ(invoke({"sweep", path, "--quiet", "--seeds", "2", "--out", at("\xe9")}).code, 0);
  EXPECT_EQ(invoke({"sweep", path, "--quiet", "--seeds", "2", "--out", at("\xe9")}).err, "");
  EXPECT_EQ(invoke({"diff", at("\xe9"), at("\xe9")}).code, 0);
  // a model without a name has that of its file
  const std::string nameless = small_model_text("", "training { updates: 4 learning_rate: 0.1 }\n");
  ASSERT_EQ(invoke({"run", file("\xe9.txtpb", nameless), "--quiet", "--out", at("nameless")}).code, 0);
  EXPECT_EQ(invoke({"report", at("nameless")}).err, "");
  EXPECT_EQ(invoke({"run", path, "--quiet", "--set", "name=\xe9"}).code, code_of(Exit::kUsage));
}

}  // namespace
}  // namespace locus
