// Spread: a few numbers as their mean and median, with how far they scatter.
//
// Quantiles interpolate linearly between order statistics (Hyndman and Fan's type 7, the default of
// NumPy and R). The standard deviation is that of a sample (n - 1); sem is sd / sqrt(n).
#pragma once

#include <cstdint>
#include <vector>

namespace locus {

/// Every field but `count` is NaN without numbers; sd and sem are NaN for one number too.
struct Spread {
  std::int64_t count = 0;
  double mean = 0;
  double sd = 0;
  double sem = 0;
  double q25 = 0;
  double median = 0;
  double q75 = 0;
};
Spread spread_of(std::vector<double> numbers);

/// The q-quantile of numbers, 0 <= q <= 1; NaN without numbers.
double quantile(std::vector<double> numbers, double q);

}  // namespace locus
