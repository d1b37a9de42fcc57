// locus validate, info and convert.
#include <gtest/gtest.h>

#include "tests/cli/invoke.h"
#include "tests/support/golden_text.h"

namespace locus {
namespace {

class ModelCommands : public InFolder {};

TEST_F(ModelCommands, ValidateSaysWhatIsGood) {
  const std::string good = file("good.txtpb", small_model_text("good"));
  const Answer answer = invoke({"validate", good});
  EXPECT_EQ(answer.code, 0);
  EXPECT_EQ(answer.out, good + ": valid\n");
  EXPECT_EQ(answer.err, "");
}

TEST_F(ModelCommands, ValidateListsEveryFaultOfEveryFile) {
  const std::string good = file("good.txtpb", small_model_text("good"));
  const std::string bad =
      file("bad.txtpb", small_model_text("bad", "training { batch: 0 updates: -1 learning_rate: 0.1 }\n"));
  const std::string worse = file("worse.txtpb", "network { populatons {} }\n");
  const Answer answer = invoke({"validate", bad, good, worse});
  EXPECT_EQ(answer.code, code_of(Exit::kInvalid));
  EXPECT_EQ(answer.out, good + ": valid\n");
  EXPECT_TRUE(answer.err.starts_with(bad + ": invalid: 2 errors\n")) << answer.err;
  EXPECT_TRUE(has(answer.err, bad + ":17:12: error: training.batch is 0")) << answer.err;
  EXPECT_TRUE(has(answer.err, bad + ":17:21: error: training.updates is -1")) << answer.err;
  EXPECT_TRUE(has(answer.err, worse + ":1:")) << answer.err;
  EXPECT_TRUE(has(answer.err, "did you mean \"populations\"")) << answer.err;
}

TEST_F(ModelCommands, ValidateLooksAtTheOthersWhereAFileIsNotThere) {
  const std::string good = file("good.txtpb", small_model_text("good"));
  const std::string bad = file("bad.txtpb", "nonsense");
  const std::string missing = (folder_ / "missing.txtpb").string();
  const Answer answer = invoke({"validate", missing, good});
  EXPECT_EQ(answer.code, code_of(Exit::kFailed));
  EXPECT_EQ(answer.out, good + ": valid\n");
  EXPECT_NE(answer.err.find(missing + ": cannot open: No such file or directory\n"), std::string::npos);
  EXPECT_EQ(invoke({"validate", missing, bad}).code, code_of(Exit::kInvalid));
}

TEST_F(ModelCommands, ValidateWarns) {
  std::string text = small_model_text("odd", "training { loss: SEQUENCE updates: 1 learning_rate: 0.1 }\n");
  text += "rules { name: \"gap\" tbptt { depth: 1 stride: 3 } }\n";
  const Answer answer = invoke({"validate", file("odd.txtpb", text)});
  EXPECT_EQ(answer.code, 0);
  EXPECT_TRUE(has(answer.out, ": valid, 1 warning\n")) << answer.out;
  EXPECT_TRUE(has(answer.err, "warning: ")) << answer.err;
}

TEST_F(ModelCommands, InfoIsGoldenAndFits) {
  const Answer answer = invoke({"info", file("small.txtpb", small_model_text("small"))});
  EXPECT_EQ(answer.code, 0);
  EXPECT_EQ(answer.err, "");
  expect_fits(answer.out);
  expect_golden("info_small.txt", answer.out);
}

TEST_F(ModelCommands, InfoTakesRulesAsRunDoes) {
  const Answer answer =
      invoke({"info", file("small.txtpb", small_model_text("small")), "--rule", "rtrl", "--rule", "tbptt:2"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_TRUE(has(answer.out, "\nrtrl"));
  EXPECT_TRUE(has(answer.out, "INFLUENCE"));
  EXPECT_FALSE(has(answer.out, "\nbptt"));
}

TEST_F(ModelCommands, InfoSaysHowARuleIsCarriedOut) {
  const Answer answer = invoke({"info", file("small.txtpb", small_model_text("small")), "--plan", "--threads", "1",
                                "--rule", "rflo", "--rule", "bptt"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  expect_fits(answer.out);
  for (const char* said : {"sends", "learns", "commits", "deferred", "at once", "tapes (ticks): ", "beside the network"})
    EXPECT_TRUE(has(answer.out, said)) << said << '\n' << answer.out;
}

TEST_F(ModelCommands, InfoOfNamesWithoutEndFits) {
  std::string text = small_model_text(std::string(100, 'n'));
  for (const char* name : {"\"in\"", "\"rec\"", "\"out\"", "\"B\"", "\"rflo\""}) {
    const std::string long_name = "\"" + std::string(90, 'x') + std::string(name).substr(1);
    for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += long_name.size())
      text.replace(at, std::string(name).size(), long_name);
  }
  const Answer answer = invoke({"info", file("long.txtpb", text)});
  EXPECT_EQ(answer.code, 0) << answer.err;
  expect_fits(answer.out);
  const Answer run = invoke({"run", file("long.txtpb", text)});
  EXPECT_EQ(run.code, 0) << run.err;
  expect_fits(run.out);
}

TEST_F(ModelCommands, ConvertGoesBothWays) {
  const std::string model = file("small.txtpb", small_model_text("small"));
  const std::string binary = (folder_ / "small.binpb").string();
  const std::string back = (folder_ / "back.txtpb").string();
  const Answer there = invoke({"convert", model, binary});
  EXPECT_EQ(there.code, 0);
  EXPECT_EQ(there.out + there.err, "");
  EXPECT_EQ(invoke({"convert", binary, back}).code, 0);
  EXPECT_TRUE(text("back.txtpb").starts_with("# proto-file: proto/locus/v1/model.proto\n# proto-message: locus.v1.Model\n"));
  const Answer as_text = invoke({"run", back, "--json"});
  const Answer as_binary = invoke({"run", binary, "--json"});
  // Everything except the hashes of the file and of the result is the same.
  const auto without_hashes = [](const std::string& json) {
    const std::size_t begin = json.find("\"version\"");
    return json.substr(begin, json.find("\"provenance\"") - begin);
  };
  EXPECT_EQ(without_hashes(as_text.out), without_hashes(as_binary.out));
  EXPECT_TRUE(has(without_hashes(as_text.out), "\"losses\""));
}

TEST_F(ModelCommands, ConvertRefusesWhatIsNoModelFile) {
  const std::string model = file("small.txtpb", small_model_text("small"));
  const Answer answer = invoke({"convert", file("small.json", "{}"), model});
  EXPECT_EQ(answer.code, code_of(Exit::kInvalid)) << answer.err;
  EXPECT_TRUE(has(answer.err, "small.json")) << answer.err;
  EXPECT_EQ(text("small.txtpb"), small_model_text("small"));
}

}  // namespace
}  // namespace locus
