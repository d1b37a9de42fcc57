#include "sim/run/pace.h"

#include <cmath>
#include <numbers>

#include <fmt/format.h>

namespace locus {

double rate_factor(const ScheduleSpec& schedule, std::int64_t update, std::int64_t updates) {
  if (update < schedule.warmup) return static_cast<double>(update + 1) / static_cast<double>(schedule.warmup);
  const std::int64_t n = update - schedule.warmup;
  const std::int64_t end = updates - schedule.warmup - 1;
  const double way = end > 0 ? static_cast<double>(n) / static_cast<double>(end) : 0;
  switch (schedule.decay) {
    case ScheduleSpec::Decay::kNone: return 1;
    case ScheduleSpec::Decay::kStep: return std::pow(schedule.factor, static_cast<double>(n / schedule.every));
    case ScheduleSpec::Decay::kExponential: return std::pow(schedule.factor, static_cast<double>(n));
    case ScheduleSpec::Decay::kCosine:
      return schedule.last + (1 - schedule.last) * (1 + std::cos(std::numbers::pi * way)) / 2;
    case ScheduleSpec::Decay::kLinear: return 1 - (1 - schedule.last) * way;
  }
  return 1;
}

void Stopper::hear(double loss) {
  const auto most = static_cast<std::size_t>(stop_.mean_of);
  if (window_.size() < most) {
    window_.push_back(loss);
  } else {
    window_[static_cast<std::size_t>(heard_) % most] = loss;
  }
  ++heard_;
  if (window_.size() < most || !reason_.empty()) return;
  double sum = 0;
  for (const double one : window_) sum += one;
  const double mean = sum / static_cast<double>(most);
  const std::string of = most == 1 ? "" : fmt::format(", the mean of {} updates,", most);
  if (stop_.loss_below && mean < *stop_.loss_below) {
    reason_ = fmt::format("the loss{} was below {}", of, *stop_.loss_below);
    return;
  }
  if (mean < lowest_ - stop_.improvement) {
    lowest_ = mean;
    lowest_at_ = heard_;
  }
  if (stop_.patience && heard_ - lowest_at_ >= *stop_.patience) {
    reason_ = fmt::format("the loss{} was not lower than {} for {} updates", of, lowest_, *stop_.patience);
  }
}

}  // namespace locus
