#include "sim/model/chip_room.h"

#include <fmt/format.h>

namespace locus {

std::optional<RoomLack> lack_of_cores(const ChipSpec& chip, std::int64_t neurons) {
  const std::int64_t cores = std::int64_t{chip.width} * chip.height;
  if (neurons <= cores * chip.neurons_per_core) return std::nullopt;
  return RoomLack{fmt::format("is {}: {} x {} cores hold {} neurons, and rate neurons and readouts are {}",
                              chip.neurons_per_core, chip.width, chip.height, cores * chip.neurons_per_core, neurons),
                  fmt::format("must be at least {}, or the mesh have at least {} cores", (neurons + cores - 1) / cores,
                              (neurons + chip.neurons_per_core - 1) / chip.neurons_per_core)};
}

}  // namespace locus
