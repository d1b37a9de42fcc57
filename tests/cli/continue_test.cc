// Runs that go on otherwise than they were begun (locus resume --updates, --set), and runs that
// begin with learnt weights (locus run --weights).
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/cli/invoke.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

class Continue : public InFolder {
 protected:
  std::string model(const std::string& training) { return file("small.txtpb", small_model_text("small", training)); }
  /// The lines of losses.csv of one rule.
  std::vector<std::string> losses(const std::string& folder, const std::string& rule) const {
    std::vector<std::string> lines;
    const std::string csv = text(folder + "/losses.csv");
    for (std::size_t begin = 0; begin < csv.size();) {
      const std::size_t end = csv.find('\n', begin);
      if (csv.compare(begin, rule.size() + 1, rule + ",") == 0) lines.push_back(csv.substr(begin, end - begin));
      begin = end + 1;
    }
    return lines;
  }
  /// The text of result.json without white space.
  std::string json(const std::string& folder) const {
    std::string json = text(folder + "/result.json");
    std::erase_if(json, [](char letter) { return letter == ' ' || letter == '\n'; });
    return json;
  }
  void expect_ok(const std::vector<std::string>& words) {
    const Answer answer = invoke(words);
    ASSERT_EQ(answer.code, 0) << answer.err;
  }
};

constexpr const char* kAdam = "training { updates: 4 learning_rate: 0.1 batch: 2 optimizer { adam {} } }\n";

TEST_F(Continue, MoreUpdatesAreThoseOfARunBegunWithAsMany) {
  const std::string path = model(kAdam);
  expect_ok({"run", path, "--updates", "9", "--quiet", "--out", at("whole")});
  // The last checkpoint is in the second rule, at its end, in the third rule and at its end.
  for (const std::string every : {"7", "8", "10", "12"}) {
    fs::remove(at("run.ckpt"));
    fs::remove_all(at("out"));
    expect_ok({"run", path, "--quiet", "--out", at("out"), "--checkpoint", at("run.ckpt"), "--checkpoint-every", every});
    EXPECT_EQ(losses("out", "rflo").size(), 4U);
    expect_ok({"resume", at("run.ckpt"), "--updates", "9"});
    for (const char* name : {"losses.csv", "ledger.csv"})
      EXPECT_EQ(text(std::string("out/") + name), text(std::string("whole/") + name)) << every;
    const Answer same = invoke({"diff", at("whole"), at("out")});
    EXPECT_FALSE(has(same.out, "weights")) << same.out;
    EXPECT_TRUE(has(json("out"), R"("changes":[{"settings":[],"updates":"9","at":[{"rule":"bptt","update":)")) << every;
  }
}

TEST_F(Continue, ARunThatHasEndedIsExtendedTwice) {
  const std::string path = file("small.txtpb", small_model_text("small", kAdam) +
                                                   "record { quantity: WEIGHTS projection: \"W\" }\n"
                                                   "record { quantity: ACTIVITY population: \"rec\" form: PROTOBUF }\n");
  expect_ok({"run", path, "--updates", "9", "--quiet", "--out", at("whole")});
  // Checkpoints by time: the only one is that of the end.
  expect_ok({"run", path, "--quiet", "--out", at("out"), "--checkpoint", at("run.ckpt")});
  ASSERT_TRUE(fs::exists(at("run.ckpt")));
  const std::string ended = text("out/result.json");
  expect_ok({"resume", at("run.ckpt")});
  EXPECT_EQ(text("out/result.json"), ended) << "a plain one changes nothing";
  expect_ok({"resume", at("run.ckpt"), "--updates", "6"});
  expect_ok({"resume", at("run.ckpt"), "--updates", "9"});
  EXPECT_EQ(text("out/losses.csv"), text("whole/losses.csv"));
  EXPECT_EQ(text("out/ledger.csv"), text("whole/ledger.csv"));
  const auto recorded = texts("out/record");
  const auto whole = texts("whole/record");
  EXPECT_EQ(recorded.size(), whole.size());
  for (const auto& [name, bytes] : whole) {
    // the head of a .pb, of some 160 bytes, has the updates that were first asked for
    const std::size_t head = name.ends_with(".pb") ? 200 : 0;
    EXPECT_EQ(recorded.at(name).size(), bytes.size()) << name;
    EXPECT_EQ(recorded.at(name).substr(head), bytes.substr(head)) << name;
  }
  EXPECT_TRUE(has(json("out"),
                  R"({"settings":[],"updates":"6","at":[{"rule":"bptt","update":"4"},{"rule":"rflo","update":"4"},{"rule":"still","update":"4"}]},)"
                  R"({"settings":[],"updates":"9","at":[{"rule":"bptt","update":"6"},)"))
      << json("out");
}

