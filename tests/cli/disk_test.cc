// Disks that are really full, locked or gone: the program ends with exit 1 and says where and why,
// the previous files are whole, and the run can be resumed when there is room again. The disks are
// small file systems in memory; mounting them needs the permission for it.
#include <cerrno>
#include <chrono>
#include <fstream>
#include <system_error>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/mount.h>

#include "tests/cli/invoke.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

/// A file system in a new folder, during its life.
class Disk {
 public:
  Disk(std::string folder, const std::string& size) : folder_(std::move(folder)) {
    fs::create_directories(folder_);
    if (::mount("tmpfs", folder_.c_str(), "tmpfs", 0, ("size=" + size).c_str()) != 0)
      lack_ = "may not mount a file system: " + std::generic_category().message(errno);
  }
  ~Disk() {
    if (lack_.empty()) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  /// The reason why there is none, or empty.
  const std::string& lack() const { return lack_; }

  /// Fills the disk except for this number of bytes.
  void fill(std::uintmax_t but) const {
    fs::resize_file(filler(), 0);
    const std::string bytes(fs::space(folder_).available - but, 'x');
    std::ofstream(filler(), std::ios::binary) << bytes;
  }
  void empty() const { fs::remove(filler()); }

  void resize(const std::string& size) const { remount(0, "size=" + size); }
  void lock() const { remount(MS_RDONLY, ""); }
  void unlock() const { remount(0, ""); }

 private:
  std::string filler() const {
    const std::string file = folder_ + "/filler";
    std::ofstream(file, std::ios::app);
    return file;
  }
  void remount(unsigned long flags, const std::string& data) const {
    ASSERT_EQ(::mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT | flags, data.c_str()), 0)
        << std::generic_category().message(errno);
  }

  std::string folder_;
  std::string lack_;
};

constexpr const char* kFull = "cannot write: No space left on device";

class OnDisk : public InFolder {
 protected:
  std::string model(const std::string& training) const {
    return file("small.txtpb", small_model_text("small", training));
  }
  std::string recorded_model(const std::string& training) const {
    return file("small.txtpb", small_model_text("small", training) +
                                   "record { quantity: ACTIVITY population: \"rec\" form: PROTOBUF }\n"
                                   "record { quantity: WEIGHTS projection: \"W\" }\n");
  }
  void expect_same_files(const std::string& one, const std::string& other) const {
    const auto of_one = texts(one);
    const auto of_other = texts(other);
    EXPECT_FALSE(of_one.empty());
    EXPECT_EQ(of_one.size(), of_other.size());
    for (const auto& [name, bytes] : of_one) EXPECT_TRUE(of_other.contains(name) && of_other.at(name) == bytes) << name;
  }
};

void expect_fails(const Answer& answer, const std::string& part) {
  EXPECT_EQ(answer.code, code_of(Exit::kFailed));
  EXPECT_TRUE(has(answer.err, part)) << answer.err << "does not say\n" << part;
}

TEST_F(OnDisk, AFullOneDoesNotLoseTheTable) {
  const Disk disk(at("disk"), "1m");
  if (!disk.lack().empty()) GTEST_SKIP() << disk.lack();
  const std::string path = model("training { updates: 30 learning_rate: 0.1 }\n");
  fs::create_directory(at("disk/out"));
  disk.fill(0);
  const Answer table = invoke({"run", path, "--out", at("disk/out")});
  expect_fails(table, kFull);
  const Answer without = invoke({"run", path});
  EXPECT_EQ(table.out, without.out);
  EXPECT_TRUE(has(table.out, "rflo")) << table.out;
  const Answer json = invoke({"run", path, "--json", "--out", at("disk/out")});
  expect_fails(json, kFull);
  EXPECT_EQ(json.out, invoke({"run", path, "--json"}).out);
}

TEST_F(OnDisk, AFullOneDoesNotLoseTheTableOfASweep) {
  const Disk disk(at("disk"), "1m");
  if (!disk.lack().empty()) GTEST_SKIP() << disk.lack();
  const std::string path = model("training { updates: 30 learning_rate: 0.1 }\n");
  ASSERT_EQ(invoke({"sweep", path, "--quiet", "--out", at("disk/out")}).code, 0);
  disk.fill(0);
  const Answer table = invoke({"sweep", path, "--out", at("disk/out")});  // its members are there
  expect_fails(table, kFull);
  EXPECT_EQ(table.out, invoke({"sweep", path}).out);
}

TEST_F(OnDisk, AFullOneKeepsTheLastCheckpoint) {
  const Disk disk(at("disk"), "64k");
  if (!disk.lack().empty()) GTEST_SKIP() << disk.lack();
  // A checkpoint grows with its losses, eight bytes for each update, until two of them exceed the
  // disk.
  const std::string path = model("training { updates: 5000 learning_rate: 0.001 }\n");
  const std::string file = at("disk/run.ckpt");
  expect_fails(invoke({"run", path, "--quiet", "--rule", "rflo", "--out", at("out"), "--checkpoint", file,
                       "--checkpoint-every", "50"}),
               file + ": " + kFull);
  EXPECT_EQ(texts("disk").size(), 1U) << "nothing half written stays";
  const std::string last = text("disk/run.ckpt");
  expect_fails(invoke({"resume", file}), file + ": " + kFull);
  EXPECT_EQ(texts("disk").size(), 1U);
  EXPECT_EQ(text("disk/run.ckpt"), last);
  disk.resize("1m");
  const Answer resumed = invoke({"resume", file});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  ASSERT_EQ(invoke({"run", path, "--quiet", "--rule", "rflo", "--out", at("whole")}).code, 0);
  expect_same_files("whole", "out");
}

