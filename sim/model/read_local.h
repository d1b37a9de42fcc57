// Reads `local { }`: a learning rule that the model writes itself.
#pragma once

#include "locus/v1/rule.pb.h"
#include "sim/model/fault_list.h"
#include "sim/model/spec.h"

namespace locus {

LocalText read_local(const v1::Rule::Local& message, const FieldPath& where, FaultList& faults);

}  // namespace locus
