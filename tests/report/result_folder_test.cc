// A folder of results holds what the last command wrote there, and everything of others.
#include "sim/report/result_folder.h"

#include <fstream>

#include <gtest/gtest.h>

#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/report/write.h"
#include "tests/report/sample.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

class ResultFolders : public InFolder {
 protected:
  /// One command that writes these files.
  void write(const Names& names, bool to_the_end = true) {
    ResultFolder folder(folder_ / "out", "run");
    folder.expect(names);
    for (const std::string& name : names) {
      make_folder((folder_ / "out" / name).parent_path());
      write_file_whole(folder_ / "out" / name, "own");
    }
    if (to_the_end) folder.remove_others();
  }
  Names there() const {
    Names names = files();
    std::erase(names, "out/.locus-files");
    return names;
  }
};

TEST_F(ResultFolders, KeepNothingOfEarlierResultsAndAllOfOthers) {
  write({"losses.csv", "evaluations.csv", "record/bptt/a.npy", "record/rflo/a.npy", "weights/x/W.npy"});
  file("out/notes.txt", "precious");
  file("out/record/rflo/mine.npy", "precious");
  file("out/weights/x/mine/W.npy", "precious");
  write({"losses.csv", "record/bptt/a.npy"});
  EXPECT_EQ(there(), (Names{"out/losses.csv", "out/notes.txt", "out/record/bptt/a.npy", "out/record/rflo/mine.npy",
                            "out/weights/x/mine/W.npy"}));
  write({"losses.csv"});
  EXPECT_EQ(there(), (Names{"out/losses.csv", "out/notes.txt", "out/record/rflo/mine.npy", "out/weights/x/mine/W.npy"}));
  EXPECT_FALSE(fs::exists(folder_ / "out/record/bptt")) << "empty folders go too";
  write({"losses.csv", "notes.csv"});
  EXPECT_EQ(text("out/.locus-files"), "# files of the results of locus run\nlosses.csv\nnotes.csv\n");
}

TEST_F(ResultFolders, AreEmptiedBeforeARunButForClosedFiles) {
  write({"a", "b", "c"});
  fs::permissions(folder_ / "out/b", fs::perms::owner_read);
  {
    ResultFolder folder(folder_ / "out", "run");
    folder.expect({"c"});
    folder.remove_earlier();
    EXPECT_EQ(there(), (Names{"out/.locus-lock", "out/b", "out/c"})) << "b keeps its permissions for the next b";
    folder.remove_others();
  }
  EXPECT_EQ(there(), (Names{"out/c"})) << "of which there was none";
}

TEST_F(ResultFolders, KnowWhatAKilledCommandLeft) {
  write({"a", "b"});
  write({"b", "c"}, false);  // ended after its files and before the clearing
  EXPECT_EQ(there(), (Names{"out/a", "out/b", "out/c"}));
  write({"d"});
  EXPECT_EQ(there(), (Names{"out/d"}));
}

TEST_F(ResultFolders, AListRemovesNothingOutsideOfTheFolder) {
  write({"a"});
  file("victim", "precious");
  file("elsewhere/victim", "precious");
  fs::create_directory_symlink("../elsewhere", folder_ / "out/link");
  fs::create_directory(folder_ / "out/sub");
  file("out/sub/keep", "precious");
  std::ofstream(folder_ / "out/.locus-files", std::ios::app)
      << "../victim\n"
      << at("victim") << "\nlink/victim\nsub/../../victim\nsub\n./sub/keep\n\n.\n..\n";
  write({"b"});
  EXPECT_EQ(there(), (Names{"elsewhere/victim", "out/b", "out/sub/keep", "victim"}));
  EXPECT_TRUE(fs::is_symlink(folder_ / "out/link"));
}

TEST_F(ResultFolders, AListOfSomebodyElseIsNoList) {
  file("out/.locus-files", "notes.txt\n");
  file("out/notes.txt", "precious");
  write({"a"});
  EXPECT_EQ(text("out/notes.txt"), "precious");
}

TEST_F(ResultFolders, OfAnotherKindAreNotReplaced) {
  write({"a"});
  try {
    const ResultFolder sweep(folder_ / "out", "sweep");
    FAIL() << "the folder of a run was taken for a sweep";
  } catch (const FileError& error) {
    EXPECT_EQ(std::string(error.what()),
              at("out") + ": holds the results of locus run; must be another folder, or one without them");
  }
  EXPECT_EQ(text("out/a"), "own");
}

TEST_F(ResultFolders, FilesOfAResultAreThoseThatAreWritten) {
  RunResult result = sample_result();
  write_result(result, folder_ / "plain");
  const auto sorted = [](Names names) {
    std::ranges::sort(names);
    return names;
  };
  const auto written = [&](const std::string& folder) {
    Names names;
    for (const auto& [name, bytes] : texts(folder)) names.push_back(name);
    return sorted(names);
  };
  EXPECT_EQ(sorted(result_files(result)), written("plain"));
  result.outcomes[0].evaluations = {{0, 0.5}};
  result.outcomes[0].weights[0].matrix = DenseMatrix{1'000'001, 1, std::vector<double>(1'000'001, 0.5)};
  write_result(result, folder_ / "large");
  EXPECT_EQ(sorted(result_files(result)), written("large"));
  EXPECT_EQ(result_files(result).size(), 6U + 2 * result.outcomes[0].weights.size());
}

}  // namespace
}  // namespace locus
