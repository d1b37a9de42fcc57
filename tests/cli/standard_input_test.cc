// Models from standard input and from pipes, and files of another kind than the one that is meant.
#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/cli/invoke.h"

namespace locus {
namespace {

/// Standard input is a file, as with `locus ... < FILE`.
class InputFrom {
 public:
  explicit InputFrom(const std::string& path) : before_(::dup(STDIN_FILENO)) {
    const int file = ::open(path.c_str(), O_RDONLY);
    ::dup2(file, STDIN_FILENO);
    ::close(file);
  }
  ~InputFrom() {
    ::dup2(before_, STDIN_FILENO);
    ::close(before_);
  }
  InputFrom(const InputFrom&) = delete;
  InputFrom& operator=(const InputFrom&) = delete;

 private:
  int before_;
};

class StandardInput : public InFolder {
 protected:
  Answer of(const std::string& path, const std::vector<std::string>& words) const {
    const InputFrom input(path);
    return invoke(words);
  }
  const std::string model_ = file("m.txtpb", small_model_text("m"));
};

TEST_F(StandardInput, IsAModelInEitherForm) {
  const std::string wire = at("m.binpb");
  ASSERT_EQ(invoke({"convert", model_, wire}).code, 0);
  const std::string right = invoke({"run", model_, "--json"}).out;
  ASSERT_NE(right, "");
  for (const char* name : {"-", "/dev/stdin"}) {
    EXPECT_EQ(of(model_, {"run", name, "--json"}).out, right) << name;
    EXPECT_EQ(of(model_, {"validate", name}).out, std::string(name) + ": valid\n");
    EXPECT_EQ(of(model_, {"info", name}).out, invoke({"info", model_}).out) << name;
    EXPECT_EQ(of(wire, {"validate", name}).out, std::string(name) + ": valid\n") << "wire form";
    ASSERT_EQ(of(model_, {"convert", name, at("again.binpb")}).code, 0);
    EXPECT_EQ(text("again.binpb"), text("m.binpb"));
  }
}

TEST_F(StandardInput, HasItsNameWhereTheModelGivesNone) {
  const std::string nameless = file("nameless.txtpb", small_model_text(""));
  EXPECT_TRUE(has(of(nameless, {"run", "-", "--json"}).out, "\"model\":\"stdin\""));
}

TEST_F(StandardInput, IsToldWithItsFaults) {
  const std::string wrong = file("wrong.txtpb", "\xEF\xBB\xBFname: \"ñ神\" sed: 1\n");
  const Answer answer = of(wrong, {"validate", "-"});
  EXPECT_EQ(answer.code, code_of(Exit::kInvalid));
  EXPECT_TRUE(has(answer.err, "-:1:13: error: has no field \"sed\"")) << answer.err;
  EXPECT_EQ(of(file("empty", ""), {"validate", "-"}).code, code_of(Exit::kInvalid));
}

TEST_F(StandardInput, IsToldWhereItIsAResultOrACheckpoint) {
  const std::string out = at("out");
  ASSERT_EQ(
      invoke({"run", model_, "--out", out, "--checkpoint", at("c.ckpt"), "--checkpoint-every", "1", "--quiet"}).code, 0);
  for (const std::string& result : {out + "/result.binpb"}) {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"convert", result, at("x.txtpb")}, {"run", result}, {"info", result}}) {
      const Answer answer = invoke(words);
      EXPECT_EQ(answer.code, code_of(Exit::kInvalid));
      EXPECT_TRUE(has(answer.err, "is a result, not a model; `locus report` makes its page")) << answer.err;
    }
  }
  const Answer checkpoint = of(at("c.ckpt"), {"run", "-"});
  EXPECT_TRUE(has(checkpoint.err, "is a checkpoint, not a model; `locus resume` goes on with it")) << checkpoint.err;
}

TEST_F(StandardInput, AFolderWithoutAResultSaysWhatItHolds) {
  const std::string other = file("n.txtpb", small_model_text("n"));
  ASSERT_EQ(invoke({"run", model_, other, "--out", at("both"), "--quiet"}).code, 0);
  ASSERT_EQ(invoke({"sweep", model_, "--out", at("swept"), "--quiet"}).code, 0);
  const auto said = [](const std::string& folder) { return invoke({"report", folder}).err; };
  EXPECT_TRUE(has(said(at("both")), "holds the results of several models; one of them must be named: "))
      << said(at("both"));
  EXPECT_EQ(said(at("swept")), "") << "`locus report` makes the page of a sweep too";
  EXPECT_EQ(invoke({"diff", at("swept"), at("swept")}).err, "") << "and `locus diff` compares two of them";
  const std::string differs = invoke({"diff", at("swept"), at("both") + "/m"}).err;
  EXPECT_TRUE(has(differs, "is a sweep, and the other one is none")) << differs;
  EXPECT_TRUE(has(said(folder_.string()), "holds no result; `locus run MODEL --out FOLDER` writes one"))
      << said(folder_.string());
  EXPECT_EQ(invoke({"report", at("both") + "/m"}).code, 0);
}

TEST_F(StandardInput, NamesOfAFileReachNoTerminal) {
  const std::string chip = file("c.txtpb", "name: \"\\033[31mRED\\007\"");
  const Answer cost = invoke({"run", std::string(LOCUS_MODELS) + "/chip.txtpb", "--updates", "1", "--cost", chip});
  EXPECT_EQ(cost.code, code_of(Exit::kInvalid));
  const std::string named = file("\x1b[2J.txtpb", "nonsense");
  for (const Answer& answer :
       {cost, invoke({"run", named}), invoke({"validate", named}), invoke({"info", at("\x1b[2Jabsent.txtpb")})}) {
    EXPECT_NE(answer.code, 0);
    EXPECT_EQ(answer.out.find('\x1b'), std::string::npos) << answer.out;
    EXPECT_EQ(answer.err.find_first_of("\x1b\x07"), std::string::npos) << answer.err;
  }
}

}  // namespace
}  // namespace locus
