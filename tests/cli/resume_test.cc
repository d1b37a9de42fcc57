// locus run --checkpoint and locus resume: a run that was killed, stopped or moved ends like an
// uninterrupted one.
#include <chrono>
#include <csignal>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "sim/report/checkpoint.h"
#include "sim/run/run.h"
#include "tests/cli/invoke.h"
#include "tests/cli/kills.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

class ResumeCommand : public InFolder {
 protected:
  std::string model(const std::string& training = "training { updates: 6 learning_rate: 0.1 batch: 2 }\n") {
    return file("small.txtpb", small_model_text("small", training));
  }

  void expect_same_result(const std::string& one, const std::string& other) {
    for (const char* name : {"result.json", "result.binpb", "losses.csv", "ledger.csv", "report.html"}) {
      EXPECT_EQ(text(one + "/" + name), text(other + "/" + name)) << name;
      EXPECT_FALSE(text(one + "/" + name).empty()) << name;
    }
  }
};

TEST_F(ResumeCommand, GoesOnWithNothingButTheFile) {
  const std::string path = model();
  ASSERT_EQ(invoke({"run", path, "--quiet", "--out", at("whole")}).code, 0);
  for (const char* transport : {"batched", "mailbox"}) {
    const std::string checkpoint = at(std::string(transport) + ".ckpt");
    const std::string out = at(std::string("out-") + transport);
    ASSERT_EQ(invoke({"run", path, "--quiet", "--out", out, "--checkpoint", checkpoint, "--checkpoint-every", "5",
                      "--transport", transport, "--rule", "bptt", "--rule", "rflo", "--seed", "9"})
                  .code,
              0);
    const std::string expected = text(std::string("out-") + transport + "/result.json");
    fs::remove_all(out);
    fs::rename(checkpoint, at("moved.ckpt"));
    fs::rename(path, at("elsewhere.txtpb"));  // the checkpoint contains the model
    const Answer answer = invoke({"resume", at("moved.ckpt"), "--threads", "3"});
    fs::rename(at("elsewhere.txtpb"), path);
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_EQ(answer.out + answer.err, "");
    EXPECT_EQ(text(std::string("out-") + transport + "/result.json"), expected);
  }
}

TEST_F(ResumeCommand, CarriesFilesOfWeightsAndCosts) {
  const std::string before = small_model_text("files", "training { updates: 4 learning_rate: 0.1 }\n");
  std::string text = before;
  const std::string gaussian = "weights { gaussian { gain: 0.8 } }";
  text.replace(text.find(gaussian), gaussian.size(), "weights { file { path: \"w.npy\" } }");
  text += "chip { mesh { width: 2 height: 2 } neurons_per_core: 4 cost_file: \"cost.txtpb\" }\n";
  const std::string path = file("files.txtpb", text);
  file("cost.txtpb", "packet { energy: 2 time: 1 }\n");
  file("other.txtpb", "packet { energy: 3 time: 1 }\n");
  std::string npy("\x93NUMPY\x01\x00\x46\x00", 10);
  std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 3), }";
  header.append(0x46 - 1 - header.size(), ' ');
  npy += header + '\n';
  const double weights[9] = {0.5, -0.25, 0.125, 0.75, -0.5, 0.0625, 0.25, 0.375, -0.125};
  npy.append(reinterpret_cast<const char*>(weights), sizeof weights);
  file("w.npy", npy);
  for (const bool other_cost : {false, true}) {
    const std::string name = other_cost ? "b" : "a";
    std::vector<std::string> words = {
        "run", path, "--quiet", "--out", at(name), "--checkpoint", at(name + ".ckpt"), "--checkpoint-every", "3"};
    if (other_cost) words.insert(words.end(), {"--cost", at("other.txtpb")});
    const Answer first = invoke(words);
    ASSERT_EQ(first.code, 0) << first.err;
  }
  fs::remove(at("w.npy"));
  fs::remove(at("cost.txtpb"));
  fs::remove(at("other.txtpb"));
  fs::remove(path);
  for (const std::string name : {"a", "b"}) {
    const std::string expected = this->text(name + "/result.json");
    EXPECT_FALSE(expected.empty());
    fs::remove_all(at(name));
    const Answer answer = invoke({"resume", at(name + ".ckpt")});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_EQ(this->text(name + "/result.json"), expected);
  }
  EXPECT_NE(this->text("a/result.json"), this->text("b/result.json"));
}

