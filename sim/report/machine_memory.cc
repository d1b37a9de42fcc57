#include "sim/report/machine_memory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <malloc.h>
#include <sstream>
#include <string>
#include <unistd.h>

#include <sys/resource.h>

namespace locus {
namespace {

struct Pages {
  double mapped = 0;    // bytes of address space
  double resident = 0;  // bytes in memory
  double of_files = 0;  // bytes in memory that stand in a file: the program, its libraries
};

Pages pages_of_process() {
  Pages pages;
  std::ifstream("/proc/self/statm") >> pages.mapped >> pages.resident >> pages.of_files;
  const auto size = static_cast<double>(::sysconf(_SC_PAGESIZE));
  return {pages.mapped * size, pages.resident * size, pages.of_files * size};
}

/// The value of "key value" or "key: value kB" in a file of the system; 0 without it.
double value_in(const char* file, const std::string& key) {
  std::ifstream system(file);
  for (std::string line; std::getline(system, line);) {
    std::istringstream words(line);
    std::string name;
    double value = 0;
    if (words >> name >> value && name == key) return value;
  }
  return 0;
}

/// What is free or can be freed, and swap.
double free_on_machine() {
  const double free = 1024 * (value_in("/proc/meminfo", "MemAvailable:") + value_in("/proc/meminfo", "SwapFree:"));
  if (free > 0) return free;
  return static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

/// What is left to the control group that a container is, whose file says "max" where it has no
/// limit; cached files can be dropped.
double free_in_group() {
  double limit = 0;
  double used = 0;
  if (!(std::ifstream("/sys/fs/cgroup/memory.max") >> limit)) return std::numeric_limits<double>::infinity();
  std::ifstream("/sys/fs/cgroup/memory.current") >> used;
  return limit - used + value_in("/sys/fs/cgroup/memory.stat", "inactive_file");
}

}  // namespace

double available_memory(int threads) {
  // a stack, and what the allocator sets aside for a thread
  constexpr double kThread = 8.5e6 + 67.2e6;
  double there = std::min(free_on_machine(), free_in_group());
  rlimit limit = {};
  if (::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    there = std::min(there, static_cast<double>(limit.rlim_cur) - pages_of_process().mapped - kThread * (threads - 1));
  return there;
}

double taken_memory() {
  // How many pages of the program's files are in memory differs by a megabyte from one start to the
  // next; a run and its resumption are to need the same.
  constexpr double kFilesOfProgram = 13.5e6;
  const Pages pages = pages_of_process();
  return pages.resident - pages.of_files + kFilesOfProgram;
}

void return_large_blocks() {
#ifdef __GLIBC__
  ::mallopt(M_MMAP_THRESHOLD, 8 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 16 << 20);
#endif
}

void return_free_memory() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

}  // namespace locus
