// Files are read and written as a whole.
#include "sim/model/files.h"

#include <string>

#include <gtest/gtest.h>

#include "sim/model/errors.h"
#include "sim/model/sha256.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

TEST(Files, WhatIsWrittenIsRead) {
  const Folder folder;
  std::string bytes(200'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7);
  write_file_whole(folder.path("x"), bytes);
  EXPECT_EQ(read_file(folder.path("x")), bytes);
  write_file_whole(folder.path("x"), "short");
  EXPECT_EQ(read_file(folder.path("x")), "short");
}

TEST(Files, NothingIsLeftBeside) {
  const Folder folder;
  write_file_whole(folder.path("x"), "a");
  std::filesystem::create_directory(folder.path("y"));
  EXPECT_THROW(write_file_whole(folder.path("y"), "a"), FileError);  // a folder is not replaced
  EXPECT_THROW(write_file_whole(folder.path("absent") / "x", "a"), FileError);
  int entries = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path(""))) ++entries;
  EXPECT_EQ(entries, 2);
}

TEST(Files, ErrorsNameTheFileAndTheReason) {
  const Folder folder;
  try {
    read_file(folder.path("absent"));
    FAIL() << "a file that is not there was read";
  } catch (const FileError& error) {
    EXPECT_NE(std::string(error.what()).find("absent: cannot open: No such file"), std::string::npos) << error.what();
  }
  EXPECT_THROW(read_file(folder.path("")), FileError);
}

TEST(Files, TooLargeIsAnErrorBeforeMemoryIsTaken) {
  const Folder folder;
  const auto file = folder.write("x", "12345");
  EXPECT_EQ(read_file(file, 5), "12345");
  EXPECT_THROW(read_file(file, 4), FileError);
  EXPECT_THROW(read_file("/dev/zero", 1'000'000), FileError);  // not a regular file, and endless
  std::filesystem::resize_file(file, 5'000'000'000);           // a sparse file
  EXPECT_THROW(read_file(file), FileError);
}

TEST(Files, Sha256IsTheStandardOne) {  // FIPS 180-4, examples
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace locus
