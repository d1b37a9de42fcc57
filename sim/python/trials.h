// Recorded trials from arrays, and the function that supplies them: the parts of a model's task
// that stand beside its message.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <pybind11/pybind11.h>

#include "sim/model/spec.h"

namespace locus::python {

/// Trials of the tuple (inputs, targets, classes, mask, lengths, rewards), of which all but the
/// first may be None. Inputs are an array (trials x ticks x inputs), or spikes as the tuple (ticks,
/// inputs, begin, tick, neuron): trial k has the spikes begin[k] .. begin[k + 1] - 1, with ticks
/// from 1. Of lengths[k] ticks are the first so many rows. `readouts` of the network; `field` names
/// the trials in errors. Throws UsageError where sizes do not fit each other, ModelError of a
/// number that is not allowed.
std::vector<RecordedTrial> trials_of(const pybind11::tuple& parts, std::int64_t readouts, const std::string& field);

/// The tuple (fill, fill_held_out or None, has_classes, has_mask, has_lengths, has_rewards).
SuppliedTask supplied_of(const pybind11::tuple& parts);

}  // namespace locus::python
