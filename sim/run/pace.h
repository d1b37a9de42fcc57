// Pace: how fast a rule learns at each update, and whether it has learnt enough. The
// experimenter's, and the clock's: no actor, no message.
//
// Pure functions of the update's index and of the losses so far, so that a run that goes on from a
// state keeps its pace.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "sim/model/spec.h"

namespace locus {

/// The factor of every learning rate at update `update` (from 0) of `updates`. With a warm-up of w,
/// at update k < w: (k + 1) / w. Behind it, with n = k - w and N = updates - w: step:
/// factor^floor(n / every); exponential: factor^n; cosine: last + (1 - last) (1 + cos(pi n / (N -
/// 1))) / 2; linear: 1 - (1 - last) n / (N - 1).
double rate_factor(const ScheduleSpec& schedule, std::int64_t update, std::int64_t updates);

/// Hears the losses of a rule in their order and says when they are enough. Cost: O(1) a loss,
/// memory of `mean_of` losses.
class Stopper {
 public:
  explicit Stopper(const StopSpec& stop) : stop_(stop) {}
  void hear(double loss);
  /// Why the run ends: "the loss was below 0.01"; empty where it does not.
  const std::string& reason() const { return reason_; }

 private:
  StopSpec stop_;
  // the last losses, mean_of at most; the oldest at heard_ modulo mean_of
  std::vector<double> window_;
  std::int64_t heard_ = 0;
  double lowest_ = std::numeric_limits<double>::infinity();
  std::int64_t lowest_at_ = 0;  // losses heard then
  std::string reason_;
};

}  // namespace locus