TEST_F(ResumeCommand, KilledAtFiftyRandomMomentsLosesNothing) {
  const std::string path = model("training { updates: 150 learning_rate: 0.02 batch: 2 }\n");
  // The program makes it, because the library in this test may have another level of arithmetic.
  ASSERT_EQ(wait_for(start({"run", path, "--quiet", "--out", at("whole")})), 0);
  kill_and_go_on({.model = path,
                  .every = "1",
                  .checkpoint = at("run.ckpt"),
                  .out = at("out"),
                  .kills = 50,
                  .most_microseconds = 120'000,
                  .seed = 20260601},
                 [&] { expect_same_result("whole", "out"); });
  for (const std::string& name : files()) EXPECT_FALSE(has(name, ".part")) << name;
}

TEST_F(ResumeCommand, SigtermAndCtrlCWriteACheckpointAndSayHowToGoOn) {
  const std::string path = model("training { updates: 150000 learning_rate: 0.001 }\n");
  ASSERT_EQ(invoke({"run", path, "--quiet", "--out", at("whole"), "--rule", "rflo"}).code, 0);
  for (const int signal : {SIGTERM, SIGINT}) {
    sigset_t set = {};
    sigset_t before = {};
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &set, &before), 0);
    fs::remove_all(at("out"));
    fs::remove(at("run.ckpt"));
    std::thread presses([&] {
      while (!fs::exists(at("out"))) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      std::this_thread::sleep_for(std::chrono::milliseconds(40));
      ::kill(::getpid(), signal);
    });
    // The test takes less than an hour, so that only the signal causes a checkpoint.
    const Answer answer = invoke({"run", path, "--quiet", "--out", at("out"), "--rule", "rflo", "--checkpoint",
                                  at("run.ckpt"), "--checkpoint-every", "1h"});
    presses.join();
    ASSERT_EQ(pthread_sigmask(SIG_SETMASK, &before, nullptr), 0);
    ASSERT_EQ(answer.code, code_of(Exit::kInterrupted)) << "the run was over before the signal came";
    EXPECT_EQ(answer.err, "locus run: interrupted\nTo go on: locus resume " + at("run.ckpt") + "\n");
    EXPECT_TRUE(has(text("out/result.json"), "INTERRUPTED"));
    const Answer resumed = invoke({"resume", at("run.ckpt")});
    EXPECT_EQ(resumed.code, 0) << resumed.err;
    expect_same_result("whole", "out");
  }
}

