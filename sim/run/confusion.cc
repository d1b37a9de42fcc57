#include "sim/run/confusion.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace locus {

void add(const ConfusionCell& cell, Confusion& confusion) {
  const auto place = [](const ConfusionCell& at) { return std::tuple(at.actual, at.predicted); };
  const auto at = std::ranges::lower_bound(confusion, place(cell), {}, place);
  if (at != confusion.end() && place(*at) == place(cell)) {
    at->trials += cell.trials;
  } else {
    confusion.insert(at, cell);
  }
}

Confusion sum_of(std::span<const Confusion> parts) {
  Confusion sum;
  for (const Confusion& part : parts) {
    for (const ConfusionCell& cell : part) add(cell, sum);
  }
  return sum;
}

double accuracy_of(const Confusion& confusion) {
  std::int64_t trials = 0;
  std::int64_t right = 0;
  for (const ConfusionCell& cell : confusion) {
    trials += cell.trials;
    right += cell.actual == cell.predicted ? cell.trials : 0;
  }
  if (trials == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(right) / static_cast<double>(trials);
}

Confusion last_of(std::span<const Confusion> all, std::int64_t updates) {
  return sum_of(all.last(std::min(all.size(), static_cast<std::size_t>(std::max<std::int64_t>(updates, 0)))));
}

}  // namespace locus
