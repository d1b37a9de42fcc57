// The digests of the rules in the message of a result. Only sim/report sees this header, because of
// its generated code.
#pragma once

#include "locus/v1/result.pb.h"
#include "sim/report/digest.h"

namespace locus {

/// `message`: that of `result`, with or without its curves.
std::vector<Digest> digests_of(const RunResult& result, const v1::Result& message, std::int64_t points);
/// `points`: of a curve; 0: without curves.
std::vector<Digest> digests_in(const v1::Result& result, std::int64_t points);

}  // namespace locus
