// The memory of the program against what it foresees: the peak of each child is what the system
// counted (ru_maxrss), the forecast is the sentence of a refusal.
#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "tests/cli/invoke.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

struct Ended {
  int code = 0;
  double peak = 0;  // bytes
};

class MemoryOfRuns : public InFolder {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer takes memory of its own";
#endif
  }

  /// Runs the program; its output goes to files "out" and "err". `limit`: bytes of address space,
  /// 0 for none.
  Ended run(std::vector<std::string> words, std::size_t limit = 0) const {
    words.insert(words.begin(), "locus");
    const std::string out = at("out");
    const std::string err = at("err");
    const ::pid_t child = ::fork();
    if (child == 0) {
      std::vector<char*> arguments;
      for (std::string& word : words) arguments.push_back(word.data());
      arguments.push_back(nullptr);
      ::dup2(::open(out.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0666), STDOUT_FILENO);
      ::dup2(::open(err.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0666), STDERR_FILENO);
      const rlimit space{limit, limit};
      if (limit > 0) ::setrlimit(RLIMIT_AS, &space);
      ::execv(LOCUS_PROGRAM, arguments.data());
      ::_exit(127);
    }
    int status = 0;
    rusage usage = {};
    EXPECT_EQ(::wait4(child, &status, 0, &usage), child);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            1024.0 * static_cast<double>(usage.ru_maxrss)};
  }

  /// Bytes that the program says it would need in all.
  double foreseen(std::vector<std::string> words) const {
    words.insert(words.end(), {"--memory", "1k"});
    EXPECT_EQ(run(words).code, 1);
    const std::string said = text("err");
    const std::size_t at = said.find(" needs ");
    EXPECT_NE(at, std::string::npos) << said;
    if (at == std::string::npos) return 0;
    char* rest = nullptr;
    const double number = std::strtod(said.c_str() + at + 7, &rest);
    const std::string unit = std::string(rest + 1).substr(0, 2);
    return number * (unit == "GB" ? 1e9 : unit == "MB" ? 1e6 : 1e3);
  }
};

/// A model whose run takes some tens of megabytes, for one reason or another: a function of the
/// seed. Its neurons are not silent.
struct RandomRun {
  std::string model;
  std::vector<std::string> options;
};

std::string weights(int in_degree, double value) {
  return in_degree > 0
             ? fmt::format("weights {{ sparse_random {{ in_degree: {} gaussian {{ gain: {} }} }} }}", in_degree, value)
             : fmt::format("weights {{ gaussian {{ gain: {} }} }}", value);
}

