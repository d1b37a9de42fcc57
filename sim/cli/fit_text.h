// Fits of rules on engines as text of at most 80 columns, and as JSON (sim/engine/fit.h).
#pragma once

#include <string>

#include "sim/engine/fit.h"
#include "sim/study/engine_run.h"

namespace locus {

/// The verdict in one line, what is missing, and for each binding its table, products and errors.
std::string text_of(const Fit& fit);
std::string json_of(const Fit& fit, const std::string& model);

/// The losses of the rule and of the rule on the engine, in tenths of the run.
std::string text_of(const EngineRun& run);
std::string json_of(const EngineRun& run, const std::string& model);

/// "dw += 5*2^-7 * u0 * y1 * tag".
std::string words(const BoundProduct& product, const Binding& binding);

}  // namespace locus
