// Progress: the start and the end of a run in one number each, for every table, file and page.
//
// Both are means over the same number of updates: a tenth of the run's, from 1 to 10 (window_of).
#pragma once

#include <cstdint>
#include <span>

namespace locus {

/// The number of updates in the means "at the start" and "at the end" of a run of `updates`.
std::int64_t window_of(std::int64_t updates);

/// A rule's loss at its start and at its end [1], means over at most `window` losses. NaN without
/// losses.
struct Progress {
  double first = 0;
  double last = 0;
};
Progress progress_of(std::span<const double> losses, std::int64_t window);

/// The mean of the numbers that are not NaN; NaN without any.
double mean_of_known(std::span<const double> numbers);
/// The mean accuracy of the last `window` updates [1], without those that have none (NaN).
double last_accuracy(std::span<const double> accuracies, std::int64_t window);

}  // namespace locus
