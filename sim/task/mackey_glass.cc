#include "sim/task/mackey_glass.h"

#include <cmath>

namespace locus {
namespace {

constexpr std::int32_t kSteps = 10;      // of the integration, in a unit of time
constexpr std::int32_t kLeftOut = 1000;  // units of time
constexpr double kFirst = 1.2;

double power(double base, std::int32_t exponent) {
  double result = 1;
  for (; exponent > 0; exponent /= 2, base *= base) {
    if (exponent % 2 == 1) result *= base;
  }
  return result;
}

}  // namespace

std::vector<double> mackey_glass_series(const MackeyGlassTask& task, std::int64_t samples) {
  constexpr double h = 1.0 / kSteps;
  const std::int64_t delay = std::int64_t{task.tau} * kSteps;
  // x at the last `delay` steps and now, as a ring
  std::vector<double> past(static_cast<std::size_t>(delay) + 1, kFirst);
  const auto slope = [&](double x, double delayed) {
    return task.beta * delayed / (1 + power(delayed, task.exponent)) - task.gamma * x;
  };
  std::vector<double> series;
  series.reserve(static_cast<std::size_t>(samples));
  const std::int64_t every = std::int64_t{task.step} * kSteps;
  std::size_t now = 0;
  for (std::int64_t step = 0; std::ssize(series) < samples; ++step) {
    const double x = past[now];
    if (step >= kLeftOut * kSteps && (step - kLeftOut * kSteps) % every == 0) series.push_back(x);
    const std::size_t oldest = now + 1 < past.size() ? now + 1 : 0;
    const std::size_t next = oldest + 1 < past.size() ? oldest + 1 : 0;
    const double from = past[oldest];  // x(t - tau)
    const double to = past[next];      // x(t + h - tau)
    const double between = (from + to) / 2;
    const double k1 = slope(x, from);
    const double k2 = slope(x + h / 2 * k1, between);
    const double k3 = slope(x + h / 2 * k2, between);
    const double k4 = slope(x + h * k3, to);
    past[oldest] = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
    now = oldest;
  }
  return series;
}

Trials<MackeyGlassTask>::Trials(const MackeyGlassTask& task, const TrialSetting& setting)
    : task_(task),
      part_(std::int64_t{task.starts} + setting.ticks + task.horizon),
      key_(random_key(setting.seed, "mackey_glass")),
      series_(mackey_glass_series(task, 2 * part_)) {
  for (double& x : series_) x -= 1;
  sums_.assign(1, 0);
  squares_.assign(1, 0);
  for (std::size_t k = 0; k < static_cast<std::size_t>(part_); ++k) {
    sums_.push_back(sums_.back() + series_[k]);
    squares_.push_back(squares_.back() + series_[k] * series_[k]);
  }
}

void Trials<MackeyGlassTask>::write(std::int64_t trial, TrialView view) const {
  const double uniform = uniform_at(key_, static_cast<std::uint64_t>(trial), 0, 0);
  std::int64_t at = choice_of(uniform, task_.starts);
  if (trial >= kFirstHeldOut) at += part_;
  for (std::int32_t t = 1; t <= view.ticks; ++t, ++at) {
    view.input(t, 0) = series_[static_cast<std::size_t>(at)];
    view.target(t, 0) = series_[static_cast<std::size_t>(at + task_.horizon)];
  }
}

TargetMoments Trials<MackeyGlassTask>::target_at(std::int32_t tick, std::int32_t) const {
  const auto first = static_cast<std::size_t>(tick - 1 + task_.horizon);
  const auto count = static_cast<std::size_t>(task_.starts);
  return {(sums_[first + count] - sums_[first]) / task_.starts, (squares_[first + count] - squares_[first]) / task_.starts};
}

std::vector<Landmark> Trials<MackeyGlassTask>::landmarks() const {
  double sum = 0;
  for (std::int64_t k = 0; k < task_.starts; ++k) {
    const double change = series_[static_cast<std::size_t>(k + task_.horizon)] - series_[static_cast<std::size_t>(k)];
    sum += change * change;
  }
  return {{"the input repeated, a tick", sum / 2 / task_.starts}};
}

}  // namespace locus
