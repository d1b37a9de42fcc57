// Results made by hand, so that their output can be predicted.
#pragma once

#include "sim/run/result.h"

namespace locus {

/// in (2) -> rec (3) -> rec -> out (1); 20 updates of 2 trials of 5 ticks.
Spec sample_spec();

/// Two rules: "bptt" with violations of both kinds, and "rflo" without any; each has two trials of
/// 5 ticks in an update.
RunResult sample_result();

/// A ledger of `trials` trials of 5 ticks with `local` messages at lag 0 and `revisiting` non-local
/// ones at lag 3.
Ledger sample_ledger(std::int64_t trials, std::int64_t local, std::int64_t revisiting);

}  // namespace locus
