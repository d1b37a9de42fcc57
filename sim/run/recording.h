// Recording: what of a run is looked at, as plain values in the order of updates and ticks; what is
// done with it is for others (sim/report).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "sim/model/spec.h"

namespace locus {

/// The record of one tick, or of one update as a whole; lent for the call.
struct Sample {
  std::size_t record = 0;          // index into Spec::records
  std::int64_t update = 0;         // from 0; of evaluation trials the updates made before
  std::int32_t tick = 0;           // from 1; 0 for what is seen once an update
  std::span<const double> values;  // row by row (sample_shape)
};
using Look = std::function<void(const Sample&)>;

/// True if a rule has this quantity: an error where it learns, a learning signal where it learns as
/// it goes, a trace where synapses keep one.
bool has_quantity(RuleKind kind, Quantity quantity);

/// True if a rule has the quantity of a record; evaluation trials are shown to rules that learn.
bool has_record(RuleKind kind, const RecordSpec& record);

/// Ticks of a trial that are recorded; 1 for what is seen once an update.
std::int64_t ticks_of(const RecordSpec& record);

/// Updates below `updates` that are recorded.
std::int64_t updates_of(const RecordSpec& record, std::int64_t updates);

/// Samples of each recorded tick in a run of so many updates that no stop ends: updates, or
/// evaluations.
std::int64_t samples_of(const RecordSpec& record, const TrainingSpec& training, std::int64_t updates);

/// Sizes of a sample: trials (of quantities of ticks), then neurons; or targets x sources (sparse:
/// entries, in file order); or singular values.
std::vector<std::int64_t> sample_shape(const Spec& spec, const RecordSpec& record);

/// True if some record reads the outputs; in evaluation trials, or in the others.
bool records_outputs(const Spec& spec, bool evaluation = false);

}  // namespace locus
