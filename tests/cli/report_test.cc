// locus report and locus diff, in the way that scripts use them.
#include <algorithm>
#include <cctype>

#include <gtest/gtest.h>

#include "tests/cli/invoke.h"

namespace locus {
namespace {

class ReportCommand : public InFolder {
 protected:
  void SetUp() override {
    model_ = file("small.txtpb", small_model_text("small"));
    ASSERT_EQ(invoke({"run", model_, "--quiet", "--out", (folder_ / "a").string()}).code, 0);
  }
  std::string model_;
};

TEST_F(ReportCommand, MakesThePageAgain) {
  const std::string first = text("a/report.html");
  std::filesystem::remove(folder_ / "a" / "report.html");
  const Answer answer = invoke({"report", (folder_ / "a").string()});
  EXPECT_EQ(answer.code, 0);
  EXPECT_EQ(answer.out, "report: " + (folder_ / "a" / "report.html").string() + "\n");
  EXPECT_EQ(answer.err, "");
  EXPECT_EQ(text("a/report.html"), first);
}

TEST_F(ReportCommand, WritesWhereItIsTold) {
  const Answer answer =
      invoke({"report", (folder_ / "a" / "result.json").string(), "--out", (folder_ / "page.html").string()});
  EXPECT_EQ(answer.code, 0);
  EXPECT_EQ(text("page.html"), text("a/report.html"));
}

TEST_F(ReportCommand, WhatIsNoResultIsExit3AndWhatIsNotThereExit1) {
  const Answer wrong = invoke({"report", model_});
  EXPECT_EQ(wrong.code, code_of(Exit::kInvalid));
  EXPECT_EQ(wrong.err.substr(0, wrong.err.find('\n')), "locus report: " + model_ + " is invalid: 1 error");
  EXPECT_EQ(invoke({"report", (folder_ / "nothere").string()}).code, code_of(Exit::kFailed));
  EXPECT_EQ(invoke({"report"}).code, code_of(Exit::kUsage));
}

class DiffCommand : public ReportCommand {
 protected:
  Answer diff(const std::string& a, const std::string& b, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"diff", (folder_ / a).string(), (folder_ / b).string()};
    words.insert(words.end(), more.begin(), more.end());
    return invoke(words);
  }
  void run(const std::string& out, const std::vector<std::string>& more) {
    std::vector<std::string> words = {"run", model_, "--quiet", "--out", (folder_ / out).string()};
    words.insert(words.end(), more.begin(), more.end());
    ASSERT_EQ(invoke(words).code, 0);
  }
  /// Writes the result of "a" as text, with one piece of it replaced, to "b/result.json".
  void edit(const std::string& from, const std::string& to) {
    std::string json = text("a/result.json");
    const std::size_t at = json.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    std::filesystem::create_directory(folder_ / "b");
    json.replace(at, from.size(), to);
    // of another result, it would be refused
    const std::size_t checksum = json.find("\"checksum\": \"") + 13;
    file("b/result.json", json.erase(checksum, 64));
  }
};

TEST_F(DiffCommand, EqualRunsAgree) {
  run("b", {"--threads", "3"});
  const Answer answer = diff("a", "b");
  EXPECT_EQ(answer.code, 0);
  EXPECT_EQ(answer.out, "the results agree: model, seed, losses, weights and counts\n");
  EXPECT_EQ(diff("a/result.json", "b/result.binpb").code, 0);
}

TEST_F(DiffCommand, EachOfWhatDiffersIsNamed) {
  struct Case {
    std::string from, to, says;
  };
  const std::vector<Case> cases = {
      {"\"model\": \"small\"", "\"model\": \"large\"", "model: small against large\n"},
      {"\"seed\": \"3\"", "\"seed\": \"4\"", "seed: 3 against 4\n"},
      {"\"status\": \"COMPLETED\"", "\"status\": \"DIVERGED\"", "bptt: status: COMPLETED against DIVERGED\n"},
      {"\"losses\": [", "\"losses\": [1e9,", "bptt: losses: 3 against 4 numbers\n"},
      {"\"stalledTicks\": \"9\"", "\"stalledTicks\": \"8\"", "bptt: stalled ticks: 9 against 8\n"},
      {"\"rule\": \"bptt\"", "\"rule\": \"bp\"", "bptt: only in the first\nbp: only in the second\n"},
      {"\"lag\": 1", "\"lag\": 7", "channels and lags differ, first AXON of lag 1:"},
      {"\"leak\": 0.5", "\"leak\": 0.25", "outline: network or training differ\n"},
  };
  for (const Case& one : cases) {
    edit(one.from, one.to);
    const Answer answer = diff("a", "b");
    EXPECT_EQ(answer.code, 1) << one.says;
    EXPECT_NE(answer.out.find(one.says), std::string::npos) << answer.out << "does not say\n" << one.says;
    EXPECT_EQ(answer.out.find("agree"), std::string::npos);
  }
}

TEST_F(DiffCommand, ToleranceLetsNumbersDifferAndNothingElse) {
  run("b", {"--transport", "mailbox"});
  EXPECT_EQ(diff("a", "b", {"--tolerance", "1e-12"}).code, 0);
  run("c", {"--seed", "4"});
  const Answer other = diff("a", "c", {"--tolerance", "1"});
  EXPECT_EQ(other.code, 1);
  EXPECT_TRUE(other.out.starts_with("seed: 3 against 4\n")) << other.out;
  const Answer strict = diff("a", "c");
  EXPECT_NE(strict.out.find("rflo: weights W: 9 of 9 differ, most by"), std::string::npos) << strict.out;
  EXPECT_NE(strict.out.find("bptt: losses: 3 of 3 differ, most by"), std::string::npos) << strict.out;
  EXPECT_EQ(diff("a", "c", {"--quiet"}).out, "");
}

TEST_F(DiffCommand, WhatCannotBeReadIsNoDifference) {
  const Answer missing = diff("a", "nothere");
  EXPECT_EQ(missing.code, code_of(Exit::kInvalid));
  EXPECT_EQ(missing.out, "");
  EXPECT_TRUE(has(missing.err, "nothere: error: ")) << missing.err;
  EXPECT_TRUE(has(missing.err, "No such file or directory")) << missing.err;
  EXPECT_EQ(diff("nothere", "a").code, code_of(Exit::kInvalid));
  EXPECT_EQ(diff("a", "small.txtpb").code, code_of(Exit::kInvalid));
  file("cut.json", text("a/result.json").substr(0, 200));
  EXPECT_EQ(diff("a", "cut.json").code, code_of(Exit::kInvalid));
  EXPECT_EQ(invoke({"diff", (folder_ / "a").string()}).code, code_of(Exit::kUsage));
  EXPECT_EQ(diff("a", "a", {"--tolerance", "2"}).code, code_of(Exit::kUsage));
}

class SweepCommand : public ReportCommand {};

TEST_F(SweepCommand, SummarisesAndIsResumed) {
  const std::string out = (folder_ / "s").string();
  const std::vector<std::string> words = {
      "sweep", model_, "--set", "training.learning_rate=0.1,0.2", "--seeds", "2", "--threads", "2", "--out", out};
  const Answer answer = invoke(words);
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_TRUE(answer.out.starts_with("small: 4 members\n\nSWEEP")) << answer.out;
  EXPECT_NE(answer.out.find("\ntraining.learning_rate=0.2\nbptt    2/2"), std::string::npos) << answer.out;
  EXPECT_NE(answer.out.find("report: " + out + "/report.html"), std::string::npos);
  const std::string json = text("s/sweep.json");
  EXPECT_EQ(invoke(words).out, answer.out);
  EXPECT_EQ(text("s/sweep.json"), json);
}

TEST_F(SweepCommand, AMemberIsWhatRunGives) {
  const std::string out = (folder_ / "s").string();
  ASSERT_EQ(
      invoke({"sweep", model_, "--set", "training.learning_rate=0.3", "--seed", "7", "--quiet", "--out", out}).code, 0);
  ASSERT_EQ(invoke({"run", model_, "--set", "training.learning_rate=0.3", "--seed", "7", "--quiet", "--out",
                    (folder_ / "r").string()})
                .code,
            0);
  for (const auto& member : std::filesystem::directory_iterator(folder_ / "s" / "members"))
    EXPECT_EQ(text("s/members/" + member.path().filename().string() + "/result.binpb"), text("r/result.binpb"));
  const std::string json = text("r/result.json");
  EXPECT_NE(json.find("\"training.learning_rate=0.3\""), std::string::npos);
  EXPECT_NE(json.find("\"learningRate\": 0.3"), std::string::npos) << json.substr(0, 2000);
}

TEST_F(SweepCommand, ReportMakesItsPagesAgain) {
  const std::string out = (folder_ / "s").string();
  ASSERT_EQ(
      invoke({"sweep", model_, "--set", "training.learning_rate=0.1,0.2,-1", "--seeds", "2", "--quiet", "--out", out}).code,
      code_of(Exit::kFailed));
  const std::map<std::string, std::string> before = texts("s");
  std::size_t pages = 0;
  for (const auto& [name, text] : before) {
    if (!name.ends_with("report.html")) continue;
    std::filesystem::remove(folder_ / "s" / name);
    ++pages;
  }
  EXPECT_EQ(pages, 5U) << "of the sweep and of its four members that ran";
  const Answer answer = invoke({"report", out});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(answer.out, "report: " + out + "/report.html\npages of members: 4\n");
  EXPECT_EQ(texts("s"), before);
  EXPECT_EQ(invoke({"report", out + "/sweep.json", "--out", (folder_ / "other.html").string()}).code, 0);
  EXPECT_NE(before.at("report.html").find("\"page\":\"members/"), std::string::npos);
  EXPECT_EQ(text("other.html").find("\"page\":\"members/"), std::string::npos) << "members are not beside it";

  // A sweep that was changed is refused, whatever the form.
  std::string json = text("s/sweep.json");
  const std::size_t at = json.find("\"messages\": ");
  ASSERT_NE(at, std::string::npos);
  file("changed.json", json.insert(at + 12, "1"));
  const Answer changed = invoke({"report", (folder_ / "changed.json").string()});
  EXPECT_EQ(changed.code, code_of(Exit::kInvalid));
  EXPECT_NE(changed.err.find("is a sweep that was changed after it was written"), std::string::npos) << changed.err;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "report.html"));
}

