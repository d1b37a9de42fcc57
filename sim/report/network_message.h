// The network and the memory of a chip, and the replay of its packets, as protobuf: for results
// and checkpoints.
#pragma once

#include "locus/v1/result.pb.h"
#include "sim/model/chip_memory.h"
#include "sim/model/chip_network.h"
#include "sim/place/network_figures.h"

namespace locus {

/// sim/model/read_chip.h has the way back of these two.
void fill(const ChipNetworkSpec& from, v1::Chip::Network& to);
void fill(const ChipMemorySpec& from, v1::Chip::Memory& to);

void fill(const NetworkFigures& from, v1::ChipRun::Network& to);
/// As they stand there; `fits` (sim/place/network_figures.h) says whether they can be figures.
NetworkFigures figures_of(const v1::ChipRun::Network& from);

}  // namespace locus
