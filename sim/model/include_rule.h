// A local rule that is included by name: `local { include: "oja" }` has the text of the rule `oja`
// of models/rules, with other values of its constants where it gives them.
//
// Cost: the files of models/rules are parsed once for each rule that includes one.
#pragma once

#include "locus/v1/rule.pb.h"
#include "sim/model/fault_list.h"

namespace locus {

/// Replaces a message that includes a rule by the text of that rule; the message keeps its feedback
/// and its values of constants. Without effect on one that includes none.
void include_rule(v1::Rule::Local& message, const FieldPath& where, FaultList& faults);

}  // namespace locus
