#include "sim/engine/inputs_seen.h"

#include <algorithm>

#include "sim/task/task.h"

namespace locus {
namespace {

/// The first cell of a population in the input layer.
std::int32_t begin_of(const Spec& spec, std::int32_t population) {
  std::int32_t begin = 0;
  for (std::int32_t p = 0; p < population; ++p) {
    const PopulationSpec& before = spec.network.populations[static_cast<std::size_t>(p)];
    if (before.kind == PopulationKind::kInput) begin += before.size;
  }
  return begin;
}

bool has_task(const Spec& spec) {
  const auto* recorded = std::get_if<RecordedTask>(&spec.task);
  return recorded == nullptr || !recorded->trials.empty();
}

}  // namespace

InputsSeen inputs_seen(const Spec& spec, std::int32_t population) {
  const PopulationSpec& of = spec.network.populations[static_cast<std::size_t>(population)];
  InputsSeen seen;
  if (of.is_unit) return {true, {0, 1, false}};
  if (of.constant) {
    const double x = *of.constant;
    return {x == 0 || x == 1, {std::min(x, 0.0), std::max(x, 0.0), false}};
  }
  if (!has_task(spec)) return seen;
  std::int32_t inputs = 0;
  std::int32_t readouts = 0;
  for (const PopulationSpec& one : spec.network.populations) {
    if (one.kind == PopulationKind::kInput) inputs += one.size;
    if (one.kind == PopulationKind::kReadout) readouts += one.size;
  }
  const std::int32_t lanes = spec.training.batch;
  Task task(spec, lanes);
  const bool by_tick = shows_tick_by_tick(spec, lanes);
  Batch<double> batch = make_batch<double>(spec.training.ticks, inputs, readouts, lanes, by_tick ? &task : nullptr);
  task.prepare(batch);
  task.fill(0, batch);
  Column<double> shown(by_tick ? static_cast<std::size_t>(inputs) * static_cast<std::size_t>(lanes) : 0, 0.0);
  const std::ptrdiff_t begin = std::ptrdiff_t{begin_of(spec, population)} * lanes;
  seen = {true, {0, 0, false}};
  for (std::int32_t tick = 1; tick <= spec.training.ticks; ++tick) {
    if (by_tick) task.show(tick, shown.data());
    const double* const values = (by_tick ? shown.data() : batch.input_at(tick)) + begin;
    for (std::ptrdiff_t k = 0; k < std::ptrdiff_t{of.size} * lanes; ++k) {
      seen.are_spikes = seen.are_spikes && (values[k] == 0 || values[k] == 1);
      seen.range.low = std::min(seen.range.low, values[k]);
      seen.range.high = std::max(seen.range.high, values[k]);
    }
  }
  return seen;
}

}  // namespace locus
