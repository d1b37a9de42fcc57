// What a model leaves away and a Spec has: defaults that depend on other parts of the model. (Those
// that do not are the initial values of spec.h.)
//
// Said once for the readers of model files and for the builder.
#pragma once

#include <string>
#include <vector>

#include "sim/model/fault_list.h"
#include "sim/model/spec.h"

namespace locus {

/// h_0 of each neuron, where one value is given for all. A population without a good size keeps
/// what it has.
void spread_initial(PopulationSpec& population);

/// A standard deviation from its gain. A Spec has no gain, so what is wrong with it is told here;
/// `where` is the field of the Gaussian.
double stddev_of(double gain, double fan_in, const FieldPath& where, FaultList& faults);

/// Entries of a row of a sparse random matrix, on average; fan-in of a gain.
double row_entries(const SparseRandomWeights& weights, std::int64_t cols);

/// R onto a rate population where it is not given: N(0, 1 / readouts).
WeightsSpec drawn_feedback_weights(const NetworkSpec& network);
/// R as `rflo {}` and `eprop { random {} }` have it: drawn for every rate population.
std::vector<FeedbackSpec> drawn_feedback(const NetworkSpec& network);

/// Ticks of a recorded task whose training gives none: the rows of its first trial's input. 0 where
/// there is none.
std::int64_t ticks_of(const RecordedTask& task);

/// "<population or projection>-<quantity>", as "rec-activity". What it is of must be there.
std::string default_name(const RecordSpec& record, const NetworkSpec& network);

}  // namespace locus
