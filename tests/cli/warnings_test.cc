// What a command leaves out is said: messages beyond the limit of a trace, singular values, the
// parts of a model that a sweep does not have, seeds that change nothing.
#include <algorithm>
#include <sstream>
#include <vector>

#include <gtest/gtest.h>

#include "tests/cli/invoke.h"

namespace locus {
namespace {

class Warnings : public InFolder {
 protected:
  std::vector<std::string> lines(const std::string& name) const {
    std::istringstream stream(text(name));
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
  }
  static std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
    return text;
  }
};

TEST_F(Warnings, OfATraceThatReachesItsLimitNameTheTick) {
  const std::string model = file("small.txtpb", small_model_text("small"));
  const std::vector<std::string> words = {"run", model, "--quiet", "--rule", "bptt", "--trace-ticks", "1:8", "--trace"};
  const auto traced = [&](const std::string& name, const std::string& limit) {
    std::vector<std::string> all = words;
    all.insert(all.end(), {at(name), "--trace-limit", limit});
    return invoke(all);
  };
  const Answer whole = traced("whole.csv", "100000");
  EXPECT_EQ(whole.err, "");
  const std::vector<std::string> rows = lines("whole.csv");
  ASSERT_GT(rows.size(), 100U);
  const std::string tick = rows[61].substr(0, rows[61].find(','));  // of message 60, after the head
  EXPECT_NE(tick, "1");
  const std::string left = std::to_string(rows.size() - 61);
  const Answer cut = traced("cut.csv", "60");
  EXPECT_EQ(cut.err, "warning: --trace " + at("cut.csv") + ": rule bptt: the limit of 60 messages is reached at tick " +
                         tick + "; " + left + " messages from there on are left out; --trace-limit N takes more\n");
  const std::vector<std::string> kept = lines("cut.csv");
  ASSERT_EQ(kept.size(), 62U);
  EXPECT_TRUE(std::equal(kept.begin(), kept.end() - 1, rows.begin()));
  EXPECT_EQ(kept.back(), tick + ",60,LEFT_OUT,,,," + left + ",,,bptt,LEFT_OUT,,");
  EXPECT_EQ(std::ranges::count(kept.back(), ','), std::ranges::count(rows[0], ','));
  EXPECT_FALSE(has(text("whole.csv"), "LEFT_OUT"));
  traced("cut.pftrace", "60");
  EXPECT_TRUE(has(text("cut.pftrace"), "LEFT_OUT"));
}

TEST_F(Warnings, SayWhyAProjectionHasNoSingularValues) {
  std::string model = replaced(small_model_text("large"), "size: 3 rate", "size: 520 rate");
  const std::size_t rflo = model.find("rules { name: \"rflo\"");
  model.erase(rflo, model.find('\n', rflo) - rflo);
  model = replaced(model, "name: \"B\"", "name: \"B\" plastic: false");
  const std::string path = file("large.txtpb", model);
  const Answer answer = invoke({"run", path, "--rule", "bptt", "--rule", "still", "--out", at("out"), "--checkpoint",
                                at("run.ckpt"), "--checkpoint-every", "4"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  std::string words = answer.out;
  std::ranges::replace(words, '\n', ' ');
  EXPECT_TRUE(has(words, "Singular values of W are left out under bptt: both sides exceed 512 (520 x 520); --rank computes them."))
      << words;
  EXPECT_FALSE(has(words, "Singular values of B")) << "it learns nothing";
  std::string json = text("out/result.json");
  std::erase_if(json, [](char letter) { return letter == ' ' || letter == '\n'; });
  EXPECT_TRUE(has(json, R"("rankOmissions":[{"projection":"B","reason":"isnotplastic"},{"projection":"W","reason":)"
                        R"("bothsidesexceed512(520x520);--rankcomputesthem"}])"))
      << json.substr(json.find("rankOmissions"), 300);
  EXPECT_TRUE(has(json, R"("rankOmissions":[])")) << "of the rule that learns nothing";
  // the checkpoint is in the second rule, behind the end of the first
  const std::string before = text("out/result.json");
  ASSERT_EQ(invoke({"resume", at("run.ckpt")}).code, 0);
  EXPECT_EQ(text("out/result.json"), before);
}

TEST_F(Warnings, OfASweepWhoseSeedsChangeNothing) {
  const std::string constant =
      replaced(replaced(small_model_text("same"), "gaussian { gain: 1 }", "constant { value: 0.5 }"),
               "gaussian { gain: 0.8 }", "constant { value: 0.1 }");
  const std::string path = file("same.txtpb", constant);
  const Answer same = invoke({"sweep", path, "--seeds", "3", "--rule", "bptt", "--rule", "rflo", "--set",
                              "training.learning_rate=0.1,0.2", "--out", at("out")});
  EXPECT_EQ(same.code, 0) << same.err;
  const std::string sentence = "members of different seeds have the same fingerprint under ";
  EXPECT_EQ(same.err, "warning: " + sentence + "bptt: the seed changes nothing there\nwarning: " + sentence +
                          "rflo: the seed changes nothing there\n");
  EXPECT_TRUE(has(text("out/sweep.json"), sentence + "bptt"));
  const std::string drawn = file("drawn.txtpb", small_model_text("drawn"));
  EXPECT_EQ(invoke({"sweep", drawn, "--seeds", "3"}).err, "");
  EXPECT_EQ(invoke({"sweep", path, "--seeds", "1"}).err, "") << "one seed is compared with none";
}

TEST_F(Warnings, OfASweepThatLeavesOutPartsOfTheModel) {
  std::string model = small_model_text("parts", "training { updates: 3 learning_rate: 0.1 evaluation { every: 1 } }\n");
  model += "record { quantity: ACTIVITY population: \"rec\" }\nchip { mesh { width: 2 height: 1 } neurons_per_core: 4 }\n";
  const std::size_t end = model.find("} }\ntraining");
  ASSERT_NE(end, std::string::npos);
  model.insert(
      end,
      "  evaluation_trials { input { rows: 4 cols: 2 values: [1, 2, 3, -1, 0.5, 1, -2, 1] } target { rows: 4 cols: 1 values: [0, 0, 0, 1] } }\n");
  const Answer answer =
      invoke({"sweep", file("parts.txtpb", model), "--seeds", "2", "--rule", "bptt", "--out", at("out")});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_FALSE(has(answer.err, "recording")) << answer.err;
  EXPECT_FALSE(has(answer.err, "evaluation")) << answer.err;
  EXPECT_FALSE(has(answer.err, "chip")) << answer.err;
  EXPECT_TRUE(has(text("out/sweep.json"), "/record/bptt/rec-activity.npy"));
  const Answer nowhere = invoke({"sweep", at("parts.txtpb"), "--seeds", "2", "--rule", "bptt"});
  EXPECT_EQ(nowhere.code, 0) << nowhere.err;
  EXPECT_TRUE(has(nowhere.err, "warning: recordings need --out DIR; the model's records (rec-activity) are left out\n"))
      << nowhere.err;
}

}  // namespace
}  // namespace locus
