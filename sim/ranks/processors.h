// Processors: on how many this process may run.
//
// A launcher, `taskset` or a container may bind a process to some processors of the machine.
// Threads beyond these only take time from each other: `mpirun -n 2` binds each copy to one core
// unless it is told otherwise.
#pragma once

#include <cstdint>

namespace locus {

/// The processors in the affinity mask of this process (sched_getaffinity); at least 1.
int allowed_processors();

/// The number of the machine's processors that are switched on; at least 1.
int machine_processors();

/// The threads of a process that may run on `allowed` of `all` processors of a machine on which
/// `ranks_here` such processes run: all that are allowed, but not more than its share of the
/// machine, as copies that nobody has bound may all run on the same ones. At least 1.
int fair_threads(int allowed, int all, std::int64_t ranks_here);

/// The number of threads to use where none is asked for: fair_threads of this process.
int default_threads();

}  // namespace locus
