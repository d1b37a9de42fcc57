// Whether a chip's cores hold a network's neurons: asked of a model that is read, and of a mesh
// that a command line gives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/model/spec.h"

namespace locus {

/// What is there, and what would do; both as a Fault says them of the field neurons_per_core.
struct RoomLack {
  std::string what;
  std::string allowed;
};

/// None where all rate neurons and readouts, `neurons` together, have a place.
std::optional<RoomLack> lack_of_cores(const ChipSpec& chip, std::int64_t neurons);

}  // namespace locus
