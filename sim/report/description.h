// A model in words and tables, as `info` prints it: populations, projections, task, training, and
// the messages and memory of each rule. Nothing runs for this.
#pragma once

#include <string>

#include "core/wire/topology.h"
#include "sim/model/spec.h"

namespace locus {

/// "tiny: 2 inputs, 3 rate neurons, 1 readout; 5 ticks a trial, 1 trial an update": one or two
/// lines, at most kTextWidth wide.
std::string title_of(const Spec& spec);

/// The whole description; `topology` is that of the spec. At most kTextWidth columns wide.
std::string description(const Spec& spec, const Topology& topology);

}  // namespace locus
