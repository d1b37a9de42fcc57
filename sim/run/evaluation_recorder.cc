#include "sim/run/evaluation_recorder.h"

#include <algorithm>
#include <span>
#include <utility>

#include "sim/run/recorder.h"

namespace locus {

template <class R>
EvaluationRecorder<R>::EvaluationRecorder(const Spec& spec, Look look) : spec_(spec), look_(std::move(look)) {
  for (std::size_t i = 0; look_ && i < spec.records.size(); ++i) {
    const RecordSpec& record = spec.records[i];
    if (!record.evaluation) continue;
    const std::vector<std::int64_t> shape = sample_shape(spec, record);
    kept_.push_back({.record = i, .trials = shape[0]});
    kept_.back().values.resize(static_cast<std::size_t>(ticks_of(record) * shape[0] * shape[1]));
  }
}

template <class R>
void EvaluationRecorder<R>::begin(std::int64_t update) {
  update_ = update;
  for (Kept& kept : kept_) kept.takes = spec_.records[kept.record].takes_update(update);
}

template <class R>
void EvaluationRecorder<R>::see_tick(std::int64_t first, Tick now, const Network<R>& network) {
  for (Kept& kept : kept_) {
    const RecordSpec& record = spec_.records[kept.record];
    if (!kept.takes || !record.takes_tick(now.value)) continue;
    const PopulationSpec& population = spec_.network.populations[static_cast<std::size_t>(record.of)];
    const Column<R>& column = recorded_column(network, record.quantity, population);
    const std::int64_t begin = network.topology->populations[PopulationId{record.of}].begin;
    const std::int64_t tick = (now.value - record.first_tick) / record.every_ticks;
    const std::int64_t only = record.trial.value_or(0);  // the first trial of the sample
    const std::int64_t last = std::min(first + network.lanes, only + kept.trials);
    for (std::int64_t trial = std::max(first, only); trial < last; ++trial) {
      double* to = kept.values.data() + (tick * kept.trials + trial - only) * population.size;
      for (std::int64_t i = begin; i < begin + population.size; ++i)
        *to++ = static_cast<double>(column[static_cast<std::size_t>(i * network.lanes + trial - first)]);
    }
  }
}

template <class R>
void EvaluationRecorder<R>::end() {
  for (const Kept& kept : kept_) {
    if (!kept.takes) continue;
    const RecordSpec& record = spec_.records[kept.record];
    const std::int64_t ticks = ticks_of(record);
    const std::size_t size = kept.values.size() / static_cast<std::size_t>(ticks);
    for (std::int64_t t = 0; t < ticks; ++t) {
      const auto tick = static_cast<std::int32_t>(record.first_tick + t * record.every_ticks);
      look_({kept.record, update_, tick, std::span(kept.values).subspan(static_cast<std::size_t>(t) * size, size)});
    }
  }
}

template class EvaluationRecorder<double>;
template class EvaluationRecorder<float>;

}  // namespace locus
