// The records of a model in the program: files, refusals, kills and resumed runs.
#include <gtest/gtest.h>

#include "tests/cli/invoke.h"
#include "tests/cli/kills.h"

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
};

TEST_F(RecordCommand, WritesAFileForEveryRuleThatHasIt) {
  const std::string path = model();
  const Answer answer = invoke({"run", path, "--out", at("out")});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_TRUE(has(answer.out, "recordings: " + at("out/record"))) << answer.out;
  std::vector<std::string> names;
  for (const auto& [name, bytes] : texts("out/record")) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"bptt/W-singular-values.npy", "bptt/rec-activity.pb",
                                             "rflo/W-singular-values.npy", "rflo/W-trace.npy", "rflo/rec-activity.pb",
                                             "still/W-singular-values.npy", "still/rec-activity.pb"}));
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
  const std::string path = model("training { updates: 120 learning_rate: 0.02 batch: 2 }\n");
  ASSERT_EQ(wait_for(start({"run", path, "--quiet", "--out", at("whole")})), 0);
  const auto expected = texts("whole/record");
  ASSERT_EQ(expected.size(), 7U);
  kill_and_go_on({.model = path,
                  .every = "3",
                  .checkpoint = at("run.ckpt"),
                  .out = at("out"),
                  .kills = 20,
                  .most_microseconds = 30'000,
                  .seed = 20260701},
                 [&] { EXPECT_EQ(texts("out/record"), expected); });
}

TEST_F(RecordCommand, AResumedRunNeedsItsRecordings) {
  const std::string path = model();
  ASSERT_EQ(
      invoke({"run", path, "--quiet", "--out", at("out"), "--checkpoint", at("run.ckpt"), "--checkpoint-every", "4"}).code,
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
