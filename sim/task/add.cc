#include "sim/task/add.h"

#include <cmath>

namespace locus {
namespace {

/// Of a bit that is 1 with probability p [nats].
double entropy(double p) {
  const auto part = [](double q) { return q > 0 ? -q * std::log(q) : 0.0; };
  return part(p) + part(1 - p);
}

double sum_of(double first, double second) { return 0.5 + 0.5 * first - 0.25 * second; }

}  // namespace

Trials<AddTask>::Trials(const AddTask& task, const TrialSetting& setting)
    : task_(task), key_(random_key(setting.seed, "add")) {}

double Trials<AddTask>::bit(std::int64_t trial, std::int64_t place) const {
  if (place < 0) return 0;
  const double uniform = uniform_at(key_, static_cast<std::uint64_t>(trial), static_cast<std::uint64_t>(place), 0);
  return uniform < task_.probability ? 1 : 0;
}

void Trials<AddTask>::write(std::int64_t trial, TrialView view) const {
  for (std::int32_t t = 1; t <= view.ticks; ++t) {
    const std::int64_t place = (t - 1) / task_.hold;
    const double x = bit(trial, place);
    double y = sum_of(bit(trial, place - task_.first_lag), bit(trial, place - task_.second_lag));
    if (task_.coin) {
      const double uniform = uniform_at(key_, static_cast<std::uint64_t>(trial), static_cast<std::uint64_t>(place), 1);
      y = uniform < y ? 1 : 0;
    }
    view.input(t, 0) = x;
    view.input(t, 1) = 1 - x;
    view.target(t, 0) = y;
    view.target(t, 1) = 1 - y;
  }
}

TargetMoments Trials<AddTask>::target_at(std::int32_t tick, std::int32_t k) const {
  const std::int64_t place = (tick - 1) / task_.hold;
  const double first = place >= task_.first_lag ? task_.probability : 0;
  const double second = place >= task_.second_lag ? task_.probability : 0;
  TargetMoments moment;
  const auto add = [&](double weight, double one, double other) {
    const double y = sum_of(one, other);
    const double shown = k == 0 ? y : 1 - y;
    moment.mean += weight * shown;
    moment.square += weight * (task_.coin ? shown : shown * shown);
  };
  if (task_.first_lag == task_.second_lag) {
    add(first, 1, 1);
    add(1 - first, 0, 0);
    return moment;
  }
  add(first * second, 1, 1);
  add(first * (1 - second), 1, 0);
  add((1 - first) * second, 0, 1);
  add((1 - first) * (1 - second), 0, 0);
  return moment;
}

std::vector<Landmark> Trials<AddTask>::landmarks() const {
  const double p = task_.probability;
  if (task_.first_lag == task_.second_lag) {
    const double mean = p * sum_of(1, 1) + (1 - p) * sum_of(0, 0);
    return {{"no lag known", entropy(mean)},
            {"the lag known", p * entropy(sum_of(1, 1)) + (1 - p) * entropy(sum_of(0, 0))}};
  }
  const double both = p * p * entropy(sum_of(1, 1)) + p * (1 - p) * (entropy(sum_of(1, 0)) + entropy(sum_of(0, 1))) +
                      (1 - p) * (1 - p) * entropy(sum_of(0, 0));
  return {{"no lag known", entropy(sum_of(p, p))},
          {"the first known", p * entropy(sum_of(1, p)) + (1 - p) * entropy(sum_of(0, p))},
          {"both known", both}};
}

}  // namespace locus
