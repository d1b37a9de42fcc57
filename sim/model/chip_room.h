// The room on a chip for the neurons of a network, checked for models and for meshes of the command
// line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/model/spec.h"

namespace locus {

/// The available and a sufficient size, as a Fault of the field neurons_per_core contains them.
struct RoomLack {
  std::string what;
  std::string allowed;
};

/// Empty if all rate neurons and readouts, `neurons` together, have a place.
std::optional<RoomLack> lack_of_cores(const ChipSpec& chip, std::int64_t neurons);

}  // namespace locus
