// Writes a Spec as a model file (.txtpb), so that the program can replay a model of a test.
#pragma once

#include <string>

#include "sim/model/spec.h"

namespace locus {

/// Every number has 17 significant digits. Only recorded tasks; Gaussian weights by their stddev.
std::string model_text(const Spec& spec);

}  // namespace locus
