// The learning rules of a model.
#pragma once

#include "locus/v1/model.pb.h"
#include "sim/model/reading.h"

namespace locus {

/// The network is the student's; rules are at `where`.rules[i]. The pace of `training` is complete.
std::vector<RuleSpec> read_rules(google::protobuf::RepeatedPtrField<v1::Rule>& messages, const NetworkSpec& network,
                                 const TrainingSpec& training, const FieldPath& where, Reading& reading);

/// An e-prop rule may ask for training.average_over_window, for all rules.
void read_average(const v1::Model& message, TrainingSpec& training, FaultList& faults);

}  // namespace locus
