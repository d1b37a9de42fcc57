// A Spec written as a model file (.txtpb), so that what a test built in memory can be replayed with
// the program.
#pragma once

#include <string>

#include "sim/model/spec.h"

namespace locus {

/// Every number with 17 significant digits. Recorded tasks only; Gaussian weights by their stddev.
std::string model_text(const Spec& spec);

}  // namespace locus
