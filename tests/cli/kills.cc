#include "tests/cli/kills.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <random>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/cli/invoke.h"

namespace locus {
namespace {

bool has_ended(::pid_t child) {
  siginfo_t info = {};
  ::waitid(P_PID, static_cast<::id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT);
  return info.si_pid == child;
}

/// The inode of the file, which changes when the file is replaced; 0 if there is no file.
::ino_t inode_of(const std::string& file) {
  struct stat state = {};
  return ::stat(file.c_str(), &state) == 0 ? state.st_ino : 0;
}

}  // namespace

void kill_and_go_on(const Kills& plan, const std::function<void()>& expect_done) {
  std::mt19937 random(plan.seed);
  std::uniform_int_distribution<int> microseconds(0, plan.most_microseconds);
  const auto begin = [&](int threads) {
    if (inode_of(plan.checkpoint) == 0)
      return start({"run", plan.model, "--quiet", "--out", plan.out, "--checkpoint", plan.checkpoint,
                    "--checkpoint-every", plan.every});
    return start({"resume", plan.checkpoint, "--threads", std::to_string(threads)});
  };
  int kills = 0;
  int resumed = 0;
  for (int tries = 0; kills < plan.kills && tries < 15 * plan.kills; ++tries) {
    const ::ino_t before = inode_of(plan.checkpoint);
    resumed += before != 0 ? 1 : 0;
    const ::pid_t child = begin(1 + tries % 3);
    // Every second process is killed at once, or while it opens its files; the others after some
    // progress, however busy the machine is.
    while (tries % 2 == 0 && inode_of(plan.checkpoint) == before && !has_ended(child))
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds(random)));
    ::kill(child, SIGKILL);
    const int code = wait_for(child);
    ASSERT_TRUE(code == 0 || code == 128 + SIGKILL) << code;
    if (code != 0) {
      ++kills;
      continue;
    }
    expect_done();  // it ended before the kill
    std::filesystem::remove(plan.checkpoint);
    std::filesystem::remove_all(plan.out);
  }
  EXPECT_EQ(kills, plan.kills);
  EXPECT_GE(2 * resumed, plan.kills) << "kills came while there was something to go on from";
  ASSERT_EQ(wait_for(begin(2)), 0);
  expect_done();
}

}  // namespace locus
