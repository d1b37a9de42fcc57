// A sweep by several processes: parts, and two processes that share one folder.
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "sim/model/errors.h"
#include "sim/model/file_lock.h"
#include "sim/sweep/sweep.h"
#include "tests/support/folder.h"
#include "tests/sweep/student_text.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

class SweepParts : public InFolder {
 protected:
  SweepPlan plan() const {
    return {.model = model_,
            .axes = {axis_of("training.learning_rate=0.05,0.1,0.2,0.4")},
            .seeds = 5,
            .overrides = {.rules = {}}};
  }
  SweepOptions options(const std::string& folder) const {
    fs::create_directories(folder_ / folder);
    return {.threads = 1, .folder = folder_ / folder, .progress = {}};
  }
  /// The results in a folder, with the time of their last change.
  std::map<std::string, fs::file_time_type> results(const std::string& folder) const {
    std::map<std::string, fs::file_time_type> times;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / folder)) {
      if (entry.path().filename() == "result.binpb") times[entry.path().string()] = entry.last_write_time();
    }
    return times;
  }
  /// A sweep in the folder "out" beside another process that runs one of its members, for which
  /// the lock of this test stands. When all others are done (`done` counts them), end() says what
  /// that process does last.
  SweepResult sweep_beside(const fs::path& member, std::atomic<std::size_t>& done, const std::function<void()>& end) const {
    SweepOptions open = options("out");
    fs::create_directories(member.parent_path());
    auto other = std::make_unique<FileLock>(member.parent_path() / ".locus-lock", "member", "wait");
    open.progress = [&](std::size_t so_far, std::size_t) { done = so_far; };
    SweepResult result;
    std::thread process([&] { result = sweep(plan(), open); });
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (done < 19 && std::chrono::steady_clock::now() < limit)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    end();
    other.reset();
    process.join();
    return result;
  }
  bool has_locks(const std::string& folder) const {
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / folder)) {
      if (entry.path().filename() == ".locus-lock") return true;
    }
    return false;
  }

  const fs::path model_ = file("model.txtpb", student_text("name: \"shared\" seed: 5", 4,
                                                           "training { ticks: 5 updates: 3 learning_rate: 0.1 }\n"
                                                           "rules { name: \"rflo\" rflo {} }\n"));
};

TEST_F(SweepParts, AreEvenDoNotOverlapAndMakeTheWhole) {
  const SweepResult whole = sweep(plan(), options("whole"));
  std::set<std::string> files;
  std::size_t members = 0;
  for (int k = 0; k < 3; ++k) {
    SweepOptions part = options("parts");
    part.part = WorkPart{.index = k, .count = 3};
    const SweepResult result = sweep(plan(), part);
    EXPECT_GE(result.members.size(), 6U);
    EXPECT_LE(result.members.size(), 7U);
    members += result.members.size();
    std::set<std::string> settings;
    for (const SweepMember& member : result.members) {
      files.insert(member.file);
      settings.insert(member.settings.at(0));
    }
    EXPECT_GE(settings.size(), 2U) << "settings are mixed";
  }
  EXPECT_EQ(members, 20U);
  EXPECT_EQ(files.size(), 20U);
  const auto before = results("parts");
  const SweepResult after = sweep(plan(), options("parts"));
  EXPECT_EQ(results("parts"), before) << "every member is found, and none runs again";
  ASSERT_EQ(after.members.size(), whole.members.size());
  for (std::size_t i = 0; i < whole.members.size(); ++i) EXPECT_EQ(after.members[i].rules, whole.members[i].rules);
  EXPECT_FALSE(has_locks("parts"));
}

TEST_F(SweepParts, MoreThanMembersLeaveSomeWithNothing) {
  SweepOptions part = options("out");
  std::size_t members = 0;
  for (int k = 0; k < 25; ++k) {
    part.part = WorkPart{.index = k, .count = 25};
    members += sweep(plan(), part).members.size();
  }
  EXPECT_EQ(members, 20U);
}

TEST_F(SweepParts, NeedAFolder) {
  SweepOptions part{.folder = {}, .progress = {}};
  part.part = WorkPart{.index = 0, .count = 2};
  EXPECT_THROW(sweep(plan(), part), UsageError);
}

TEST_F(SweepParts, AMemberThatAnotherProcessRunsIsAwaitedInAThread) {
  const SweepResult first = sweep(plan(), options("done"));
  const std::string file = first.members.at(7).file;
  const fs::path member = folder_ / "out" / file;
  fs::file_time_type written;
  std::atomic<std::size_t> done = 0;
  const SweepResult result = sweep_beside(member, done, [&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_EQ(done, 19U) << "the others are done, this one is waited for";
    EXPECT_FALSE(fs::exists(member));
    fs::copy_file(folder_ / "done" / file, member);
    written = fs::last_write_time(member);
  });
  EXPECT_EQ(done, 20U);
  EXPECT_EQ(fs::last_write_time(member), written) << "its result is taken, not made again";
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(result.members.at(i).rules, first.members[i].rules);
    EXPECT_FALSE(result.members[i].replaced);
  }
}

TEST_F(SweepParts, AMemberWhoseProcessWasKilledRunsHereInAThread) {
  const SweepResult first = sweep(plan(), options("done"));
  const fs::path member = folder_ / "out" / first.members.at(7).file;
  std::atomic<std::size_t> done = 0;
  const SweepResult result = sweep_beside(member, done, [] {});
  EXPECT_EQ(result.members.at(7).rules, first.members[7].rules);
  EXPECT_TRUE(fs::exists(member));
}

TEST_F(SweepParts, TwoSweepsOfOneFolderMakeEachMemberOnceInThreads) {
  const SweepResult alone = sweep(plan(), options("alone"));
  const SweepOptions shared = options("shared");
  SweepResult one;
  SweepResult two;
  std::thread first([&] { one = sweep(plan(), shared); });
  std::thread second([&] { two = sweep(plan(), shared); });
  first.join();
  second.join();
  ASSERT_EQ(one.members.size(), 20U);
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(one.members[i].rules, alone.members[i].rules);
    EXPECT_EQ(two.members[i].rules, alone.members[i].rules);
  }
  EXPECT_EQ(results("shared").size(), 20U);
  EXPECT_FALSE(has_locks("shared"));
}

}  // namespace
}  // namespace locus
