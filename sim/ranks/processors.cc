#include "sim/ranks/processors.h"

#include <algorithm>
#include <memory>
#include <sched.h>
#include <unistd.h>

#include "sim/ranks/launch.h"

namespace locus {

int allowed_processors() {
  // The mask of a machine with more processors than fit is an error (EINVAL) until it fits.
  for (int most = CPU_SETSIZE; most <= (1 << 20); most *= 2) {
    const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> mask(CPU_ALLOC(static_cast<std::size_t>(most)),
                                                                [](cpu_set_t* set) { CPU_FREE(set); });
    if (!mask) break;
    const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(most));
    if (::sched_getaffinity(0, bytes, mask.get()) == 0) return std::max(1, CPU_COUNT_S(bytes, mask.get()));
  }
  return machine_processors();
}

int machine_processors() {
  const long online = ::sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? static_cast<int>(online) : 1;
}

int fair_threads(int allowed, int all, std::int64_t ranks_here) {
  const std::int64_t share = ranks_here > 0 ? all / ranks_here : all;
  return static_cast<int>(std::clamp<std::int64_t>(share, 1, std::max(allowed, 1)));
}

int default_threads() { return fair_threads(allowed_processors(), machine_processors(), present_launch().ranks_here); }

}  // namespace locus