RandomRun random_run(std::uint64_t seed) {
  Dice dice(seed);
  const auto pick = [&](std::vector<std::string> words) {
    return words[static_cast<std::size_t>(dice.between(0, static_cast<int>(words.size()) - 1))];
  };
  const std::string rflo = "rflo { feedback { weights { gaussian { gain: 1 } } } }";
  const std::vector<std::string> rules = {rflo, "eprop {}", "bptt {}", "tbptt { depth: 3 }"};
  bool spiking = dice.chance(25);
  std::string rule = pick(rules);
  int inputs = dice.between(5, 40);
  int units = 0;
  int ticks = dice.between(2, 5);
  int batch = 1;
  int in_degree = 0;
  bool mailbox = false;
  switch (seed % 5) {
    case 0: units = dice.between(1200, 1700); break;  // weights
    case 1:                                           // the ticks of a trial
      units = dice.between(100, 300);
      ticks = dice.between(100, 200);
      batch = dice.between(30, 60);
      break;
    case 2:  // sparse synapses
      units = dice.between(8000, 16000);
      in_degree = dice.between(60, 120);
      break;
    case 3:  // single messages
      mailbox = true;
      spiking = false;  // what is foreseen is that all of them speak in every tick
      units = dice.between(250, 400);
      batch = dice.between(2, 4);
      break;
    default:  // sensitivities
      units = dice.between(40, 60);
      batch = dice.between(6, 10);
      mailbox = dice.chance(30);
      rule = spiking ? rule : "rtrl {}";
      break;
  }
  if (dice.chance(30)) rule = seed % 5 == 4 ? rule : "none {}";
  const std::string neuron = spiking ? "lif { tau_m: 20 threshold: 0.01 }" : "rate { activation: TANH leak: 0.5 }";
  std::string training = fmt::format("loss: {} ticks: {} batch: {} updates: 2 learning_rate: 1e-6",
                                     pick({"FINAL", "SEQUENCE"}), ticks, batch);
  if (dice.chance(40)) training += dice.chance(70) ? " optimizer { adam {} }" : " optimizer { sgd { momentum: 0.5 } }";
  if (dice.chance(20)) training += fmt::format(" evaluation {{ every: 1 trials: {} }}", dice.between(1, 40));
  // no random number of a model without it changes
  const bool compares = seed % 4 == 1;
  RandomRun made;
  made.model = fmt::format(
      "name: \"m\" seed: {} {} network {{\n"
      "populations {{ name: \"in\" size: {} input {{}} }} populations {{ name: \"rec\" size: {} {} }}\n"
      "populations {{ name: \"out\" size: 2 readout {{}} }}\n"
      "projections {{ name: \"B\" source: \"in\" target: \"rec\" {} }}\n"
      "projections {{ name: \"W\" source: \"rec\" target: \"rec\" {} }}\n"
      "projections {{ name: \"A\" source: \"rec\" target: \"out\" {} }} }}\n"
      "task {{ drawn {{ inputs {{ white_noise {{}} }} targets {{ class: 0 }} }} }}\n"
      "training {{ {} }} rules {{ name: \"r\" {} }}\n{}",
      seed, dice.chance(25) ? "precision: FLOAT32" : "", inputs, units, neuron, weights(0, spiking ? 9 : 1),
      weights(in_degree, 0.8), weights(0, 1), training, rule,
      compares ? "compare { every: 1 rules: [\"rflo\", \"tbptt:2\"] batches: 2 }" : "");
  made.options = {"--threads", std::to_string(dice.between(1, 3)), "--quiet"};
  if (mailbox) made.options.insert(made.options.end(), {"--transport", "mailbox"});
  return made;
}

TEST_F(MemoryOfRuns, IsForeseenAndNotMuchMore) {
  constexpr double kRounding = 1.006;  // the sentence has three digits
  constexpr double kProgram = 12e6;    // what is foreseen for the program itself
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const RandomRun made = random_run(seed);
    std::vector<std::string> words = {"run", file("m.txtpb", made.model)};
    words.insert(words.end(), made.options.begin(), made.options.end());
    const double said = foreseen(words);
    const Ended ended = run(words);
    ASSERT_EQ(ended.code, 0) << text("err") << made.model;
    const std::string figures =
        fmt::format("seed {}: foreseen {:.1f} MB, peak {:.1f} MB", seed, said / 1e6, ended.peak / 1e6);
    EXPECT_GE(said * kRounding, ended.peak) << figures << '\n' << made.model << fmt::format("{}", made.options.back());
    EXPECT_LE(said, 1.3 * ended.peak + kProgram) << figures << '\n' << made.model;
  }
}

std::string dense_model(int units, const std::string& rest) {
  return fmt::format(
      "name: \"m\" seed: 1 network {{ populations {{ name: \"in\" size: 2 input {{}} }}\n"
      "populations {{ name: \"rec\" size: {} rate {{ activation: TANH leak: 0.5 }} }}\n"
      "populations {{ name: \"out\" size: 1 readout {{}} }}\n"
      "projections {{ name: \"B\" source: \"in\" target: \"rec\" {} }}\n"
      "projections {{ name: \"W\" source: \"rec\" target: \"rec\" {} }}\n"
      "projections {{ name: \"A\" source: \"rec\" target: \"out\" {} }} }}\n"
      "task {{ drawn {{ inputs {{ white_noise {{}} }} targets {{ class: 0 }} }} }} {}\n",
      units, weights(0, 1), weights(0, 0.8), weights(0, 1), rest);
}

