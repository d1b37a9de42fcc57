// The placement with the fewest packets of one rule, by exchanging neurons.
//
// The packets of a placement follow from the counts by neuron of a finished run (chip_traffic.h).
// The search begins with the better one of BLOCK and GREEDY, and exchanges the places of two
// neurons, or moves one to a free place, as long as this takes fewer packets (Kernighan & Lin 1970,
// with single exchanges in a fixed order). The result is never worse than BLOCK or GREEDY: all
// three are counted at the end. Cost: the visits of kMostVisits events, in a large network less
// than one pass over all pairs.
#pragma once

#include <cstdint>
#include <vector>

#include "core/wire/ledger.h"
#include "core/wire/traffic.h"
#include "sim/place/placement.h"

namespace locus {

/// The core of each rate neuron, then of each readout. chip: its policy and cores are not used;
/// it has room for all neurons. `feedback`: the wires R of the rule.
std::vector<std::int32_t> place_fewest_packets(const ChipSpec& chip, const Topology& topology,
                                               const std::vector<Projection>& feedback, const Learning& learning,
                                               const Ledger& ledger, const Traffic& traffic);

}  // namespace locus