TEST_F(OnDisk, AFullOneKeepsTheResultsOfBefore) {
  const Disk disk(at("disk"), "4m");
  if (!disk.lack().empty()) GTEST_SKIP() << disk.lack();
  const std::string path = model("training { updates: 30 learning_rate: 0.1 }\n");
  ASSERT_EQ(invoke({"run", path, "--quiet", "--out", at("disk/out")}).code, 0);
  const auto before = texts("disk/out");
  ASSERT_EQ(invoke({"run", path, "--quiet", "--seed", "9", "--out", at("whole")}).code, 0);
  const auto after = texts("whole");
  const std::vector<std::string> again = {"run", path, "--quiet", "--seed", "9", "--out", at("disk/out")};
  std::vector<std::string> kept = again;
  kept.insert(kept.end(), {"--checkpoint", at("run.ckpt"), "--checkpoint-every", "7"});
  // No room for any file; then room for the small files but not for the page.
  for (const std::uintmax_t room : {std::uintmax_t{0}, std::uintmax_t{32} << 10U}) {
    disk.fill(room);
    fs::remove(at("run.ckpt"));
    for (const std::vector<std::string>& words : {again, kept, {"resume", at("run.ckpt")}}) {
      expect_fails(invoke(words), std::string(room == 0 ? "out/losses.csv: " : "out/report.html: ") + kFull);
      const auto now = texts("disk/out");
      EXPECT_EQ(now.size(), before.size()) << "nothing half written stays";
      for (const auto& [name, bytes] : now)
        EXPECT_TRUE(bytes == before.at(name) || bytes == after.at(name))
            << name << " is neither the old one nor the new one";
      EXPECT_EQ(now.at("losses.csv") == before.at("losses.csv"), room == 0);
      EXPECT_EQ(now.at("result.json"), before.at("result.json"));
    }
  }
  disk.empty();
  ASSERT_EQ(invoke({"resume", at("run.ckpt")}).code, 0);
  expect_same_files("whole", "disk/out");
}

/// A reader of a recording sees the beginning of the same file of a run with enough room. Returns
/// the number of updates in an .npy.
std::size_t expect_begins_as(const std::string& name, const std::string& bytes, const std::string& whole) {
  if (name.ends_with(".pb")) {
    EXPECT_TRUE(whole.starts_with(bytes)) << name;
    return 0;
  }
  constexpr std::size_t kHead = 192;
  const auto updates = [](const std::string& file) {
    return static_cast<std::size_t>(std::stoull(file.substr(file.find("'shape': (") + 10)));
  };
  const std::size_t shown = updates(bytes) * ((whole.size() - kHead) / updates(whole));
  EXPECT_GE(bytes.size(), kHead + shown) << name << " says that it has more than there is";
  EXPECT_EQ(bytes.substr(kHead, shown), whole.substr(kHead, shown)) << name;
  return updates(bytes);
}

TEST_F(OnDisk, AFullOneKeepsWhatWasRecorded) {
  const std::string path = recorded_model("training { updates: 400 learning_rate: 0.001 batch: 2 }\n");
  ASSERT_EQ(invoke({"run", path, "--quiet", "--out", at("whole")}).code, 0);
  const auto whole = texts("whole/record");
  // the files of the first rule fill the disk, or those of the second
  for (const char* size : {"100k", "220k"}) {
    const Disk disk(at("disk"), size);
    if (!disk.lack().empty()) GTEST_SKIP() << disk.lack();
    const auto expect_whole_updates = [&] {
      std::size_t shown = 0;
      const auto now = texts("disk/out/record");
      EXPECT_EQ(now.size(), whole.size());
      for (const auto& [name, bytes] : now) shown += expect_begins_as(name, bytes, whole.at(name));
      EXPECT_GT(shown, 50U) << "it got somewhere";
    };
    fs::remove(at("run.ckpt"));
    const Answer full = invoke(
        {"run", path, "--quiet", "--out", at("disk/out"), "--checkpoint", at("run.ckpt"), "--checkpoint-every", "60"});
    expect_fails(full, kFull);
    EXPECT_TRUE(has(full.err, "disk/out/record/")) << full.err;
    expect_whole_updates();
    expect_fails(invoke({"resume", at("run.ckpt")}), kFull);
    expect_whole_updates();
    disk.resize("8m");
    const Answer resumed = invoke({"resume", at("run.ckpt")});
    EXPECT_EQ(resumed.code, 0) << resumed.err;
    expect_same_files("whole", "disk/out");
  }
}