TEST_F(Continue, FewerUpdatesEndARunEarlier) {
  const std::string path = model("training { updates: 40 learning_rate: 0.1 }\n");
  expect_ok({"run", path, "--updates", "20", "--quiet", "--rule", "rflo", "--out", at("whole")});
  expect_ok({"run", path, "--quiet", "--rule", "rflo", "--out", at("out"), "--checkpoint", at("run.ckpt"),
             "--checkpoint-every", "15"});
  const std::string checkpoint = text("run.ckpt");  // at update 30
  const Answer refused = invoke({"resume", at("run.ckpt"), "--updates", "20"});
  EXPECT_EQ(refused.code, code_of(Exit::kUsage));
  EXPECT_TRUE(has(refused.err, "--updates is 20; rule rflo has made 30 updates, and must be left with as many or more"))
      << refused.err;
  EXPECT_EQ(text("run.ckpt"), checkpoint);
  fs::remove(at("run.ckpt"));
  expect_ok({"run", path, "--quiet", "--rule", "rflo", "--out", at("out"), "--checkpoint", at("run.ckpt"),
             "--checkpoint-every", "39"});
  expect_ok({"resume", at("run.ckpt"), "--updates", "39"});
  EXPECT_EQ(losses("out", "rflo").size(), 39U);
  EXPECT_EQ(losses("whole", "rflo").size(), 20U);
}

TEST_F(Continue, ALearningRateChangesFromThereOnAndTheResultSaysWhere) {
  const std::string path = model("training { updates: 8 learning_rate: 0.1 }\n");
  expect_ok({"run", path, "--quiet", "--rule", "rflo", "--rule", "bptt", "--out", at("slow")});
  expect_ok({"run", path, "--quiet", "--rule", "rflo", "--rule", "bptt", "--out", at("fast"), "--set",
             "training.learning_rate=0.3"});
  expect_ok({"run", path, "--quiet", "--rule", "rflo", "--rule", "bptt", "--out", at("out"), "--checkpoint",
             at("run.ckpt"), "--checkpoint-every", "10"});  // the last is at update 2 of bptt
  expect_ok({"resume", at("run.ckpt"), "--set", "training.learning_rate=0.3"});
  EXPECT_EQ(losses("out", "rflo"), losses("slow", "rflo")) << "it had ended";
  const auto bptt = losses("out", "bptt");
  const auto slow = losses("slow", "bptt");
  ASSERT_EQ(bptt.size(), 8U);
  EXPECT_TRUE(std::equal(bptt.begin(), bptt.begin() + 3, slow.begin()))
      << "two updates, and the loss that the third one meets";
  EXPECT_NE(bptt[3], slow[3]);
  EXPECT_TRUE(has(
      json("out"),
      R"("changes":[{"settings":["training.learning_rate=0.3"],"updates":"0","at":[{"rule":"rflo","update":"8"},{"rule":"bptt","update":"2"}]}])"))
      << json("out");
  EXPECT_TRUE(has(json("out"), R"("learningRate":0.3)"));
  // Another way to the same weights: the two updates alone, and a run that begins with their
  // weights.
  const std::string two = "training { updates: 2 learning_rate: 0.1 }\n";
  expect_ok({"run", file("two.txtpb", small_model_text("small", two)), "--quiet", "--rule", "bptt", "--out", at("two")});
  expect_ok({"run", file("six.txtpb", small_model_text("small", "training { updates: 6 learning_rate: 0.3 }\n")),
             "--quiet", "--rule", "bptt", "--weights", at("two"), "--out", at("six")});
  const auto six = losses("six", "bptt");
  ASSERT_EQ(six.size(), 6U);
  for (std::size_t k = 0; k < 6; ++k)
    EXPECT_EQ(six[k].substr(six[k].rfind(',')), bptt[k + 2].substr(bptt[k + 2].rfind(',')))
        << k << ": trials alternate, 2 is even";
  // The printed comparison says it, too; a later plain resume keeps the change.
  const std::string before = json("out");
  expect_ok({"resume", at("run.ckpt")});
  EXPECT_EQ(json("out"), before);
}

