// Drawn inputs and targets of a task.
#pragma once

#include "locus/v1/inputs.pb.h"
#include "sim/model/reading.h"

namespace locus {

using DrawnInputMessages = google::protobuf::RepeatedPtrField<v1::DrawnInput>;

/// `where` is the message with the field `inputs`.
std::vector<DrawnInputSpec> read_drawn_inputs(const DrawnInputMessages& messages, const NetworkSpec& network,
                                              const FieldPath& where, FaultList& faults);

DrawnTask read_drawn(v1::Drawn& message, const NetworkSpec& network, const FieldPath& where, Reading& reading);

}  // namespace locus
