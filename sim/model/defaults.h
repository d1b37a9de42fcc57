// Defaults that depend on other parts of the model. (The others are the initial values in spec.h.)
//
// The readers of model files and the builder share them.
#pragma once

#include <string>
#include <vector>

#include "sim/model/fault_list.h"
#include "sim/model/spec.h"

namespace locus {

/// h_0 of each neuron if one value is given for all. A population without a valid size stays as it
/// is.
void spread_initial(PopulationSpec& population);

/// The standard deviation for a gain. A Spec has no gain, so its faults are found here; `where` is
/// the field of the Gaussian.
double stddev_of(double gain, double fan_in, const FieldPath& where, FaultList& faults);

/// The mean number of entries in a row of a sparse random matrix, which is the fan-in of a gain.
double row_entries(const SparseRandomWeights& weights, std::int64_t cols);

/// R of a rate population that is not given: N(0, 1 / readouts).
WeightsSpec drawn_feedback_weights(const NetworkSpec& network);
/// R for `rflo {}` and `eprop { random {} }`: random for every rate population.
std::vector<FeedbackSpec> drawn_feedback(const NetworkSpec& network);

/// The default ticks of a recorded task: the rows of the input of its first trial; 0 without
/// trials.
std::int64_t ticks_of(const RecordedTask& task);

/// "<population or projection>-<quantity>", as "rec-activity". The object must exist.
std::string default_name(const RecordSpec& record, const NetworkSpec& network);

}  // namespace locus
