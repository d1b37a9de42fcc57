// The fingerprint of an outcome: 16 hex digits over its losses, weights and counts, bit for bit.
//
// Two outcomes with equal fingerprints are, for all that one will ever see, the same to the last
// bit (the first 64 bits of a SHA-256).
#pragma once

#include <string>

#include "sim/run/result.h"

namespace locus {

std::string fingerprint(const Outcome& outcome);

}  // namespace locus
