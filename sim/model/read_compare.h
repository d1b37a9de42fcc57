// The comparison of rules that a model asks for.
#pragma once

#include "locus/v1/compare.pb.h"
#include "sim/model/fault_list.h"
#include "sim/model/spec.h"

namespace locus {

/// The message at `where`. Network and rules of the model must have been read before.
CompareSpec read_compare(const v1::Compare& message, const Spec& model, const FieldPath& where, FaultList& faults);

}  // namespace locus
