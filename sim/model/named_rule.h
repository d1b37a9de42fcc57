// A rule by its name: one of the model's, or a short form.
#pragma once

#include <optional>
#include <string>

#include "sim/model/fault_list.h"
#include "sim/model/spec.h"

namespace locus {

/// Rules and network of the model must be there. Empty for an unknown name, with a fault at the
/// field, after which other faults of the field are dropped.
std::optional<RuleSpec> named_rule(const std::string& name, const Spec& model, const FieldPath& field, FaultList& faults);

}  // namespace locus
