// A sweep by several processes: parts, and two processes that share one folder.
#include <atomic>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "sim/model/errors.h"
#include "sim/model/file_lock.h"
#include "sim/sweep/sweep.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSharedModel = R"(name: "shared" seed: 5
network {
  populations { name: "in"  size: 2 input {} }
  populations { name: "rec" size: 4 rate { activation: TANH leak: 0.5 } }
  populations { name: "out" size: 1 readout {} }
  projections { name: "B" source: "in"  target: "rec" weights { gaussian { gain: 1 } } }
  projections { name: "W" source: "rec" target: "rec" weights { gaussian { gain: 0.8 } } }
  projections { name: "A" source: "rec" target: "out" weights { gaussian { gain: 1 } } }
}
task { student_teacher { teacher {
  populations { name: "in"  size: 2 input {} }
  populations { name: "rec" size: 2 rate {} }
  populations { name: "out" size: 1 readout {} }
  projections { name: "B" source: "in"  target: "rec" weights { gaussian { gain: 1 } } }
  projections { name: "A" source: "rec" target: "out" weights { gaussian { gain: 1 } } }
} } }
training { ticks: 5 updates: 3 learning_rate: 0.1 }
rules { name: "rflo" rflo {} }
)";

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
  bool has_locks(const std::string& folder) const {
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / folder)) {
      if (entry.path().filename() == ".locus-lock") return true;
    }
    return false;
  }

  const fs::path model_ = file("model.txtpb", kSharedModel);
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

/// The lock of a member stands for another process that runs it.
TEST_F(SweepParts, AMemberThatAnotherProcessRunsIsAwaitedInAThread) {
  const SweepResult first = sweep(plan(), options("done"));
  const std::string file = first.members.at(7).file;
  const fs::path member = folder_ / "out" / file;
  SweepOptions open = options("out");
  fs::create_directories(member.parent_path());
  auto other = std::make_unique<FileLock>(member.parent_path() / ".locus-lock", "member", "wait");
  std::atomic<std::size_t> done = 0;
  open.progress = [&](std::size_t so_far, std::size_t) { done = so_far; };
  SweepResult result;
  std::thread process([&] { result = sweep(plan(), open); });
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (done < 19 && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(done, 19U) << "the others are done, this one is waited for";
  EXPECT_FALSE(fs::exists(member));
  fs::copy_file(folder_ / "done" / file, member);
  const auto written = fs::last_write_time(member);
  other.reset();
  process.join();
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
  SweepOptions open = options("out");
  fs::create_directories(member.parent_path());
  auto other = std::make_unique<FileLock>(member.parent_path() / ".locus-lock", "member", "wait");
  std::atomic<std::size_t> done = 0;
  open.progress = [&](std::size_t so_far, std::size_t) { done = so_far; };
  SweepResult result;
  std::thread process([&] { result = sweep(plan(), open); });
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (done < 19 && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  other.reset();
  process.join();
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
