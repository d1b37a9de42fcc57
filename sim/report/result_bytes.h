// The bytes of a result's message, for callers that do not see generated code.
#pragma once

#include <string>

#include "sim/run/result.h"

namespace locus {

/// The locus.v1.Result in wire form, without its weights.
std::string result_bytes(const RunResult& result);

}  // namespace locus