TEST_F(Continue, WhatCannotChangeIsRefusedWithWhatCan) {
  const std::string path = model("training { updates: 8 learning_rate: 0.1 }\n");
  expect_ok({"run", path, "--quiet", "--rule", "rflo", "--checkpoint", at("run.ckpt"), "--checkpoint-every", "5"});
  const std::string before = text("run.ckpt");
  for (const char* setting :
       {"network.populations[rec].size=4", "training.batch=2", "training.ticks=3", "training.loss=SEQUENCE", "seed=4",
        "training.learning_ratee=1", "network.projections[W].plastic=false", "rules.x.rflo.trace_decay=0.5"}) {
    const Answer answer = invoke({"resume", at("run.ckpt"), "--set", setting});
    EXPECT_EQ(answer.code, code_of(Exit::kUsage)) << setting;
    EXPECT_TRUE(has(
        answer.err,
        "a run that goes on keeps it; it may change training.learning_rate, network.projections[NAME].learning_rate"))
        << answer.err;
  }
  const Answer updates = invoke({"resume", at("run.ckpt"), "--set", "training.updates=9"});
  EXPECT_TRUE(has(updates.err, "write --updates K")) << updates.err;
  const Answer adam = invoke({"resume", at("run.ckpt"), "--set", "training.optimizer.adam.beta1=0.5"});
  EXPECT_EQ(adam.code, code_of(Exit::kUsage));
  EXPECT_TRUE(has(
      adam.err,
      "run.ckpt cannot go on with other settings: rule rflo of it: not what its synapses (moments of the optimizer)"))
      << adam.err;
  EXPECT_EQ(invoke({"resume", at("run.ckpt"), "--set", "training.learning_rate=-1"}).code, code_of(Exit::kInvalid));
  EXPECT_EQ(text("run.ckpt"), before);
  expect_ok({"resume", at("run.ckpt"), "--set", "network.projections[W].learning_rate=0.01", "--set",
             "network.projections.W.weight_max=3", "--set", "training.clip.element=0.5"});
}

class FirstWeights : public Continue {};

TEST_F(FirstWeights, AreThoseOfEveryFormOfAResult) {
  const std::string path = model("training { updates: 4 learning_rate: 0.1 }\n");
  expect_ok({"run", path, "--quiet", "--rule", "rflo", "--rule", "bptt", "--out", at("first"), "--checkpoint",
             at("run.ckpt"), "--checkpoint-every", "4"});
  expect_ok({"run", path, "--quiet", "--rule", "bptt", "--updates", "8", "--out", at("whole")});
  const auto whole = losses("whole", "bptt");
  std::vector<std::string> sources = {at("first") + ":bptt", at("first/result.binpb") + ":bptt",
                                      at("first/result.json") + ":bptt", at("run.ckpt") + ":bptt"};
  fs::copy(at("first"), at("first\xff"));
  sources.push_back(at("first\xff") + ":bptt");
  // The checkpoint is at the end of bptt, whose index is 1.
  for (std::size_t s = 0; s < sources.size(); ++s) {
    const std::string out = "second" + std::to_string(s);
    expect_ok({"run", path, "--quiet", "--rule", "bptt", "--weights", sources[s], "--out", at(out)});
    const auto second = losses(out, "bptt");
    ASSERT_EQ(second.size(), 4U);
    for (std::size_t k = 0; k < 4; ++k)
      EXPECT_EQ(second[k].substr(second[k].rfind(',')), whole[k + 4].substr(whole[k + 4].rfind(','))) << sources[s];
    const std::string shown = s < 4 ? sources[s] : at("first%FF") + ":bptt";
    EXPECT_TRUE(has(json(out), "\"weights=" + shown + "\"")) << "the result says it";
  }
}

