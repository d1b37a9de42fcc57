// One holder at a time, who is named; a lock ends with its process.
#include "sim/model/file_lock.h"

#include <csignal>
#include <optional>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "sim/model/errors.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

class Locks : public InFolder {
 protected:
  std::string refusal() const {
    try {
      const FileLock lock(folder_ / "lock", "out", "wait");
    } catch (const FileError& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(Locks, NameTheirHolder) {
  {
    const FileLock lock(folder_ / "lock", "out", "wait");
    char host[256] = {};
    ASSERT_EQ(::gethostname(host, sizeof host - 1), 0);
    const std::string said = refusal();
    EXPECT_TRUE(said.starts_with("out: is in use by process " + std::to_string(::getpid()) + " on " + host + " since 20"))
        << said;
    EXPECT_TRUE(said.ends_with(" UTC; wait")) << said;
    EXPECT_EQ(refusal(), said) << "whoever is refused changes nothing";
  }
  EXPECT_TRUE(files().empty()) << "the file goes with the lock";
  EXPECT_EQ(refusal(), "");
}

TEST_F(Locks, EndWithTheirProcess) {
  int ready[2] = {};
  ASSERT_EQ(::pipe(ready), 0);
  const ::pid_t child = ::fork();
  if (child == 0) {
    const FileLock lock(folder_ / "lock", "out", "wait");
    static_cast<void>(::write(ready[1], "x", 1));
    while (true) ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_NE(refusal().find("process " + std::to_string(child) + " on"), std::string::npos) << refusal();
  ::kill(child, SIGKILL);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "lock")) << "a killed process leaves the file";
  EXPECT_EQ(refusal(), "") << "and the file holds nobody up";
  EXPECT_TRUE(files().empty());
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(Locks, ThatAreSharedKeepOutWhoeverWantsThemAlone) {
  {
    const FileLock one(folder_ / "lock", "out", "wait", Holding::kShared);
    {
      const FileLock two(folder_ / "lock", "out", "wait", Holding::kShared);
      EXPECT_NE(refusal(), "");
      EXPECT_EQ(FileLock::attempt(folder_ / "lock"), nullptr);
    }
    EXPECT_NE(refusal(), "") << "the first one still holds it";
    EXPECT_EQ(files(), std::vector<std::string>{"lock"});
  }
  EXPECT_TRUE(files().empty()) << "the file goes with the last holder";
  const auto alone = FileLock::attempt(folder_ / "lock");
  ASSERT_NE(alone, nullptr);
  EXPECT_THROW(FileLock(folder_ / "lock", "out", "wait", Holding::kShared), FileError);
}

TEST_F(Locks, AreNotTakenThroughALink) {
  file("victim", "precious");
  std::filesystem::create_symlink("victim", folder_ / "lock");
  EXPECT_NE(refusal(), "");
  EXPECT_EQ(text("victim"), "precious");
}

}  // namespace
}  // namespace locus
