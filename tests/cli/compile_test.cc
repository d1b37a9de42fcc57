// --compile: what it prints, how it is forbidden, and that it changes no result.
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "sim/compile/compiler.h"
#include "tests/cli/invoke.h"

namespace locus::compile_option {
namespace {

namespace fs = std::filesystem;

const std::string kBcm = LOCUS_MODELS "/rules/bcm.txtpb";

class CompileOption : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::getenv("PATH");
    setenv("XDG_CACHE_HOME", folder_.path("cache").c_str(), 1);
  }
  void TearDown() override {
    setenv("PATH", path_.c_str(), 1);
    unsetenv("XDG_CACHE_HOME");
    unsetenv("LOCUS_COMPILE");
  }
  std::size_t kernels() const {
    const fs::path folder = folder_.path("cache") / "locus" / "kernels";
    if (!fs::exists(folder)) return 0;
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
  }
  Folder folder_;
  std::string path_;
};

TEST_F(CompileOption, ChangesNoResult) {
  if (!find_compiler()) GTEST_SKIP() << "there is no compiler";
  const Answer interpreted = invoke({"run", kBcm, "--compile", "never", "--updates", "3", "--json"});
  EXPECT_EQ(interpreted.code, 0) << interpreted.err;
  EXPECT_EQ(kernels(), 0U);
  const Answer compiled = invoke({"run", kBcm, "--compile", "always", "--updates", "3", "--json"});
  EXPECT_EQ(compiled.code, 0) << compiled.err;
  EXPECT_EQ(compiled.out, interpreted.out);
  EXPECT_GE(kernels(), 1U);
}

/// A short run is not worth a compiler.
TEST_F(CompileOption, IsLeftOutOfShortRuns) {
  const Answer answer = invoke({"run", kBcm, "--updates", "1", "--quiet"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(answer.err, "");
  EXPECT_EQ(kernels(), 0U);
}

TEST_F(CompileOption, IsForbiddenByTheEnvironmentWhateverIsAskedFor) {
  setenv("LOCUS_COMPILE", "never", 1);
  const Answer answer = invoke({"run", kBcm, "--compile", "always", "--updates", "1", "--quiet"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(kernels(), 0U);
}

TEST_F(CompileOption, IsAnErrorWithoutACompiler) {
  setenv("PATH", "/nowhere", 1);
  const std::string reason = "no compiler (c++, g++, clang++) is in an absolute folder of PATH";
  const Answer always = invoke({"run", kBcm, "--compile", "always", "--updates", "1", "--quiet"});
  EXPECT_EQ(always.code, code_of(Exit::kUsage));
  EXPECT_TRUE(has(always.err, "the rule cannot be compiled: " + reason)) << always.err;
  const Answer wrong = invoke({"run", kBcm, "--compile", "maybe"});
  EXPECT_EQ(wrong.code, code_of(Exit::kUsage));
  EXPECT_TRUE(has(wrong.err, "auto")) << wrong.err;
}

}  // namespace
}  // namespace locus::compile_option