const std::string kRflo = "rflo { feedback { weights { gaussian { gain: 1 } } } }";

/// 8 bytes a loss, and while their list grows twice that; before, 370 bytes.
TEST_F(MemoryOfRuns, WritingResultsTakesAConstant) {
  const std::string model =
      file("m.txtpb", dense_model(2,
                                  "training { loss: FINAL ticks: 1 updates: 300000 learning_rate: 1e-9 } rules { name: "
                                  "\"r\" " +
                                      kRflo + " }"));
  const Ended bare = run({"run", model, "--quiet", "--threads", "1"});
  const Ended written = run({"run", model, "--quiet", "--threads", "1", "--out", at("results")});
  const Ended printed = run({"run", model, "--json", "--threads", "1"});
  ASSERT_EQ(bare.code + written.code + printed.code, 0) << text("err");
  EXPECT_LT(written.peak, bare.peak + 2e6);
  EXPECT_LT(printed.peak, bare.peak + 2e6);
}

/// A million weights; before, 425 bytes each.
TEST_F(MemoryOfRuns, PrintingWeightsTakesAConstant) {
  const std::string model = file(
      "m.txtpb",
      dense_model(1000, "training { loss: FINAL ticks: 2 updates: 1 learning_rate: 1e-9 } rules { name: \"n\" none {} }"));
  const Ended bare = run({"run", model, "--quiet", "--threads", "1"});
  const Ended printed = run({"run", model, "--json", "--threads", "1"});
  ASSERT_EQ(bare.code + printed.code, 0) << text("err");
  EXPECT_LT(printed.peak, bare.peak + 2e6);
  EXPECT_GT(text("out").size(), 10'000'000U);
}

TEST_F(MemoryOfRuns, TwoSpikesAmongManyInputsAndTicksCostTwoSpikes) {
  const std::string model =
      file("m.txtpb",
           "name: \"two spikes\" seed: 1 network {\n"
           "populations { name: \"in\" size: 17400 input {} }\n"
           "populations { name: \"n\" size: 10 lif { tau_m: 20 threshold: 1 } }\n"
           "projections { name: \"B\" source: \"in\" target: \"n\" weights { sparse_random { in_degree: 10 "
           "constant { value: 0.5 } } } } }\n"
           "task { recorded { trials { spikes { neuron: [0, 5] tick: [1, 2] } } } }\n"
           "training { loss: SUM ticks: 3000 dt_ms: 0.1 } rules { name: \"none\" none {} }\n");
  const Ended ended = run({"run", model, "--quiet", "--memory", "50M"});
  ASSERT_EQ(ended.code, 0) << text("err");
  EXPECT_LT(ended.peak, 50e6);  // a dense batch: 418 MB
}

TEST_F(MemoryOfRuns, ResumeTakesNoMoreThanItsRun) {
  std::string rules;
  for (const char* name : {"a", "b", "c"}) rules += fmt::format(" rules {{ name: \"{}\" {} }}", name, kRflo);
  const std::string model =
      file("m.txtpb", dense_model(1200, "training { loss: FINAL ticks: 3 updates: 4 learning_rate: 1e-4 }" + rules));
  const std::vector<std::string> words = {
      "run", model, "--quiet", "--checkpoint", at("c.ckpt"), "--checkpoint-every", "3", "--threads", "1"};
  const double said = foreseen(words);
  const std::string limit = std::to_string(static_cast<std::int64_t>(said * 1.01));
  std::vector<std::string> limited = words;
  limited.insert(limited.end(), {"--memory", limit});
  const Ended whole = run(limited);
  ASSERT_EQ(whole.code, 0) << text("err");
  EXPECT_LE(whole.peak, 1.006 * said);
  const Ended resumed = run({"resume", at("c.ckpt")});
  ASSERT_EQ(resumed.code, 0) << text("err");
  EXPECT_LE(resumed.peak, 1.006 * said);
  EXPECT_EQ(run({"resume", at("c.ckpt"), "--memory", "20M"}).code, 1);
  EXPECT_EQ(run({"resume", at("c.ckpt"), "--memory", "4G"}).code, 0) << text("err");
}