TEST_F(SweepCommand, BestIsWrittenAndPrinted) {
  const std::string out = (folder_ / "s").string();
  const std::vector<std::string> words = {"sweep",  model_,  "--set", "training.learning_rate=0.1,0.2", "--seeds", "4",
                                          "--best", "--out", out};
  EXPECT_NE(invoke(words).err.find("--best chooses by evaluation trials, and the model has none"), std::string::npos);
  const std::string evaluated = file("e.txtpb", [this] {
    std::string model = text("small.txtpb");
    model.insert(model.find("learning_rate:"), "evaluation { every: 1 } ");
    model.insert(model.find("} }\ntraining"),
                 "  evaluation_trials { input { rows: 4 cols: 2 values: [1, 2, 3, -1, 0, 1, -2, 1] } "
                 "target { rows: 4 cols: 1 values: [0, 0, 0, 1] } }\n");
    return model;
  }());
  std::vector<std::string> with = words;
  with[1] = evaluated;
  const Answer answer = invoke(with);
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_NE(answer.out.find("EACH RULE AT ITS BEST"), std::string::npos) << answer.out;
  std::string words_of = answer.out;
  words_of.erase(
      std::unique(words_of.begin(), words_of.end(), [](char a, char b) { return std::isspace(a) && std::isspace(b); }),
      words_of.end());
  std::ranges::replace(words_of, '\n', ' ');
  EXPECT_NE(words_of.find("chosen by the loss of evaluation trials under seeds 3, 4, which are not among those shown"),
            std::string::npos)
      << answer.out;
  // What was found stands under the tables, in the words of the page, and not where nothing is printed.
  EXPECT_NE(words_of.find("over 2 seeds, with "), std::string::npos) << answer.out;
  for (std::size_t line = 0; line < answer.out.size(); line = answer.out.find('\n', line) + 1)
    EXPECT_LE(answer.out.find('\n', line) - line, 80U);
  const std::string page = text("s/report.html");
  const std::size_t headline = page.find("\"headline\":\"");
  ASSERT_NE(headline, std::string::npos);
  const std::size_t begin = headline + std::string("\"headline\":\"").size();
  EXPECT_NE(words_of.find(page.substr(begin, page.find('"', begin) - begin)), std::string::npos);
  with.push_back("--quiet");
  EXPECT_EQ(invoke(with).out, "");
  EXPECT_TRUE(
      text("s/best.csv").starts_with("training.learning_rate,criterion,chosen_by,choosing_seeds,reason,rule,seeds,"));
  EXPECT_NE(text("s/sweep.json").find("\"choosingSeeds\""), std::string::npos);
}

TEST_F(SweepCommand, AFailingMemberIsExit1AndTheOthersRun) {
  const Answer answer = invoke({"sweep", model_, "--set", "training.learning_rate=0.1,-1"});
  EXPECT_EQ(answer.code, code_of(Exit::kFailed));
  EXPECT_EQ(answer.err, "locus sweep: 1 of 2 members failed\n");
  EXPECT_NE(answer.out.find("FAILED: 1 of 2 members: "), std::string::npos) << answer.out;
  EXPECT_NE(answer.out.find("bptt    1/1"), std::string::npos) << answer.out;
  EXPECT_EQ(invoke({"sweep", model_, "--set", "training.learning_rat=1"}).code, code_of(Exit::kUsage));
  EXPECT_EQ(invoke({"sweep", model_, "--set", "training.ticks=1", "--set", "training.ticks=2"}).code,
            code_of(Exit::kUsage));
}

}  // namespace
}  // namespace locus