TEST_F(ResumeCommand, CurvesForTensorBoardAreThoseOfARunWithoutABreak) {
  // its teacher has modes
  const std::string path = (fs::path(LOCUS_MODELS) / "student_teacher.txtpb").string();
  const std::vector<std::string> rules = {"--rule", "bptt", "--rule", "rflo", "--updates", "450"};
  const auto words = [&](const std::string& tensorboard, const std::vector<std::string>& more) {
    std::vector<std::string> all = {"run", path, "--quiet", "--tensorboard", at(tensorboard)};
    all.insert(all.end(), rules.begin(), rules.end());
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  ASSERT_EQ(invoke(words("whole", {})).code, 0);
  // The last checkpoint of each run is in the middle of the first rule between points of a curve;
  // at a point; and in the second rule, after the end of the first.
  for (const char* every : {"319", "300", "650"}) {
    fs::remove(at("run.ckpt"));
    ASSERT_EQ(invoke(words("tb", {"--checkpoint", at("run.ckpt"), "--checkpoint-every", every})).code, 0);
    fs::remove_all(at("tb"));  // as after a kill, or in another folder
    const Answer resumed = invoke({"resume", at("run.ckpt")});
    ASSERT_EQ(resumed.code, 0) << resumed.err;
    for (const char* rule : {"bptt", "rflo"}) {
      const std::string file = std::string("/student_teacher/") + rule + "/events.out.tfevents.0.locus";
      EXPECT_EQ(text("tb" + file), text("whole" + file)) << rule << ", checkpoint every " << every;
      EXPECT_GT(text("whole" + file).size(), 100'000U) << "it holds curves";
    }
  }
}

TEST_F(ResumeCommand, ACheckpointThatIsThereIsNotOverwrittenByARun) {
  const std::string path = model();
  ASSERT_EQ(invoke({"run", path, "--quiet", "--checkpoint", at("run.ckpt"), "--checkpoint-every", "1"}).code, 0);
  const std::string before = text("run.ckpt");
  EXPECT_FALSE(before.empty()) << "the last one stays, also after the run has ended";
  const Answer again = invoke({"run", path, "--quiet", "--checkpoint", at("run.ckpt")});
  EXPECT_EQ(again.code, code_of(Exit::kUsage));
  EXPECT_TRUE(has(again.err, "run.ckpt is there already; `locus resume")) << again.err;
  EXPECT_EQ(text("run.ckpt"), before);
}

TEST_F(ResumeCommand, WhatIsNoCheckpointOrOfAnotherRunIsExit3) {
  const std::string path = model();
  const Answer text_file = invoke({"resume", path});
  EXPECT_EQ(text_file.code, code_of(Exit::kInvalid));
  EXPECT_TRUE(has(text_file.err, "small.txtpb: error: is no checkpoint of locus; must be a file that locus wrote as a checkpoint"))
      << text_file.err;
  EXPECT_EQ(invoke({"resume", at("nowhere")}).code, code_of(Exit::kFailed));
  ASSERT_EQ(invoke({"run", path, "--quiet", "--checkpoint", at("run.ckpt"), "--checkpoint-every", "1"}).code, 0);
  std::string bytes = text("run.ckpt");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  const Answer flipped = invoke({"resume", file("flipped.ckpt", bytes)});
  EXPECT_EQ(flipped.code, code_of(Exit::kInvalid));
  EXPECT_TRUE(has(flipped.err, "is a checkpoint that is damaged")) << flipped.err;
  const Answer cut = invoke({"resume", file("cut.ckpt", text("run.ckpt").substr(0, 300))});
  EXPECT_EQ(cut.code, code_of(Exit::kInvalid));
  EXPECT_TRUE(has(cut.err, "is a checkpoint that is cut short")) << cut.err;
}

TEST_F(ResumeCommand, AWholeCheckpointOfWhatIsNoRunIsExit3) {
  const std::string path = model();
  Spec spec = load(path);
  spec.training.updates = 2;
  const auto write = [&](const std::vector<std::string>& arguments) {
    run(spec, {.threads = 1, .watch = [&](const Moment& moment) {
                 write_checkpoint({.arguments = arguments, .model = path, .bytes = text("small.txtpb"), .files = {}},
                                  moment, at("run.ckpt"));
               }});
    const Answer answer = invoke({"resume", at("run.ckpt")});
    EXPECT_EQ(answer.code, code_of(Exit::kInvalid));
    return answer.err;
  };
  EXPECT_TRUE(has(write({path, "--no-such-option"}), "that this program cannot be asked for; unknown option"))
      << "of another version";
  EXPECT_TRUE(has(write({path, "--updates", "many"}), "that this program cannot be asked for; --updates: is \"many\""));
  EXPECT_TRUE(has(write({path, "--updates", "1"}), "is a checkpoint of another run; rule bptt of it: 2 updates of 1"));
  EXPECT_TRUE(has(write({path, "--rule", "rtrl"}), "is a checkpoint of another run"));
}

TEST_F(ResumeCommand, WhatDoesNotGoTogetherIsExit2) {
  const std::string path = model();
  const std::string other = file("other.txtpb", small_model_text("other"));
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"run", path, "--checkpoint-every", "3"},
           {"run", path, other, "--checkpoint", at("run.ckpt")},
           {"run", path, "--checkpoint", at("run.ckpt"), "--trace", at("t.csv")},
           {"run", path, "--checkpoint", at("run.ckpt"), "--checkpoint-every", "0"},
           {"run", path, "--checkpoint", at("run.ckpt"), "--checkpoint-every", "5 minutes"},
           {"run", path, "--checkpoint", at("run.ckpt"), "--checkpoint-every", "99999999999"}}) {
    const Answer answer = invoke(words);
    EXPECT_EQ(answer.code, code_of(Exit::kUsage)) << answer.err;
    EXPECT_TRUE(has(answer.err, "checkpoint")) << answer.err;
  }
  EXPECT_FALSE(fs::exists(at("run.ckpt")));
  const Answer folder = invoke({"run", path, "--checkpoint", folder_.string()});
  EXPECT_EQ(folder.code, code_of(Exit::kUsage));
  EXPECT_TRUE(has(folder.err, "--checkpoint " + folder_.string() + " is a folder; must be a file")) << folder.err;
}

}  // namespace
}  // namespace locus