TEST_F(FirstWeights, OfSparseProjectionsAreExactAndCarriedByACheckpoint) {
  std::string text = small_model_text("sparse", "training { updates: 4 learning_rate: 0.1 }\n");
  const std::string gaussian = "weights { gaussian { gain: 0.8 } }";
  text.replace(text.find(gaussian), gaussian.size(), "weights { sparse_random { in_degree: 2 gaussian { gain: 0.8 } } }");
  const std::string path = file("sparse.txtpb", text);
  expect_ok({"run", path, "--quiet", "--rule", "rflo", "--out", at("first")});
  expect_ok({"run", path, "--quiet", "--rule", "rflo", "--updates", "8", "--out", at("whole")});
  expect_ok({"run", path, "--quiet", "--rule", "rflo", "--rule", "bptt", "--weights", at("first"), "--out",
             at("second"), "--checkpoint", at("run.ckpt"), "--checkpoint-every", "3"});
  const auto whole = losses("whole", "rflo");
  const auto second_losses = losses("second", "rflo");
  for (std::size_t k = 0; k < 4; ++k)
    EXPECT_EQ(second_losses[k].substr(second_losses[k].rfind(',')), whole[k + 4].substr(whole[k + 4].rfind(',')));
  const std::string second = this->text("second/result.json");
  fs::remove_all(at("first"));
  expect_ok({"resume", at("run.ckpt")});
  EXPECT_EQ(this->text("second/result.json"), second) << "the checkpoint holds the weights that the next rule begins with";
}

TEST_F(FirstWeights, ThatDoNotFitAreOneClearError) {
  const std::string path = model("training { updates: 2 learning_rate: 0.1 }\n");
  expect_ok({"run", path, "--quiet", "--rule", "rflo", "--rule", "bptt", "--out", at("first")});
  std::string text = small_model_text("wide");
  text.replace(text.find("size: 3 rate"), 7, "size: 4");
  const std::size_t rflo = text.find("rules { name: \"rflo\"");
  text.erase(rflo, text.find('\n', rflo) - rflo);
  const std::string wide = file("wide.txtpb", text);
  std::string renamed = small_model_text("renamed");
  for (std::size_t at = renamed.find("\"W\""); at != std::string::npos; at = renamed.find("\"W\""))
    renamed.replace(at, 3, "\"V\"");
  const std::string other = file("renamed.txtpb", renamed);
  const auto expect_error = [&](const std::string& run, const std::string& weights, Exit code, const std::string& part) {
    const Answer answer = invoke({"run", run, "--rule", "bptt", "--weights", weights, "--out", at("none")});
    EXPECT_EQ(answer.code, code_of(code)) << answer.err;
    EXPECT_TRUE(has(answer.err, part)) << answer.err;
    EXPECT_FALSE(fs::exists(at("none")));
  };
  expect_error(wide, at("first") + ":bptt", Exit::kInvalid,
               "B is 3 x 2; must be 4 x 2, the sizes of rec and in in " + wide);
  expect_error(other, at("first") + ":bptt", Exit::kInvalid, "W has weights; must be a projection of " + other);
  expect_error(path, at("first"), Exit::kInvalid, "holds 2 rules; must be followed by :RULE, one of rflo, bptt");
  expect_error(path, at("first") + ":rtrl", Exit::kInvalid,
               "holds no rule rtrl; must be followed by :RULE, one of rflo, bptt");
  expect_error(path, at("nowhere"), Exit::kFailed, "nowhere: cannot open: No such file or directory");
  expect_error(path, path, Exit::kInvalid, "is no result");
  fs::create_directory(at("empty"));
  expect_error(path, at("empty"), Exit::kInvalid, "holds no weights of the model's projections");
  fs::create_directory(at("some"));
  file("some/B.npy", "no array");
  expect_error(path, at("some"), Exit::kInvalid,
               "some/B.npy: error: is no .npy file; must begin as NumPy's save writes it");
}

}  // namespace
}  // namespace locus
