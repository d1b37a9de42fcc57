// Runs of models whose trials come from arrays beside them: what is printed, what is written, what
// a checkpoint carries, and runs that begin with learnt weights.
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/cli/invoke.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

template <class Number>
std::string array_of(const std::string& type, const std::string& shape, const std::vector<Number>& numbers) {
  std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
  header += std::string(63 - (header.size() + 10) % 64, ' ') + "\n";
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 255U);
  bytes += static_cast<char>(header.size() >> 8U);
  bytes += header;
  return bytes.append(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number));
}

class TrialFilesRun : public InFolder {
 protected:
  /// Twelve trials of two classes: which of the inputs is on. Some are shorter.
  std::string model() {
    std::vector<float> inputs;
    std::vector<std::int64_t> classes;
    std::vector<std::uint8_t> lengths;
    for (int k = 0; k < 12; ++k) {
      classes.push_back(k % 2);
      lengths.push_back(static_cast<std::uint8_t>(k % 3 == 0 ? 3 : 5));
      for (int tick = 0; tick < 5; ++tick) {
        inputs.push_back(k % 2 == 0 ? 1.0F + 0.0625F * static_cast<float>(k) : 0.0F);
        inputs.push_back(k % 2 == 1 ? 1.0F + 0.0625F * static_cast<float>(k) : 0.0F);
      }
    }
    file("x.npy", array_of("<f4", "(12, 5, 2)", inputs));
    file("c.npy", array_of("<i8", "(12,)", classes));
    file("n.npy", array_of("|u1", "(12,)", lengths));
    return file("arrays.txtpb", R"(name: "arrays"
network {
  populations { name: "in" size: 2 input {} }
  populations { name: "rec" size: 4 rate { activation: TANH leak: 0.5 } }
  populations { name: "out" size: 2 readout {} }
  projections { name: "B" source: "in" target: "rec" weights { gaussian { gain: 1 } } }
  projections { name: "W" source: "rec" target: "rec" weights { gaussian { gain: 0.5 } } }
  projections { name: "A" source: "rec" target: "out" weights { gaussian { gain: 1 } } }
}
task {
  recorded {
    files { input: "x.npy" classes: "c.npy" lengths: "n.npy" }
    evaluation_files { input: "x.npy" classes: "c.npy" lengths: "n.npy" }
    shuffle: true
  }
}
training { loss: CROSS_ENTROPY batch: 4 updates: 30 learning_rate: 0.5 evaluation { every: 10 } }
rules { name: "bptt" bptt {} }
rules { name: "rflo" rflo {} }
)");
  }
};

TEST_F(TrialFilesRun, TellWhatTheirTrialsAre) {
  const Answer info = invoke({"info", model()});
  ASSERT_EQ(info.code, 0) << info.err;
  EXPECT_TRUE(has(info.out, "task: 12 recorded trials of 2 classes, 3 to 5 ticks, shown in an order by")) << info.out;
}

TEST_F(TrialFilesRun, PrintAndWriteTheirAccuracy) {
  const Answer answer = invoke({"run", model(), "--out", at("out"), "--tensorboard", at("events")});
  ASSERT_EQ(answer.code, 0) << answer.err;
  EXPECT_TRUE(has(answer.out, "accuracy")) << answer.out;
  EXPECT_TRUE(has(answer.out, "-> 100.0%")) << answer.out;
  EXPECT_TRUE(text("out/losses.csv").starts_with("rule,update,loss,accuracy\n"));
  EXPECT_TRUE(text("out/evaluations.csv").starts_with("rule,update,loss,accuracy\n"));
  EXPECT_TRUE(has(text("out/evaluations.csv"), ",1\n")) << text("out/evaluations.csv");
  EXPECT_TRUE(has(text("out/result.json"), "\"evaluationConfusion\""));
  EXPECT_TRUE(has(text("out/result.json"), "order=by seed and epoch"));
  EXPECT_TRUE(has(text("events/arrays/bptt/events.out.tfevents.0.locus"), "evaluation/accuracy"));
}

TEST_F(TrialFilesRun, GoOnWithoutTheirFiles) {
  const std::string path = model();
  const std::vector<std::string> words = {
      "run", path, "--quiet", "--out", at("out"), "--checkpoint", at("c"), "--checkpoint-every", "7"};
  ASSERT_EQ(invoke(words).code, 0);
  const std::string expected = text("out/result.json");
  for (const char* name : {"x.npy", "c.npy", "n.npy"}) fs::remove(at(name));
  fs::remove_all(at("out"));
  const Answer answer = invoke({"resume", at("c")});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(text("out/result.json"), expected);
}

TEST_F(TrialFilesRun, BeginWithLearntWeights) {
  const std::string path = model();
  ASSERT_EQ(invoke({"run", path, "--quiet", "--out", at("first")}).code, 0);
  const Answer answer = invoke({"run", path, "--weights", at("first") + ":bptt", "--rule", "rflo", "--updates", "1",
                                "--quiet", "--out", at("then")});
  ASSERT_EQ(answer.code, 0) << answer.err;
  EXPECT_TRUE(has(text("then/evaluations.csv"), "rflo,0,")) << text("then/evaluations.csv");
  const std::string first = text("first/evaluations.csv");
  const std::string last =
      first.substr(first.find("bptt,30,") + 8, first.find('\n', first.find("bptt,30,")) - first.find("bptt,30,") - 8);
  EXPECT_TRUE(has(text("then/evaluations.csv"), "rflo,0," + last)) << last;
}

TEST_F(TrialFilesRun, AreRefusedAtTheirPlaceInTheModel) {
  const std::string path = model();
  file("c.npy", array_of("<i8", "(12,)", std::vector<std::int64_t>(12, 2)));
  const Answer answer = invoke({"validate", path});
  EXPECT_EQ(answer.code, 3);
  EXPECT_TRUE(has(answer.out + answer.err, "task.recorded.files.classes")) << answer.out << answer.err;
  EXPECT_TRUE(has(answer.out + answer.err, "must be a whole number, 0 to 1")) << answer.out << answer.err;
  std::string masked = text("arrays.txtpb");
  masked.replace(masked.find("classes: \"c.npy\""), 16, "classes: \"d.npy\" mask: \"m.npy\"");
  file("c.npy", array_of("<i8", "(12,)", std::vector<std::int64_t>(12, 1)));
  file("d.npy", array_of("<i8", "(12,)", std::vector<std::int64_t>(12, 1)));
  std::vector<std::uint8_t> weights(std::size_t{12} * 5 * 2, 1);
  weights[13] = 0;  // of trial 1, which has all ticks
  file("m.npy", array_of("|u1", "(12, 5, 2)", weights));
  const Answer unlike = invoke({"validate", file("masked.txtpb", masked)});
  EXPECT_EQ(unlike.code, 3);
  EXPECT_TRUE(has(unlike.out + unlike.err, "1 error")) << unlike.out << unlike.err;
  EXPECT_TRUE(has(unlike.out + unlike.err, "must be the same for all readouts of a tick under CROSS_ENTROPY"))
      << unlike.out << unlike.err;
}

}  // namespace
}  // namespace locus
