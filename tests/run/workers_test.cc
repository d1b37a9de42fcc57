// Workers: every task of every phase runs once, for any number of tasks and threads, awake or
// asleep.
#include "sim/run/workers.h"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace locus {
namespace {

/// Runs phases of 1 .. 9 tasks. Each task writes to its own place and reads the results of the
/// previous phase.
void run_phases(Workers& workers, int phases) {
  const Executor executor = workers.executor();
  constexpr int kMost = 9;
  std::vector<int> runs(kMost, 0);
  std::vector<int> expected(kMost, 0);
  for (int phase = 0; phase < phases; ++phase) {
    const int tasks = phase % kMost + 1;
    executor(tasks, [&](int task) { ++runs[static_cast<std::size_t>(task)]; });
    for (int task = 0; task < tasks; ++task) ++expected[static_cast<std::size_t>(task)];
    ASSERT_EQ(runs, expected) << "after phase " << phase;
  }
}

TEST(WorkersOnThreads, RunEveryTaskOfEveryPhaseOnce) {
  for (const int threads : {1, 2, 3, 7}) {
    Workers workers(threads);
    EXPECT_EQ(workers.executor().threads, threads);
    run_phases(workers, 2000);
  }
}

TEST(WorkersOnThreads, WakeUpAgain) {
  Workers workers(3);
  for (int pause = 0; pause < 20; ++pause) {
    // long enough for all threads to fall asleep
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    run_phases(workers, 9);
  }
}

/// Two tasks that wait for each other need both threads, so no thread may run a phase alone
/// forever.
TEST(WorkersOnThreads, TwoTasksOfAPhaseRunAtOnce) {
  Workers workers(2);
  const Executor executor = workers.executor();
  std::atomic<int> arrived{0};
  executor(2, [&](int) {
    ++arrived;
    while (arrived < 2) std::this_thread::yield();
  });
  EXPECT_EQ(arrived, 2);
}

TEST(WorkersOnThreads, RethrowTheExceptionOfTheLowestTask) {
  Workers workers(3);
  const Executor executor = workers.executor();
  for (int phase = 0; phase < 200; ++phase) {
    std::vector<int> ran(8, 0);
    try {
      executor(8, [&](int task) {
        ran[static_cast<std::size_t>(task)] = 1;
        if (task == 3 || task == 5 || task == 7) throw std::runtime_error(std::to_string(task));
      });
      FAIL() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "3");
    }
    EXPECT_EQ(ran, std::vector<int>(8, 1));  // the others continued
  }
  run_phases(workers, 9);
}

}  // namespace
}  // namespace locus
