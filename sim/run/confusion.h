// Confusion: trials by their class and the class that the network chose.
//
// The predicted class of a trial is the readout with the largest sum of outputs over the trial's
// ticks with an error, the first of several. The experimenter reads it off the readouts, as it does
// the loss: no actor knows of it. Only the cells with trials are kept, since there may be many
// classes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace locus {

struct ConfusionCell {
  std::int32_t actual = 0;     // readout, from 0
  std::int32_t predicted = 0;  // readout, from 0
  std::int64_t trials = 0;     // at least 1
  friend bool operator==(const ConfusionCell&, const ConfusionCell&) = default;
};

/// By ascending class, then predicted class.
using Confusion = std::vector<ConfusionCell>;

void add(const ConfusionCell& cell, Confusion& confusion);
Confusion sum_of(std::span<const Confusion> parts);
/// The part of the trials whose class was predicted [1]; NaN without trials.
double accuracy_of(const Confusion& confusion);

/// The numbers of updates that the confusion of a run's end may be over: a result tells that of its
/// last updates, as many as its mean loss at the end.
inline constexpr std::size_t kMostConfusions = 10;

/// The last `updates` of them.
Confusion last_of(std::span<const Confusion> all, std::int64_t updates);

}  // namespace locus
