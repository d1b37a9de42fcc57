// Files as the system keeps them: leftovers, permissions, links, names that reach the disk.
#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <map>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

class FilesOnDisk : public InFolder {
 protected:
  /// The name of the file that a writer of `target` has beside it.
  std::string part_of(const std::string& target) const {
    const NewFile writer(folder_ / target);
    for (const std::string& name : files()) {
      if (name.ends_with(".part") && name.starts_with(target.substr(0, 100))) return name;
    }
    return "";
  }
  ::mode_t mode_of(const std::string& name) const {
    struct stat state = {};
    EXPECT_EQ(::stat(at(name).c_str(), &state), 0) << name;
    return state.st_mode & 07777;
  }
  std::string error_of(const std::string& target) const {
    try {
      write_file_whole(folder_ / target, "x");
    } catch (const FileError& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(FilesOnDisk, LeftoversAreClearedAndFilesOfOthersStay) {
  const std::string longest(250, 'n');
  std::vector<std::string> own;
  for (const std::string& target : {std::string("run.ckpt"), std::string("a.123456789012-123456789012.part"), longest}) {
    own.push_back(part_of(target));
    ASSERT_FALSE(own.back().empty()) << target;
  }
  EXPECT_TRUE(files().empty()) << "a writer that gives up leaves nothing";
  const std::vector<std::string> of_others = {"thesis.2024-11.part",
                                              "backup.20241130-0.part",
                                              "run.ckpt.123-0.part",
                                              "x.000000000000-000000000000.part",
                                              "x.0123456789ab-cdef01234567.part",
                                              ".part",
                                              "copy of " + own[0],
                                              own[0] + ".part",
                                              "mine.part"};
  for (const std::string& name : of_others) file(name, "precious");
  for (const std::string& name : own) file(name, "half");
  NewFile busy(folder_ / "busy");
  busy.append("half");
  clear_leftovers(folder_);
  for (const std::string& name : of_others) EXPECT_EQ(text(name), "precious") << name;
  for (const std::string& name : own) EXPECT_FALSE(fs::exists(folder_ / name)) << name;
  EXPECT_EQ(files().size(), of_others.size() + 1) << "what somebody writes stays too";
  busy.put_in_place();
  EXPECT_EQ(text("busy"), "half");
  clear_leftovers(folder_ / "nowhere");  // without leftovers there is no error
}

TEST_F(FilesOnDisk, APartOfALongNameIsWritten) {
  const std::string longest(255, 'n');
  write_file_whole(folder_ / longest, "x");
  EXPECT_EQ(text(longest), "x");
}

TEST_F(FilesOnDisk, AReplacedFileKeepsItsPermissions) {
  file("closed", "old");
  for (const ::mode_t mode : {0600U, 0640U, 0444U, 0777U}) {
    ASSERT_EQ(::chmod(at("closed").c_str(), mode), 0);
    {
      NewFile writer(folder_ / "closed");
      writer.append("new");
      for (const std::string& name : files()) EXPECT_EQ(mode_of(name), mode) << name << ", also while it is written";
      writer.put_in_place();
    }
    EXPECT_EQ(mode_of("closed"), mode);
    GrowingFile(folder_ / "closed", 0).close();
    EXPECT_EQ(mode_of("closed"), mode);
  }
  const ::mode_t mask = ::umask(027);
  write_file_whole(folder_ / "fresh", "x");
  ::umask(mask);
  EXPECT_EQ(mode_of("fresh"), 0640U) << "a new file has what the user's mask leaves";
}

TEST_F(FilesOnDisk, LinksAreReplacedAndNeverWrittenThrough) {
  file("victim", "precious");
  const auto write_whole = [&] { write_file_whole(folder_ / "x", "new"); };
  const auto grow = [&] {
    GrowingFile growing(folder_ / "x", 0);
    growing.append("new");
    growing.close();
  };
  const std::vector<std::function<void()>> writers = {write_whole, grow};
  for (const auto& write : writers) {
    fs::create_symlink("victim", folder_ / "x");
    write();
    EXPECT_FALSE(fs::is_symlink(folder_ / "x"));
    EXPECT_EQ(text("x"), "new");
    fs::remove(folder_ / "x");
    fs::create_hard_link(folder_ / "victim", folder_ / "x");  // as in a backup by `cp -al`
    write();
    EXPECT_EQ(text("x"), "new");
    fs::remove(folder_ / "x");
  }
  EXPECT_EQ(text("victim"), "precious");
  fs::create_symlink("victim", folder_ / "x");
  EXPECT_THROW(GrowingFile(folder_ / "x", 3), FileError) << "an old file is continued, a link is not";
  EXPECT_EQ(text("victim"), "precious");
}

TEST_F(FilesOnDisk, DevicesAndPipesAreNotReplaced) {
  ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0600), 0);
  EXPECT_NE(error_of("pipe").find("pipe: cannot write: is a device, a pipe or a socket; must be a file"), std::string::npos)
      << error_of("pipe");
  EXPECT_TRUE(fs::is_fifo(folder_ / "pipe"));
}

/// The calls of the system, with the folders that reach the disk.
FileCalls with_synced(std::vector<std::string>& synced) {
  FileCalls calls = system_calls();
  calls.sync = [&synced](int file) {
    synced.push_back(fs::read_symlink("/proc/self/fd/" + std::to_string(file)).filename().string());
    return 0;
  };
  return calls;
}

TEST_F(FilesOnDisk, TheNameOfAFolderReachesTheDisk) {
  std::vector<std::string> synced;
  const FileCalls calls = with_synced(synced);
  make_folder(folder_ / "a" / "b" / "c/", calls);
  EXPECT_TRUE(fs::is_directory(folder_ / "a" / "b" / "c"));
  EXPECT_EQ(synced, (std::vector<std::string>{folder_.filename().string(), "a", "b"}));
  make_folder(folder_ / "a" / "b" / "d", calls);
  EXPECT_EQ(synced.back(), "b");
  EXPECT_EQ(synced.size(), 4U);
  make_folder(folder_ / "a", calls);  // is there
  fs::create_directory_symlink("a", folder_ / "link");
  make_folder(folder_ / "link" / "e", calls);
  EXPECT_TRUE(fs::is_directory(folder_ / "a" / "e"));
}

TEST_F(FilesOnDisk, AFolderThatCannotBeMadeIsNamed) {
  const auto error_of = [&](const fs::path& folder, const FileCalls& calls) -> std::string {
    try {
      make_folder(folder, calls);
    } catch (const FileError& error) {
      return error.what();
    }
    return "";
  };
  file("x", "");
  EXPECT_EQ(error_of(folder_ / "x", system_calls()), at("x") + ": cannot make the folder: Not a directory");
  EXPECT_EQ(error_of(folder_ / "x" / "y", system_calls()), at("x/y") + ": cannot make the folder: Not a directory");
  FileCalls failing = system_calls();
  failing.sync = [](int) { return errno = EIO, -1; };
  EXPECT_EQ(error_of(folder_ / "y", failing), at("y") + ": cannot make the folder: Input/output error");
  failing.make_folder = [](const char*) { return errno = EDQUOT, -1; };
  EXPECT_NE(error_of(folder_ / "z", failing).find("z: cannot make the folder: "), std::string::npos);
}

}  // namespace
}  // namespace locus
