// Trials from arrays of NumPy beside the model: inputs, or events, with targets or classes, masks
// and lengths.
//
// Every array is read once, trial by trial, into the trials that keep it: no array stands in memory
// besides (but one in Fortran order, while it is read). Events stay the list that they are. Shapes
// are compared before memory is taken.
#pragma once

#include <cstdint>
#include <vector>

#include "locus/v1/model.pb.h"
#include "sim/model/reading.h"

namespace locus {

/// Sizes of the model that trials must fit, as far as they are known.
struct TrialSizes {
  std::int64_t ticks = kUnknown;
  std::int64_t inputs = kUnknown;
  std::int64_t readouts = kUnknown;
  bool masks_are_alike = false;  // a mask has one weight for all readouts of a tick (cross-entropy)
};

/// Fills `trials`, which stays empty after a fault; faults stand at the fields below `where`.
/// Returns the ticks of the longest trial; 0 after a fault.
std::int64_t read_trial_files(const v1::TrialFiles& message, const TrialSizes& sizes, const FieldPath& where,
                              std::vector<RecordedTrial>& trials, Reading& reading);

}  // namespace locus
