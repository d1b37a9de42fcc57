// The costs of each rule's messages on the chip, one row for each rule, on one screen; and a
// drawing of the chip with its neurons.
#pragma once

#include <string>

#include "sim/report/table.h"
#include "sim/run/result.h"

namespace locus {

/// "chip: 2 x 2 cores of 4 neurons, BLOCK; ...": one or two lines.
std::string chip_title(const ChipSpec& chip);

/// Per trial: packets between cores (all, and those of learning), hops, the share of messages that
/// leaves its core, the busiest step and link, and an estimate of energy and time if the chip has
/// costs. The table has no rows if no rule has a chip.
TextTable chip_table(const RunResult& result);

/// Energy per trial by kind of charge; without rows if the chip has no costs.
TextTable energy_table(const RunResult& result);

/// Energy per trial with the least and the most that published figures leave, if the chip's costs
/// have ranges, and their source; empty without either.
std::string energy_range_table(const RunResult& result);

/// INFLUENCE and GATHER of each rule that carries sensitivities: messages on a core, and packets
/// between cores; empty if no rule does.
std::string sensitivity_table(const RunResult& result);

/// The busiest link and the busiest pair of places, with their packets per trial.
TextTable load_table(const RunResult& result);

/// The meaning of the headings; ends with a newline.
std::string chip_legend(const ChipSpec& chip);

/// The mesh as boxes (as a list if a row is too wide), with the neurons and synapses of every core;
/// at most kTextWidth columns wide.
std::string chip_drawing(const ChipSpec& chip, const Topology& topology);

}  // namespace locus
