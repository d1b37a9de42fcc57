#include "sim/task/flip_flop.h"

namespace locus {

Trials<FlipFlopTask>::Trials(const FlipFlopTask& task, const TrialSetting& setting)
    : task_(task),
      pulses_(random_key(setting.seed, "flip_flop/pulse")),
      signs_(random_key(setting.seed, "flip_flop/sign")) {}

void Trials<FlipFlopTask>::write(std::int64_t trial, TrialView view) const {
  const auto number = static_cast<std::uint64_t>(trial);
  for (std::int32_t i = 0; i < task_.bits; ++i) {
    const auto index = static_cast<std::uint64_t>(i);
    double held = 0;
    for (std::int32_t t = 1; t <= view.ticks; ++t) {
      const auto tick = static_cast<std::uint64_t>(t);
      if (t == 1 || uniform_at(pulses_, number, tick, index) < task_.probability) {
        held = uniform_at(signs_, number, tick, index) < 0.5 ? 1 : -1;
        view.input(t, i) = held;
      }
      view.target(t, i) = held;
    }
  }
}

}  // namespace locus
