#include "sim/task/drawn.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <variant>

#include "core/base/random.h"
#include "sim/model/network_size.h"
#include "sim/task/write_lane.h"

namespace locus {

DenseMatrix sines_of(const SinesSpec& sines, std::uint64_t seed, std::int64_t pattern, std::int32_t ticks, double dt,
                     std::int32_t readouts) {
  const RandomKey key = random_key(seed, "sines");
  DenseMatrix target = {ticks, readouts,
                        std::vector<double>(static_cast<std::size_t>(ticks) * static_cast<std::size_t>(readouts))};
  for (std::int32_t k = 0; k < readouts; ++k) {
    const auto at = [&](std::int32_t t) -> double& {
      return target.values[static_cast<std::size_t>(t) * static_cast<std::size_t>(readouts) + static_cast<std::size_t>(k)];
    };
    for (std::size_t j = 0; j < sines.period_ms.size(); ++j) {
      const auto uniform = [&](std::size_t which) {
        return uniform_at(key, static_cast<std::uint64_t>(pattern), static_cast<std::uint64_t>(k), 2 * j + which);
      };
      const double amplitude = 0.5 + 1.5 * uniform(0);
      const double phase = 2 * std::numbers::pi * uniform(1);
      for (std::int32_t t = 0; t < ticks; ++t)
        at(t) += amplitude * std::sin(2 * std::numbers::pi * t * dt / sines.period_ms[j] + phase);
    }
    const double first = at(0);
    double largest = 0;
    for (std::int32_t t = 0; t < ticks; ++t) largest = std::max(largest, std::abs(at(t) -= first));
    for (std::int32_t t = 0; largest > 0 && t < ticks; ++t) at(t) /= largest;
  }
  return target;
}

DrawnSource::DrawnSource(const Spec& spec, std::int32_t lanes)
    : task_(&std::get<DrawnTask>(spec.task)),
      inputs_(spec.seed, task_->inputs, spec.network, spec.training.dt),
      trials_(static_cast<std::size_t>(lanes)) {
  const auto readouts = static_cast<std::int32_t>(neurons(spec.network, PopulationKind::kReadout));
  const std::int64_t patterns = std::max(task_->patterns, 1);
  for (std::int64_t pattern = 0; pattern < patterns && !task_->targets.empty(); ++pattern) {
    const auto which = static_cast<std::size_t>(pattern) % task_->targets.size();
    const auto* sines = std::get_if<SinesSpec>(&task_->targets[which]);
    sines_.push_back(sines == nullptr
                         ? DenseMatrix{}
                         : sines_of(*sines, spec.seed, pattern, spec.training.ticks, spec.training.dt, readouts));
  }
}

const DenseMatrix& DrawnSource::target_of(std::int64_t trial) const {
  const auto& target = task_->targets[static_cast<std::size_t>(trial) % task_->targets.size()];
  const auto* matrix = std::get_if<DenseMatrix>(&target);
  return matrix != nullptr ? *matrix : sines_[static_cast<std::size_t>(trial) % sines_.size()];
}

const ClassSpec* DrawnSource::class_of(std::int64_t trial) const {
  if (task_->targets.empty()) return nullptr;
  return std::get_if<ClassSpec>(&task_->targets[static_cast<std::size_t>(trial) % task_->targets.size()]);
}

template <class R>
void DrawnSource::fill(std::int64_t first_trial, Batch<R>& batch) {
  for (std::int32_t lane = 0; lane < batch.lanes; ++lane) {
    std::int64_t& trial = trials_[static_cast<std::size_t>(lane)];
    trial = first_trial + lane;
    if (task_->patterns > 0) trial %= task_->patterns;
    const ClassSpec* const chosen = class_of(trial);
    if (chosen != nullptr) {
      write_class(chosen->label, 0, batch.readouts, lane, batch.lanes, batch.target);
    } else if (task_->targets.empty()) {
      clear_lane(lane, batch.lanes, batch.target);  // no rule of the run has an error
    } else {
      write_lane(target_of(trial), 0, lane, batch.lanes, batch.target);
    }
    if (!batch.labels.empty())
      batch.labels[static_cast<std::size_t>(lane)] = chosen != nullptr ? chosen->label : kNoClass;
  }
  if (batch.source != nullptr) return;
  for (std::int32_t tick = 1; tick <= batch.ticks; ++tick) inputs_.fill<R>(trials_, tick, batch.input_at(tick));
}

template void DrawnSource::fill(std::int64_t, Batch<double>&);
template void DrawnSource::fill(std::int64_t, Batch<float>&);

}  // namespace locus