/// Each member takes some 60 MB: two fit at a time under neither limit.
TEST_F(MemoryOfRuns, MembersOfASweepShareOneBudget) {
  const std::string model = file(
      "m.txtpb", dense_model(1500, "training { loss: FINAL ticks: 2 updates: 2 learning_rate: 1e-4 } rules { name: \"r\" " +
                                       kRflo + " }"));
  const auto completed = [&] {
    const std::string members = text("swept/members.csv");
    int count = 0;
    for (std::size_t at = members.find("COMPLETED"); at != std::string::npos; at = members.find("COMPLETED", at + 1))
      ++count;
    std::filesystem::remove_all(folder_ / "swept");
    return count;
  };
  const std::vector<std::string> words = {"sweep", model,     "--seeds", "4",        "--threads",
                                          "3",     "--quiet", "--out",   at("swept")};
  const Ended freely = run(words);
  ASSERT_EQ(freely.code, 0) << text("err");
  EXPECT_EQ(completed(), 4);
  EXPECT_GT(freely.peak, 130e6);
  std::vector<std::string> asked = words;
  asked.insert(asked.end(), {"--memory", "120M"});
  const Ended under_option = run(asked);
  EXPECT_EQ(under_option.code, 0) << text("err");
  EXPECT_EQ(completed(), 4);
  EXPECT_LT(under_option.peak, 120e6);
  const Ended under_system = run(words, 330'000'000);
  EXPECT_EQ(under_system.code, 0) << text("err");
  EXPECT_EQ(completed(), 4);
  asked.back() = "40M";
  EXPECT_EQ(run(asked).code, 1);
  EXPECT_EQ(completed(), 0);
}

/// Where a checkpoint is to carry the files of a model, a file of the wrong shape is refused by its
/// head: its other bytes are not read. (This one has a hole of 2 GB, which takes no room on disk.)
TEST_F(MemoryOfRuns, AFileOfWeightsIsLookedAtBeforeItIsRead) {
  std::string head = "{'descr': '<f8', 'fortran_order': False, 'shape': (16384, 16384), }";
  head.resize(117, ' ');
  head = std::string("\x93NUMPY\x01\x00\x76\x00", 10) + head + "\n";
  std::filesystem::resize_file(file("w.npy", head), head.size() + 8ULL * 16384 * 16384);
  std::string text_of_model = dense_model(3,
                                          "training { loss: FINAL ticks: 1 updates: 1 learning_rate: 1e-4 } rules { name: "
                                          "\"r\" none {} }");
  const std::string before = "target: \"rec\" weights { gaussian { gain: 0.8 } }";
  text_of_model.replace(text_of_model.find(before), before.size(), "target: \"rec\" weights { file { path: \"w.npy\" } }");
  const Ended refused = run({"run", file("m.txtpb", text_of_model), "--checkpoint", at("c.ckpt")});
  EXPECT_EQ(refused.code, 3) << text("err");
  EXPECT_TRUE(has(text("err"), "names an .npy file of 16384 x 16384 values")) << text("err");
  EXPECT_LT(refused.peak, 60e6);
}

TEST_F(MemoryOfRuns, ATextOfLinesCostsItsBytes) {
  const std::string bytes(8'000'000, '\n');
  const std::string model = file("m.txtpb", bytes + "name: 3\n");
  const Ended refused = run({"validate", model});
  EXPECT_EQ(refused.code, 3);
  EXPECT_TRUE(has(text("err"), ":8000001:")) << text("err");
  const Ended small = run({"validate", file("s.txtpb", "name: 3\n")});
  EXPECT_LT(refused.peak, small.peak + 3.5 * 8e6);
}

}  // namespace
}  // namespace locus
