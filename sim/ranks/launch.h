// Launch: which of several copies of the program this process is, as a launcher says it.
//
// mpirun, mpiexec and srun start one command several times and number the copies by variables of
// the environment. A copy that does not look at them would do the whole work once more, and write
// the files of the others. Batch systems number the jobs of an array in the same manner.
// Sources: the manuals of Open MPI (mpirun, "Environment Variables"), of MPICH's Hydra (PMI) and of
// Slurm (srun, "OUTPUT ENVIRONMENT VARIABLES"; sbatch, "JOB ARRAY SUPPORT").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/function_ref.h"

namespace locus {

/// The value of a variable of the environment; null where it is not set (std::getenv).
using Environment = FunctionRef<const char*(const char* name)>;

/// This process among those that one launcher has started.
struct Launch {
  std::int64_t rank = 0;  // from 0
  std::int64_t ranks = 1;
  std::int64_t ranks_here = 1;     // those on this machine, where the launcher says it; otherwise 1
  std::string_view launcher = {};  // "mpirun", "mpiexec", "srun"; empty without one
};

/// Open MPI's variables before those of PMI, and these before those of Slurm, since mpirun may have
/// been started by srun. Variables that are no numbers, or that contradict each other, count for
/// nothing.
Launch launch_of(Environment environment);
/// That of the environment of this process.
Launch present_launch();

/// A part of a work that several processes share: the `index`-th of `count`, from 0.
struct WorkPart {
  std::int64_t index = 0;
  std::int64_t count = 1;
  std::string_view source = {};  // what said so: "a job array", "srun"; empty: the command line

  friend bool operator==(const WorkPart&, const WorkPart&) = default;
};

/// Reads "3/8", a part from 0 to 7 of 8; nothing for any other text.
std::optional<WorkPart> work_part_of(std::string_view text);

/// The part that a job array, a launcher, or both give to this process: job j of an array of J,
/// rank r of R is part j R + r of J R. Nothing outside of them. Throws UsageError for an array
/// whose numbers do not follow at equal steps, as they do not say which part a job is.
std::optional<WorkPart> work_part_of(Environment environment);
/// That of the environment of this process.
std::optional<WorkPart> present_part();

}  // namespace locus