TEST_F(OnDisk, ALockedOneKeepsAll) {
  const Disk disk(at("disk"), "8m");
  if (!disk.lack().empty()) GTEST_SKIP() << disk.lack();
  const std::string path = recorded_model("training { updates: 40 learning_rate: 0.001 }\n");
  const std::vector<std::string> run = {
      "run", path, "--quiet", "--out", at("disk/out"), "--checkpoint", at("run.ckpt"), "--checkpoint-every", "30"};
  ASSERT_EQ(invoke(run).code, 0);
  const auto before = texts("disk/out");
  disk.lock();
  const std::string why = "cannot write to the folder: Read-only file system";
  expect_fails(invoke({"resume", at("run.ckpt")}), at("disk/out") + ": " + why);
  fs::remove(at("run.ckpt"));
  expect_fails(invoke(run), at("disk/out") + ": " + why);
  expect_fails(invoke({"run", path, "--checkpoint", at("disk/run.ckpt"), "--out", at("out")}),
               at("disk/run.ckpt") + ": cannot write: Read-only file system");
  EXPECT_EQ(texts("disk/out"), before);
}

/// The folder of the results is writable, the folder of the recordings in it is not.
TEST_F(OnDisk, ALockedFolderOfRecordingsIsNamed) {
  const std::string path = recorded_model("training { updates: 40 learning_rate: 0.001 }\n");
  const std::vector<std::string> run = {
      "run", path, "--quiet", "--out", at("out"), "--checkpoint", at("run.ckpt"), "--checkpoint-every", "30"};
  const Disk disk(at("out/record"), "8m");
  if (!disk.lack().empty()) GTEST_SKIP() << disk.lack();
  disk.lock();
  expect_fails(invoke(run), "out/record/bptt: cannot make the folder: Read-only file system");
  EXPECT_FALSE(fs::exists(at("out/result.json")));
  disk.unlock();
  ASSERT_EQ(invoke(run).code, 0);
  const auto before = texts("out");
  disk.lock();
  expect_fails(invoke({"resume", at("run.ckpt")}), "out/record/still/rec-activity.pb: cannot write: Read-only file system");
  EXPECT_EQ(texts("out"), before);
  disk.unlock();
  EXPECT_EQ(invoke({"resume", at("run.ckpt")}).code, 0);
  EXPECT_EQ(texts("out"), before);
}

/// A user without root's rights gets a folder without permission to write; root may write in spite
/// of permissions.
TEST_F(OnDisk, AFolderWithoutPermissionIsNamed) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write to any folder";
  const std::string path = model("");
  fs::create_directory(at("locked"));
  fs::permissions(at("locked"), fs::perms::owner_read | fs::perms::owner_exec);
  expect_fails(invoke({"run", path, "--checkpoint", at("locked/run.ckpt")}), "cannot write: Permission denied");
  expect_fails(invoke({"run", path, "--out", at("locked")}), "cannot write to the folder: Permission denied");
  fs::permissions(at("locked"), fs::perms::owner_all);
}

/// Removes a folder as soon as a file exists and, on request, has more than this number of bytes.
std::thread takes(const std::string& folder, const std::string& file, std::uintmax_t more_than = 0) {
  return std::thread([=] {
    std::error_code error;
    for (std::uintmax_t size = 0; error || size <= more_than; size = fs::file_size(file, error))
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    fs::rename(folder, folder + "-away");
  });
}

TEST_F(OnDisk, AFolderOfCheckpointsThatIsNotThereOrVanishesIsNamed) {
  const std::string path = model("training { updates: 200000000 learning_rate: 0.001 }\n");
  expect_fails(invoke({"run", path, "--checkpoint", at("nowhere/run.ckpt")}),
               "nowhere/run.ckpt: cannot write: No such file or directory");
  fs::create_directory(at("kept"));
  std::thread thief = takes(at("kept"), at("kept/run.ckpt"));
  const Answer vanished = invoke({"run", path, "--checkpoint", at("kept/run.ckpt"), "--checkpoint-every", "1"});
  thief.join();
  expect_fails(vanished, "kept/run.ckpt: cannot write: No such file or directory");
  EXPECT_TRUE(fs::exists(at("kept-away/run.ckpt"))) << "the last good one stays";
}

TEST_F(OnDisk, AFolderOfRecordingsThatVanishesIsNamed) {
  // Open files stay writable after the removal, so the next checkpoint finds the fault.
  const std::string path = recorded_model("training { updates: 200000000 learning_rate: 0.001 }\n");
  std::thread thief = takes(at("out/record"), at("out/record/bptt/W-weights.npy"), 2000);
  const Answer vanished =
      invoke({"run", path, "--out", at("out"), "--checkpoint", at("run.ckpt"), "--checkpoint-every", "20"});
  thief.join();
  expect_fails(vanished, "out/record/bptt/");
  EXPECT_TRUE(has(vanished.err, "No such file or directory")) << vanished.err;
  const Answer resumed = invoke({"resume", at("run.ckpt")});
  expect_fails(resumed, "cannot go on with the recording: No such file or directory");
}

}  // namespace
}  // namespace locus
