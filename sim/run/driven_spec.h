// The model of a session: the given one with the options of the session, under one rule.
#pragma once

#include "sim/model/builder.h"
#include "sim/run/session.h"

namespace locus {

/// Throws ModelError where the model does not hold under the rule and with these options. A rule
/// without a name gets that of its kind, and drawn feedback where it needs some and has none.
Spec driven(Spec spec, const RuleSpec& rule, const SessionOptions& options);
Spec driven(const Model& model, const RuleOptions& rule, const SessionOptions& options);

}  // namespace locus
