#include "sim/task/copy.h"

namespace locus {

Trials<CopyTask>::Trials(const CopyTask& task, const TrialSetting& setting)
    : task_(task), key_(random_key(setting.seed, "copy")) {}

void Trials<CopyTask>::write(std::int64_t trial, TrialView view) const {
  const std::int64_t delimiter = std::int64_t{task_.length} + task_.delay + 1;
  view.input(delimiter, task_.symbols) = 1;
  for (std::int64_t t = 1; t <= task_.length; ++t) {
    const double uniform = uniform_at(key_, static_cast<std::uint64_t>(trial), static_cast<std::uint64_t>(t), 0);
    const std::int32_t symbol = choice_of(uniform, task_.symbols);
    view.input(t, symbol) = 1;
    view.target(delimiter + t, symbol) = 1;
  }
}

TargetMoments Trials<CopyTask>::target_at(std::int32_t tick, std::int32_t) const {
  if (tick <= std::int64_t{task_.length} + task_.delay + 1) return {};
  return {1.0 / task_.symbols, 1.0 / task_.symbols};
}

}  // namespace locus
