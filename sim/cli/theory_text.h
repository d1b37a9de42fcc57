// A prediction as text for one screen, and as JSON.
#pragma once

#include <string>

#include "sim/model/spec.h"
#include "sim/study/prediction.h"

namespace locus {

/// For each rule: does it converge, to what, and how fast; at most 80 columns.
std::string theory_text(const Spec& spec, const Prediction& prediction);
/// {"model", "modes": [{"teacher", "rules": [{"rule", "optimum", ...}]}], "rules": [{"rule",
/// "losses", ...}]} on one line.
std::string theory_json(const Spec& spec, const Prediction& prediction);

}  // namespace locus
