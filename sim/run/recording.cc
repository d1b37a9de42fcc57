#include "sim/run/recording.h"

#include <algorithm>
#include <numeric>

#include "core/protocol/rule.h"
#include "sim/model/network_size.h"

namespace locus {

bool has_quantity(RuleKind kind, Quantity quantity) {
  const Drive drive = rule(kind).drive;
  const bool has_signal = brings_signal(rule(kind).signal);
  switch (quantity) {
    case Quantity::kError: return drive != Drive::kNothing && has_signal;
    case Quantity::kLearningSignal: return has_signal && (drive == Drive::kOnline || tells_changes(drive));
    // a rule that the model writes itself has traces of its own
    case Quantity::kTrace: return drive == Drive::kOnline && !is_local(kind);
    default: return true;
  }
}

bool has_record(RuleKind kind, const RecordSpec& record) {
  // evaluation trials have their errors whatever the rule listens to
  return record.evaluation ? rule(kind).drive != Drive::kNothing : has_quantity(kind, record.quantity);
}

std::int64_t ticks_of(const RecordSpec& record) {
  return is_of_ticks(record.quantity) ? (record.last_tick - record.first_tick) / record.every_ticks + 1 : 1;
}

std::int64_t updates_of(const RecordSpec& record, std::int64_t updates) {
  const std::int64_t last = std::min(updates - 1, record.last_update);
  return last < record.first_update ? 0 : (last - record.first_update) / record.every_updates + 1;
}

std::int64_t samples_of(const RecordSpec& record, const TrainingSpec& training, std::int64_t updates) {
  if (!record.evaluation) return updates_of(record, updates);
  const std::int64_t every = training.evaluation->every;
  const std::int64_t last = std::min(updates, record.last_update);
  std::int64_t first = (record.first_update + every - 1) / every * every;
  // the two progressions meet within `every_updates` steps, or never
  for (std::int64_t k = 0; k < record.every_updates && first <= last && !record.takes_update(first); ++k)
    first += every;
  std::int64_t samples = 0;
  if (first <= last && record.takes_update(first)) samples = (last - first) / std::lcm(every, record.every_updates) + 1;
  if (updates % every != 0 && record.takes_update(updates)) ++samples;  // the last, at the end
  return samples;
}

std::vector<std::int64_t> sample_shape(const Spec& spec, const RecordSpec& record) {
  const auto of = static_cast<std::size_t>(record.of);
  std::vector<std::int64_t> shape;
  const std::int64_t trials = record.evaluation ? spec.training.evaluation->trials : spec.training.batch;
  if (is_of_ticks(record.quantity)) shape.push_back(record.trial ? 1 : trials);
  if (!is_of_projection(record.quantity)) {
    shape.push_back(spec.network.populations[of].size);
    return shape;
  }
  const ProjectionSpec& projection = spec.network.projections[of];
  const std::int64_t rows = spec.network.populations[static_cast<std::size_t>(projection.target)].size;
  const std::int64_t cols = spec.network.populations[static_cast<std::size_t>(projection.source)].size;
  if (record.quantity == Quantity::kSingularValues) return {std::min(rows, cols)};
  if (std::holds_alternative<SparseMatrix>(projection.weights) ||
      std::holds_alternative<SparseRandomWeights>(projection.weights)) {
    shape.push_back(synapses_of(projection.weights, rows, cols));
  } else {
    shape.insert(shape.end(), {rows, cols});
  }
  return shape;
}

bool records_outputs(const Spec& spec, bool evaluation) {
  return std::ranges::any_of(spec.records, [&](const RecordSpec& record) {
    return record.quantity == Quantity::kOutput && record.evaluation == evaluation;
  });
}

}  // namespace locus
