#include "sim/report/spread.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace locus {
namespace {

double quantile_of_sorted(const std::vector<double>& numbers, double q) {
  const double at = q * static_cast<double>(numbers.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(at));
  const double part = at - static_cast<double>(below);
  if (part == 0) return numbers[below];
  return numbers[below] + part * (numbers[below + 1] - numbers[below]);
}

}  // namespace

double quantile(std::vector<double> numbers, double q) {
  if (numbers.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::ranges::sort(numbers);
  return quantile_of_sorted(numbers, q);
}

Spread spread_of(std::vector<double> numbers) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  Spread spread{std::ssize(numbers), kNone, kNone, kNone, kNone, kNone, kNone};
  if (numbers.empty()) return spread;
  const auto count = static_cast<double>(numbers.size());
  spread.mean = std::accumulate(numbers.begin(), numbers.end(), 0.0) / count;
  if (numbers.size() > 1) {
    double squares = 0;
    for (const double number : numbers) squares += (number - spread.mean) * (number - spread.mean);
    spread.sd = std::sqrt(squares / (count - 1));
    spread.sem = spread.sd / std::sqrt(count);
  }
  std::ranges::sort(numbers);
  spread.q25 = quantile_of_sorted(numbers, 0.25);
  spread.median = quantile_of_sorted(numbers, 0.5);
  spread.q75 = quantile_of_sorted(numbers, 0.75);
  return spread;
}

}  // namespace locus
