// Weights that a program gives a session, checked.
#pragma once

#include <span>
#include <string_view>

#include "core/wire/topology.h"

namespace locus {

/// Throws ArgumentError unless there is a finite number of the projection's sign for each of its
/// places (Projection::places); a number on a diagonal without autapses means nothing.
void expect_weights(const Projection& projection, std::span<const double> values);

}  // namespace locus
