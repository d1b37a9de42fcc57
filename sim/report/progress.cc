#include "sim/report/progress.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace locus {

std::int64_t window_of(std::int64_t updates) { return std::clamp<std::int64_t>(updates / 10, 1, 10); }

Progress progress_of(std::span<const double> losses, std::int64_t window) {
  if (losses.empty()) return {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
  const auto span = static_cast<std::size_t>(std::min<std::int64_t>(window, std::ssize(losses)));
  const auto mean = [](std::span<const double> part) {
    return std::accumulate(part.begin(), part.end(), 0.0) / static_cast<double>(part.size());
  };
  return {mean(losses.first(span)), mean(losses.last(span))};
}

double mean_of_known(std::span<const double> numbers) {
  double sum = 0;
  std::int64_t known = 0;
  for (const double number : numbers) {
    if (std::isnan(number)) continue;
    sum += number;
    ++known;
  }
  return known == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(known);
}

double last_accuracy(std::span<const double> accuracies, std::int64_t window) {
  return mean_of_known(accuracies.last(static_cast<std::size_t>(std::min<std::int64_t>(window, std::ssize(accuracies)))));
}

}  // namespace locus
