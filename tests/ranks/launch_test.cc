// What launchers and batch systems write into the environment, and what follows for this process.
#include "sim/ranks/launch.h"

#include <map>
#include <sched.h>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "sim/model/errors.h"
#include "sim/ranks/processors.h"

namespace locus {
namespace {

using Variables = std::map<std::string, std::string>;

/// Variables in place of those of the process.
class Fake {
 public:
  explicit Fake(Variables variables) : variables_(std::move(variables)) {}
  const char* operator()(const char* name) const {
    const auto found = variables_.find(name);
    return found == variables_.end() ? nullptr : found->second.c_str();
  }

 private:
  Variables variables_;
};

void expect_launch(const Variables& variables, std::string_view launcher, int rank, int ranks, int here) {
  const Fake fake(variables);
  const Launch launch = launch_of(fake);
  EXPECT_EQ(launch.launcher, launcher);
  EXPECT_EQ(launch.rank, rank);
  EXPECT_EQ(launch.ranks, ranks);
  EXPECT_EQ(launch.ranks_here, here);
}

TEST(Launch, IsReadFromTheLaunchersVariables) {
  expect_launch({}, "", 0, 1, 1);
  expect_launch({{"OMPI_COMM_WORLD_RANK", "3"}, {"OMPI_COMM_WORLD_SIZE", "8"}, {"OMPI_COMM_WORLD_LOCAL_SIZE", "4"}},
                "mpirun", 3, 8, 4);
  expect_launch({{"PMI_RANK", "1"}, {"PMI_SIZE", "2"}}, "mpiexec", 1, 2, 1);
  expect_launch({{"SLURM_PROCID", "5"}, {"SLURM_STEP_NUM_TASKS", "7"}, {"SLURM_STEP_TASKS_PER_NODE", "2(x3),1"}},
                "srun", 5, 7, 2);
  // mpirun within a step of srun
  expect_launch(
      {{"SLURM_PROCID", "0"}, {"SLURM_STEP_NUM_TASKS", "2"}, {"OMPI_COMM_WORLD_RANK", "6"}, {"OMPI_COMM_WORLD_SIZE", "8"}},
      "mpirun", 6, 8, 1);
}

TEST(Launch, IsNotWhatABatchScriptHas) {
  // sbatch -n 4 starts the script once.
  expect_launch({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "4"}}, "", 0, 1, 1);
}

TEST(Launch, IgnoresNumbersThatAreNone) {
  for (const auto& [rank, ranks] :
       std::map<std::string, std::string>{{"", "2"}, {"two", "2"}, {"2", "2"}, {"-1", "2"}, {"0", "0"}, {"0x1", "2"}})
    expect_launch({{"OMPI_COMM_WORLD_RANK", rank}, {"OMPI_COMM_WORLD_SIZE", ranks}}, "", 0, 1, 1);
}

TEST(Part, IsReadFromText) {
  EXPECT_EQ(work_part_of("3/8"), (WorkPart{.index = 3, .count = 8}));
  EXPECT_EQ(work_part_of("0/1"), (WorkPart{.index = 0, .count = 1}));
  for (const char* wrong : {"", "3", "/8", "3/", "8/8", "-1/8", "1/0", "1/8/9", " 1/8", "a/b", "1/99999999999999999999"})
    EXPECT_EQ(work_part_of(std::string_view(wrong)), std::nullopt) << wrong;
}

std::optional<WorkPart> part_with(const Variables& variables) {
  const Fake fake(variables);
  return work_part_of(Environment(fake));
}

TEST(Part, IsThatOfAnArray) {
  EXPECT_EQ(part_with({}), std::nullopt);
  EXPECT_EQ(part_with({{"SLURM_ARRAY_TASK_ID", "9"},
                       {"SLURM_ARRAY_TASK_COUNT", "4"},
                       {"SLURM_ARRAY_TASK_MIN", "3"},
                       {"SLURM_ARRAY_TASK_MAX", "12"}}),
            (WorkPart{.index = 2, .count = 4, .source = "a job array"}));
  // one job that is started again by itself does what is left
  EXPECT_EQ(
      part_with({{"SLURM_ARRAY_TASK_ID", "9"}, {"SLURM_ARRAY_TASK_COUNT", "1"}, {"SLURM_ARRAY_TASK_MIN", "9"}})->count, 1);
  const Variables uneven = {{"SLURM_ARRAY_TASK_ID", "3"},
                            {"SLURM_ARRAY_TASK_COUNT", "3"},
                            {"SLURM_ARRAY_TASK_MIN", "1"},
                            {"SLURM_ARRAY_TASK_MAX", "7"}};
  EXPECT_THROW(part_with(uneven), UsageError) << "1, 3, 7";
}

TEST(Part, OfALauncherWithinAnArrayCountsBoth) {
  std::set<std::int64_t> indices;
  for (int job = 0; job < 3; ++job) {
    for (int rank = 0; rank < 2; ++rank) {
      const auto part = part_with({{"SLURM_ARRAY_TASK_ID", std::to_string(job)},
                                   {"SLURM_ARRAY_TASK_COUNT", "3"},
                                   {"SLURM_ARRAY_TASK_MIN", "0"},
                                   {"SLURM_ARRAY_TASK_MAX", "2"},
                                   {"PMI_RANK", std::to_string(rank)},
                                   {"PMI_SIZE", "2"}});
      ASSERT_TRUE(part);
      EXPECT_EQ(part->count, 6);
      indices.insert(part->index);
    }
  }
  EXPECT_EQ(indices, (std::set<std::int64_t>{0, 1, 2, 3, 4, 5}));
}

TEST(Processors, AreThoseOfTheAffinityMask) {
  cpu_set_t before;
  ASSERT_EQ(::sched_getaffinity(0, sizeof before, &before), 0);
  EXPECT_EQ(allowed_processors(), CPU_COUNT(&before));
  std::size_t first = 0;
  while (!CPU_ISSET(first, &before)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(allowed_processors(), 1);
  EXPECT_EQ(default_threads(), 1);
  ASSERT_EQ(::sched_setaffinity(0, sizeof before, &before), 0);
}

TEST(Processors, AreSharedByCopiesThatNobodyHasBound) {
  EXPECT_EQ(fair_threads(16, 16, 1), 16);
  EXPECT_EQ(fair_threads(16, 16, 4), 4) << "four copies, all of which may run everywhere";
  EXPECT_EQ(fair_threads(4, 16, 4), 4) << "four copies, bound to four processors each";
  EXPECT_EQ(fair_threads(1, 16, 4), 1) << "bound to one, as mpirun -n 2 does";
  EXPECT_EQ(fair_threads(2, 2, 8), 1) << "more copies than processors";
}

}  // namespace
}  // namespace locus
