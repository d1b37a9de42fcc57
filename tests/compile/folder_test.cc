// The folder of kernels: what is kept, what is refused, and what happens without a compiler.
#include "tests/support/folder.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "sim/compile/compiler.h"
#include "sim/compile/kernel_folder.h"
#include "sim/compile/kernel_library.h"
#include "sim/model/errors.h"
#include "tests/support/agreement.h"
#include "tests/support/random_local.h"

namespace locus::kernel_folder_test {
namespace {

namespace fs = std::filesystem;

LocalRule hebb() {
  Compiled made = compile_local({.changes = {{"-activity*pre"}}});
  EXPECT_TRUE(made.rule.has_value());
  return *made.rule;
}

KernelAttempt attempt_in(const fs::path& folder) { return kernels_of<double>(hebb(), 1, 10, folder); }

/// A variable of the environment until the end of the block.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* const old = std::getenv(name)) before_ = old;
    value == nullptr ? unsetenv(name) : setenv(name, value, 1);
  }
  ~Variable() { before_ ? setenv(name_, before_->c_str(), 1) : unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

class KernelFolders : public testing::Test {
 protected:
  void SetUp() override {
    if (!find_compiler()) GTEST_SKIP() << "there is no compiler";
  }
  fs::path kernels() const { return folder_.path("kernels"); }
  /// The one file that is kept.
  fs::path file() const {
    fs::path found;
    for (const auto& entry : fs::directory_iterator(kernels())) found = entry.path();
    return found;
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(kernels()), fs::directory_iterator()));
  }
  Folder folder_;
};

TEST_F(KernelFolders, KeepOneFileARuleForTheUserAlone) {
  const KernelAttempt first = attempt_in(kernels());
  ASSERT_TRUE(first.library.is_loaded()) << first.fault;
  EXPECT_EQ(files(), 1U);
  EXPECT_EQ(fs::status(kernels()).permissions(), fs::perms::owner_all);
  EXPECT_EQ(fs::status(file()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  const auto time = fs::last_write_time(file());
  const KernelAttempt second = attempt_in(kernels());
  EXPECT_TRUE(second.library.is_loaded()) << second.fault;
  EXPECT_EQ(files(), 1U);
  EXPECT_EQ(fs::last_write_time(file()), time) << "it was compiled again";
}

TEST_F(KernelFolders, ReplaceAFileThatIsNotWhole) {
  ASSERT_TRUE(attempt_in(kernels()).library.is_loaded());
  const auto size = fs::file_size(file());
  fs::resize_file(file(), size / 2);
  EXPECT_TRUE(attempt_in(kernels()).library.is_loaded());
  EXPECT_EQ(fs::file_size(file()), size);
  std::fstream(file(), std::ios::in | std::ios::out | std::ios::binary).seekp(100).put('!');
  EXPECT_FALSE(KernelFolder(kernels()).holds(file().stem().string()));
  EXPECT_TRUE(attempt_in(kernels()).library.is_loaded());
  EXPECT_TRUE(KernelFolder(kernels()).holds(file().stem().string()));
}

TEST_F(KernelFolders, LoadNoFileThatOthersCanWriteAndNoLink) {
  ASSERT_TRUE(attempt_in(kernels()).library.is_loaded());
  const fs::path kept = file();
  const std::string key = kept.stem().string();
  fs::permissions(kept, fs::perms::others_write, fs::perm_options::add);
  EXPECT_FALSE(KernelFolder(kernels()).holds(key));
  fs::permissions(kept, fs::perms::others_write, fs::perm_options::remove);
  EXPECT_TRUE(KernelFolder(kernels()).holds(key));
  fs::rename(kept, folder_.path("elsewhere"));
  fs::create_symlink(folder_.path("elsewhere"), kept);
  EXPECT_FALSE(KernelFolder(kernels()).holds(key));
}

TEST_F(KernelFolders, RefuseFoldersThatAreOpenToOthers) {
  fs::create_directory(kernels());
  fs::permissions(kernels(), fs::perms::owner_all | fs::perms::group_read);
  EXPECT_NE(attempt_in(kernels()).fault.find("must be 0700"), std::string::npos) << attempt_in(kernels()).fault;
  fs::permissions(kernels(), fs::perms::owner_all);
  EXPECT_EQ(attempt_in(kernels()).fault, "");
  fs::create_directory_symlink(kernels(), folder_.path("link"));
  EXPECT_NE(attempt_in(folder_.path("link")).fault.find("is not a folder"), std::string::npos);
  const fs::path below = folder_.path("open") / "kernels";
  EXPECT_EQ(attempt_in(below).fault, "");
  fs::permissions(folder_.path("open"), fs::perms::all);
  EXPECT_NE(attempt_in(below).fault.find("where other users can write"), std::string::npos);
  folder_.write("file", "");
  EXPECT_NE(attempt_in(folder_.path("file")).fault.find("is not a folder"), std::string::npos);
}

TEST_F(KernelFolders, SayThatACompilerFails) {
  const Folder tools;
  const fs::path broken = tools.write("c++", "#!/bin/sh\necho no >&2\nexit 3\n");
  fs::permissions(broken, fs::perms::owner_all);
  const Variable path("PATH", tools.path().c_str());
  const KernelAttempt attempt = attempt_in(kernels());
  EXPECT_FALSE(attempt.library.is_loaded());
  EXPECT_EQ(attempt.fault, "the compiler failed with exit code 3 (" + broken.string() + ")");
  EXPECT_EQ(files(), 0U) << "work folders are left";
}

TEST(KernelsWithoutACompiler, AreInterpretedWithAWord) {
  const Folder folder;
  const Variable path("PATH", "bin:.");  // folders that are not absolute do not count
  Dice dice(1);
  Spec spec = odd_model(1);
  spec.records.clear();
  spec.compare.reset();
  spec.rules = {random_local_rule(spec, dice, LocalSignal::kFeedback)};
  spec.rules[0].name = "mine";
  spec.training.updates = 1;
  RunOptions options{.threads = 1, .compile = {Compile::kAlways, folder.path("kernels")}};
  EXPECT_THROW(run(spec, options), UsageError);
  // so much to do that it would be worth a compiler, and stopped before the first update
  const std::atomic<bool> stop = true;
  std::string word;
  options.compile.compile = Compile::kAuto;
  options.interrupt = &stop;
  options.interpreted = [&](const std::string& rule, const std::string& reason) { word = rule + ": " + reason; };
  spec.training.updates = 1'000'000'000;
  EXPECT_EQ(run(spec, options).outcomes.front().status, Status::kInterrupted);
  EXPECT_EQ(word, "mine: no compiler (c++, g++, clang++) is in an absolute folder of PATH");
  EXPECT_FALSE(fs::exists(folder.path("kernels")));
  const Variable home("HOME", nullptr);
  const Variable cache("XDG_CACHE_HOME", nullptr);
  EXPECT_NE(KernelFolder({}).fault().find("neither XDG_CACHE_HOME nor HOME"), std::string::npos);
}

}  // namespace
}  // namespace locus::kernel_folder_test
