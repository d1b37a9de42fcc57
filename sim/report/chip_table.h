// What each rule's messages cost on the chip, a rule a row, for one screen; and the chip with its
// neurons, drawn in text.
#pragma once

#include <string>

#include "sim/report/table.h"
#include "sim/run/result.h"

namespace locus {

/// "chip: 2 x 2 cores of 4 neurons, BLOCK; ...": one or two lines.
std::string chip_title(const ChipSpec& chip);

/// Per trial: packets across cores (all, and those of learning), hops, the share of messages that
/// leaves its core, busiest step and link; energy and time where they are estimated. Empty rows
/// where no rule has a chip.
TextTable chip_table(const RunResult& result);

/// Energy per trial by what it is charged for; only where it is estimated.
TextTable energy_table(const RunResult& result);

/// The busiest link and the busiest pair of places, and the packets that they carry per trial.
TextTable load_table(const RunResult& result);

/// What the headings mean; ends with a newline.
std::string chip_legend(const ChipSpec& chip);

/// The mesh as boxes (as a list where a row is too wide), with the neurons and synapses of every
/// core; at most kTextWidth wide.
std::string chip_drawing(const ChipSpec& chip, const Topology& topology);

}  // namespace locus
